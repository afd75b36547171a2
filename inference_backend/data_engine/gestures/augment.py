"""Nod and shake: a share of the clips gets head gestures, in the motion, in the prompt and in the provenance."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...contract import Take
from .. import head_rotation
from ..clip import Clip, Performance, write_performance
from ..prompts.grammar import with_gesture
from . import neck
from .eyes import counter_rotate
from .gesture import Gesture, Kind, draw
from .places import Place, places

_LEAST_CLIP_S = 1.2
_LEAST_SHARE = 0.35  # a gesture eased down further than this is left out


@dataclass(frozen=True)
class AugmentConfig:
    """How many nod and shake of the clips whose prompt asks nothing of the head; the rest pass through."""

    seed: int = 1
    nod_share: float = 0.2
    shake_share: float = 0.2


def augment(clip: Clip, config: AugmentConfig, folder: Path) -> Clip:
    """Give a clip nods or shakes, or pass it on as it is."""
    rng = clip.rng(config.seed, "gestures")
    kind = _kind(config, rng)
    if kind is None or clip.rejected or clip.motion is None or clip.prompt.attributes.head:
        return clip
    performance = clip.performance()
    if performance.take.duration_s < _LEAST_CLIP_S:
        return clip
    amount = float(rng.uniform(0.1, 1.0))
    samples = clip.samples() if clip.sound is not None else None
    where = places(clip.phones, samples, performance.take.duration_s, rng)
    planned = plan(kind, amount, where, performance.take.duration_s, rng)
    moved, kept = perform(performance, planned, float(rng.uniform(0.6, 0.9)))
    if not kept:
        return clip
    return _told(clip, kind, amount, kept, rng).replace(motion=write_performance(moved, folder / f"{clip.id}.npz"))


def plan(kind: Kind, amount: float, where: list[Place], duration_s: float, rng: np.random.Generator) -> list[Gesture]:
    """Lay gestures on places, the first stroke on the syllable, with pauses of 0.1 to 0.7 s between them."""
    planned: list[Gesture] = []
    free_from = 0.05
    for place in where:
        gesture = draw(kind, amount, rng).scaled(0.8 + 0.3 * place.strength)
        onset = place.at_s - gesture.stroke_s * (0.3 if place.why == "phrase end" else 1.0)
        # A place is passed over where the head still moves; speakers also leave some out.
        if onset < free_from or (planned and rng.random() > 0.6 + 0.4 * place.strength):
            continue
        gesture = _shortened(dataclasses.replace(gesture, onset_s=float(onset)), duration_s - 0.05)
        if gesture is not None:
            planned.append(gesture)
            free_from = gesture.end_s + float(rng.uniform(0.1, 0.7))
    if planned:
        return planned
    first = _shortened(dataclasses.replace(draw(kind, amount, rng), onset_s=0.1), duration_s - 0.05)
    return [first] if first else []


def perform(performance: Performance, planned: list[Gesture], gaze_gain: float) -> tuple[Performance, list[Gesture]]:
    """Lay gestures over a performance as rotations in the head's own frame, each eased down to what a neck can do.

    Nods and shakes happen in the joints right under the skull, above whatever the neck does. Where curves are exact
    the eyes turn against the gesture by the share gaze_gain. Returns the gestures that were kept, as large as they are.
    """
    take = performance.take
    time = np.arange(len(take)) / take.fps
    before = head_rotation.rotations(take.head.astype(np.float64))
    turns, kept = Rotation.identity(len(take)), []
    for gesture in planned:
        eased = _eased(gesture, before, time, take.fps)
        if eased is not None:
            turns, kept = turns * eased.rotations(time), [*kept, eased]
    head = head_rotation.angles(before * turns).astype(np.float32)
    values = take.values
    if performance.exact:
        extra = head_rotation.angles(turns)
        values = counter_rotate(values, extra[:, 0], extra[:, 1], gaze_gain)
    moved = Take(take.fps, values.astype(np.float32), head, take.meta)
    return dataclasses.replace(performance, take=moved), kept


def _eased(gesture: Gesture, before: Rotation, time: np.ndarray, fps: float) -> Gesture | None:
    """Shrink a gesture until the whole motion stays within human limits; None where hardly anything is left."""
    rows = np.flatnonzero((time >= gesture.onset_s - 1 / fps) & (time <= gesture.end_s + 1 / fps))
    window = slice(int(rows[0]), int(rows[-1]) + 1)
    base, share = before[window], 1.0
    while share >= _LEAST_SHARE:
        smaller = gesture.scaled(share)
        if neck.strain(base * smaller.rotations(time[window]), base, fps) <= 1.0:
            return smaller
        share *= 0.9
    return None


def _shortened(gesture: Gesture, end_s: float) -> Gesture | None:
    """Drop swings until a gesture ends in time; None where not even one fits."""
    while gesture.end_s > end_s:
        if gesture.count == 1:
            return None
        count = gesture.count - 1
        gesture = dataclasses.replace(
            gesture, count=count, sizes=gesture.sizes[:count], lengths=gesture.lengths[:count]
        )
    return gesture


def _kind(config: AugmentConfig, rng: np.random.Generator) -> Kind | None:
    draw_at = rng.random()
    if draw_at < config.nod_share:
        return "nod"
    return "shake" if draw_at < config.nod_share + config.shake_share else None


def _told(clip: Clip, kind: Kind, amount: float, kept: list[Gesture], rng: np.random.Generator) -> Clip:
    """Say in prompt and provenance what the head does now."""
    gestures = [gesture.as_record() for gesture in kept]
    prompt = with_gesture(clip.prompt, kind, amount, rng)
    return clip.replace(prompt=prompt, provenance={**clip.provenance, "gestures": gestures})
