"""The teacher's eyes: blinks at phrase ends, fixations joined by saccades, lids that follow, gaze held on turns.

Rates after Bentivoglio et al. 1997 (17 blinks a minute at rest, 26 in talk); lid kinematics after Evinger et al. 1991
(down in 70 to 100 ms, up in twice that); saccades last 21 ms and 2.2 ms for each degree (Carpenter 1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...generator.features import FRAME_RATE
from ..prompts.prompt import Attributes
from .deliveries import delivery_of
from .face import feelings
from .motion import add, blank, columns, ease, noise
from .prosody import Prosody

FULL_LOOK = np.radians(32.0)  # eye rotation at eyeLook* = 1
_BLINKS_A_MINUTE = (12.0, 20.0)
_DETAIL_RATES = {"many blinks": (38.0, 52.0), "few blinks": (2.0, 4.5)}
_HALF, _DOUBLE = 0.12, 0.07
_SACCADE_S, _SACCADE_S_PER_LOOK = 0.021, 0.0022 * 32
_LID_DOWN, _LID_UP = 0.24, 0.16  # how far lids go with eyes


@dataclass(frozen=True)
class _Aim:
    """Where eyes rest (left +, up +, in shares of a full look), how far they scatter, and how often they leave."""

    across: float = 0.0
    up: float = 0.0
    scatter: float = 0.045
    leaves: float = 0.22
    hold_s: float = 1.1
    steadies: float = 0.6  # share of the head's turn that the eyes make up for


def act_eyes(attributes: Attributes, prosody: Prosody, head: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Curves [T, 52] of gaze, blinks and lids, given the head's rotation [T, 3]."""
    curves = blank(prosody.frames)
    across, up, jumps = _gaze(attributes, prosody, head, rng)
    for unit, value in (("eyeLookOutLeft", across), ("eyeLookInRight", across), ("eyeLookInLeft", -across),
                        ("eyeLookOutRight", -across), ("eyeLookUp", up), ("eyeLookDown", -up)):  # fmt: skip
        add(curves, unit, np.clip(value, 0, 0.95))
    blinks = _blinks(attributes, prosody, jumps, rng)
    lowered = _LID_DOWN * np.clip(-up, 0, 1)
    for column in columns("eyeBlink"):
        curves[:, column] = np.maximum(blinks * (1 + 0.01 * rng.normal()), lowered)
    add(curves, "eyeWide", _LID_UP * np.clip(up - 0.08, 0, 1))
    return curves


def over(curves: np.ndarray, eyes: np.ndarray) -> np.ndarray:
    """Lay eyes [T, 52] over a face: a blink closes what a mood left open, and drooping lids need less to shut."""
    curves = curves.copy()
    resting = [curves[:, c].copy() for c in columns("eyeBlink")]
    for column, droop in zip(columns("eyeBlink"), resting, strict=True):
        curves[:, column] = droop + (1 - droop) * eyes[:, column]
        eyes[:, column] = 0
    curves += eyes
    shut = curves[:, list(columns("eyeBlink"))].mean(1)
    for column in columns("eyeWide"):
        curves[:, column] *= 1 - np.clip(shut, 0, 1)
    return np.clip(curves, 0, 1)


def _aim(attributes: Attributes, rng: np.random.Generator) -> _Aim:
    side, size = rng.choice([-1, 1]), rng.uniform(0.85, 1.15)
    if attributes.gaze == "forward":
        return _Aim(scatter=0.012, leaves=0.0, hold_s=1.4, steadies=0.9)
    if attributes.gaze == "away":
        return _Aim(0.46 * side * size, rng.normal(0, 0.06), 0.04, 0.12)
    if attributes.gaze == "down":
        return _Aim(0.05 * side, -0.48 * size, 0.04, 0.08)
    if attributes.gaze == "up":
        return _Aim(0.1 * side, 0.46 * size, 0.04, 0.08)
    if attributes.gaze == "wandering":
        return _Aim(0, 0, 0.24, 0.45, 0.75, 0.2)
    drawn = {unit: amount for f in feelings(attributes) for unit, amount in _looks(f.emotion, f.level).items()}
    up = drawn.get("eyeLookUp", 0.0) - drawn.get("eyeLookDown", 0.0)
    return _Aim(0.0, up if rng.random() < 0.75 else 0.0, hold_s=1.7 if attributes.emotion == "focused" else 1.1)


def _looks(emotion, level: float) -> dict[str, float]:
    units = {**emotion.more, **emotion.units}
    return {unit: 0.8 * amount * level for unit, amount in units.items() if unit.startswith("eyeLook")}


def _gaze(
    attributes: Attributes, prosody: Prosody, head: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """Across and up [T] in shares of a full look, and the times of large jumps."""
    aim, wander = _aim(attributes, rng), delivery_of(attributes).wander
    times, places = _fixations(aim, wander, prosody, rng)
    path, jumps = np.tile(places[0], (prosody.frames, 1)), []
    for at, before, after in zip(times[1:], places, places[1:], strict=False):
        size = float(np.hypot(*(after - before)))
        length = np.clip(_SACCADE_S + _SACCADE_S_PER_LOOK * size, 0.03, 0.08)
        path = path + ease((prosody.time - at) / length)[:, None] * (after - before)
        if size > 0.3:
            jumps.append(at)
    tremor = 0.004 * noise(prosody.frames, 0.15, rng, 2)
    turned = aim.steadies * np.stack([-head[:, 1], head[:, 0]], 1) / FULL_LOOK
    across, up = (path + tremor + np.clip(turned, -0.35, 0.35)).T
    return across, up, jumps


def _fixations(
    aim: _Aim, wander: float, prosody: Prosody, rng: np.random.Generator
) -> tuple[list[float], list[np.ndarray]]:
    """Draw starts and places of fixations; the eyes leave rather when a phrase begins, and come back as it ends."""
    times, places, at = [], [], 0.0
    rest, away = np.array([aim.across, aim.up]), False
    while at < prosody.duration_s:
        thinking = any(start - 0.4 < at < start + 0.3 for start, _ in prosody.phrases)
        away = not away and rng.random() < aim.leaves * wander * (1.6 if thinking else 0.8)
        spread = aim.scatter * min(wander, 1.5)
        place = rest + rng.normal(0, [spread, 0.6 * spread])
        if away:
            far = max(0.16, aim.scatter)
            place = rest + rng.normal(0, [far, 0.7 * far]) + [rng.choice([-1, 1]) * 0.1, rng.normal(0, 0.05)]
        times.append(at)
        places.append(np.clip(place, -0.8, 0.8))
        shape = 3.0 if away else 2.0
        at += float(np.clip(rng.gamma(shape, (0.6 if away else aim.hold_s) / shape), 0.3, 3.0))
    return times, places


def _blinks(attributes: Attributes, prosody: Prosody, jumps: list[float], rng: np.random.Generator) -> np.ndarray:
    """Lid closure [T] of blinks."""
    closure = np.zeros(prosody.frames)
    ends = [end for _, end in prosody.phrases]
    for at in _blink_times(_rate(attributes, rng), prosody.duration_s, ends, jumps, rng):
        depth = rng.uniform(0.9, 1.0) if rng.random() > _HALF else rng.uniform(0.4, 0.7)
        _blink(closure, at, depth, rng)
        if rng.random() < _DOUBLE:
            _blink(closure, at + rng.uniform(0.28, 0.42), depth, rng)
    return closure


def _rate(attributes: Attributes, rng: np.random.Generator) -> float:
    if attributes.detail in _DETAIL_RATES:
        return rng.uniform(*_DETAIL_RATES[attributes.detail])
    feeling = feelings(attributes)[0]
    mood = 1 + (feeling.emotion.blinks - 1) * min(1.0, 0.4 + feeling.level)
    return rng.uniform(*_BLINKS_A_MINUTE) * mood * delivery_of(attributes).blinks


def _blink_times(
    rate: float, duration_s: float, ends: list[float], jumps: list[float], rng: np.random.Generator
) -> list[float]:
    """Draw the times at which lids start down, moved to phrase ends and large gaze shifts where these are near."""
    mean, times = 60 / rate, []
    at = rng.exponential(mean)
    places = [*(end + 0.06 for end in ends), *(jump - 0.02 for jump in jumps)]
    while at < duration_s - 0.1:
        near = [p for p in places if abs(p - at) < min(0.9, 0.4 * mean)]
        when = min(near, key=lambda p: abs(p - at)) + rng.normal(0, 0.04) if near and rng.random() < 0.8 else at
        if not times or when - times[-1] > 0.45:
            times.append(float(when))
        at += max(0.5, rng.gamma(2.2, mean / 2.2))
    return times


def _blink(closure: np.ndarray, at: float, depth: float, rng: np.random.Generator) -> None:
    down, shut, up = rng.uniform(0.07, 0.10), rng.uniform(0.02, 0.05), rng.uniform(0.15, 0.24)
    low = max(0, int(at * FRAME_RATE) - 1)
    high = min(len(closure), int((at + down + shut + up) * FRAME_RATE) + 2)
    if high <= low:
        return
    age = np.arange(low, high) / FRAME_RATE - at
    # Lids rise fast at first and settle slowly.
    lift = np.clip((age - down - shut) / up, 0, 1)
    shape = depth * np.minimum(ease(age / down), 1 - (1 - (1 - lift) ** 2) * ease(lift * 3))
    np.maximum(closure[low:high], shape, out=closure[low:high])
