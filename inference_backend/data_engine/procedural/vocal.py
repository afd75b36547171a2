"""What bodies do besides words: laughter, sobs, breaths, sniffs, swallows, song, and nods to a beat."""

from __future__ import annotations

import numpy as np

from ...contract import INDEX
from ...generator.features import FRAME_RATE
from ..prompts.prompt import Attributes
from ..speech.utterance import Event
from .motion import add, columns, ease, noise, swell
from .prosody import Prosody

_BOUT_GAP_S = 0.6  # bursts of laughter closer than this are one bout
_GLEE = {"mouthSmile": .8, "cheekSquint": .75, "eyeSquint": .6, "mouthUpperUp": .34, "mouthDimple": .18,
         "mouthLowerDown": .26, "noseSneer": .14, "browOuterUp": .12, "eyeBlink": .2}  # fmt: skip
_CRYING = {"mouthShrugLower": .3, "mouthStretch": .3, "mouthFrown": .36, "browInnerUp": .5, "eyeSquint": .34,
           "cheekSquint": .25, "mouthUpperUp": .14}  # fmt: skip


def voice_mouth(curves: np.ndarray, attributes: Attributes, prosody: Prosody, rng: np.random.Generator) -> None:
    """Add to mouth and face curves [T, 52] in place what voices without words do."""
    _laugh(curves, prosody, rng)
    _sob(curves, attributes, prosody, rng)
    if attributes.vocal == "sings":
        _sing(curves, prosody, rng)
    for start, end in _breaths(prosody, rng):
        inhale = rng.uniform(0.6, 1.2) * swell(prosody.time, start + 0.08, end - 0.04, 0.12, 0.12)
        _raise_to(curves, "jawOpen", 0.08 * inhale)
        add(curves, "mouthLowerDown", 0.04 * inhale)
        add(curves, "browInnerUp", 0.06 * inhale)
        add(curves, "noseSneer", 0.04 * inhale)
    for event in prosody.of_kind("sniff"):
        sniff = swell(prosody.time, event.start_s + 0.04, event.end_s - 0.04, 0.06, 0.12)
        for unit, amount in (("noseSneer", 0.3), ("mouthUpperUp", 0.1), ("mouthPress", 0.15), ("browInnerUp", 0.08)):
            add(curves, unit, amount * sniff)
    for start, end in _swallows(prosody, rng):
        gulp = swell(prosody.time, start + 0.12, end - 0.2, 0.12, 0.2)
        for unit, amount in (("mouthPress", 0.2), ("mouthShrugLower", 0.18), ("mouthRollLower", 0.08)):
            add(curves, unit, amount * gulp)


def head_of(attributes: Attributes, prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Targets [T, 3] in degrees that voices without words, breath and music give the head."""
    target, time = np.zeros((prosody.frames, 3)), prosody.time
    for bout in _bouts(prosody):
        start, end = bout[0].start_s, bout[-1].end_s
        back = rng.choice([-1, 1], p=[0.8, 0.2]) * rng.uniform(4, 10)  # some double up instead
        target[:, 0] -= back * swell(time, start + 0.25, end, 0.35, 0.9)
        target[:, 2] += rng.normal(0, 2.5) * swell(time, start + 0.3, end, 0.4, 0.9)
    for event in prosody.of_kind("sob"):
        target[:, 0] -= rng.uniform(2.5, 5) * swell(time, event.start_s + 0.08, event.end_s, 0.08, 0.3)
    for event in prosody.of_kind("breath_in", "sniff"):
        target[:, 0] -= rng.uniform(1, 2.4) * swell(time, event.start_s + 0.1, event.end_s, 0.2, 0.35)
    for event in prosody.of_kind("swallow"):
        target[:, 0] += rng.uniform(0.8, 2) * swell(time, event.start_s + 0.15, event.end_s - 0.1, 0.2, 0.3)
    return target + _to_the_beat(prosody, rng)


def shakes_of(prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Angles [T, 3] in degrees by which the chest shakes the head, a burst at a time: too quick for a neck to steer."""
    shaken, size = np.zeros((prosody.frames, 3)), rng.uniform(0.7, 1.8)
    bursts = prosody.of_kind("laugh", "sob")
    sizes = [size * rng.uniform(0.6, 1.2) * loud for loud in _loudness_at(bursts, prosody)]
    shaken[:, 0] = prosody.pulses([e.start_s + 0.08 for e in bursts], sizes, 0.07)
    return shaken


def _to_the_beat(prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Nod to music and to sung notes: chin down on the beat, not on every one alike, and a slow sway between."""
    target = np.zeros((prosody.frames, 3))
    beats = prosody.of_kind("beat") or prosody.of_kind("note")
    if not beats:
        return target
    size = rng.uniform(1.6, 3.6) if beats[0].kind == "beat" else rng.uniform(0.8, 2.0)
    strengths = size * np.exp(rng.normal(0, 0.3, len(beats))) * (rng.random(len(beats)) > 0.12)
    target[:, 0] = prosody.pulses([e.start_s - 0.02 for e in beats], strengths, 0.09)
    side = rng.choice([-1, 1])
    for i, event in enumerate(beats[::2]):
        sway = side * (-1) ** i * size * rng.uniform(0.1, 0.6) * (rng.random() < 0.6)
        target[:, 2] += sway * swell(prosody.time, event.start_s, event.start_s + 0.3, 0.35, 0.5)
    return target


def _bouts(prosody: Prosody) -> list[list[Event]]:
    bouts: list[list[Event]] = []
    for event in prosody.of_kind("laugh"):
        if bouts and event.start_s - bouts[-1][-1].end_s < _BOUT_GAP_S:
            bouts[-1].append(event)
        else:
            bouts.append([event])
    return bouts


def _loudness_at(events: list[Event], prosody: Prosody) -> list[float]:
    frames = [min(prosody.frames - 1, round((e.start_s + e.end_s) / 2 * FRAME_RATE)) for e in events]
    return [0.5 + 0.5 * min(1.2, float(prosody.loudness[f])) for f in frames]


def _laugh(curves: np.ndarray, prosody: Prosody, rng: np.random.Generator) -> None:
    """Laugh: the jaw drops and pulses with each burst under a wide smile that takes seconds to fade."""
    time = prosody.time
    for bout in _bouts(prosody):
        start, end = bout[0].start_s, bout[-1].end_s
        glee = rng.uniform(0.8, 1.1) * swell(time, start + 0.12, end - 0.1, 0.3, rng.uniform(0.9, 1.9))
        for unit, amount in _GLEE.items():
            _raise_to(curves, unit, amount * float(np.exp(rng.normal(0, 0.12))) * glee)
        ajar = rng.uniform(0.16, 0.3) * swell(time, start + 0.08, end - 0.06, 0.12, 0.25)
        bursts = np.zeros(prosody.frames)
        for event, loud in zip(bout, _loudness_at(bout, prosody), strict=True):
            burst = swell(time, event.start_s + 0.03, event.start_s + 0.5 * (event.end_s - event.start_s), 0.05, 0.09)
            np.maximum(bursts, rng.uniform(0.18, 0.34) * loud * burst, out=bursts)
        _raise_to(curves, "jawOpen", ajar + bursts)
        for unit in ("mouthPucker", "mouthFunnel", "mouthFrown", "mouthPress"):
            for column in columns(unit):
                curves[:, column] *= 1 - 0.7 * np.minimum(1, glee)
        add(curves, "cheekSquint", 0.25 * bursts)


def _sob(curves: np.ndarray, attributes: Attributes, prosody: Prosody, rng: np.random.Generator) -> None:
    """Cry: jerking in-breaths, a chin and lips that tremble, brows drawn up."""
    sobs, time = prosody.of_kind("sob"), prosody.time
    if not sobs and attributes.vocal != "cries":
        return
    jerk = np.zeros(prosody.frames)
    for event in sobs:
        jerk = np.maximum(
            jerk, rng.uniform(0.7, 1.1) * swell(time, event.start_s + 0.06, event.end_s - 0.04, 0.07, 0.25)
        )
    for unit, amount in _CRYING.items():
        _raise_to(curves, unit, amount * jerk)
    _raise_to(curves, "jawOpen", 0.17 * jerk)
    crying = attributes.vocal == "cries"
    held = np.maximum(jerk, (0.35 + 0.35 * prosody.speech) if crying else 0.0)
    held = held * np.clip(0.6 + 0.5 * noise(prosody.frames, 0.6, rng), 0, 1.2)
    quiver = noise(prosody.frames, 0.055, rng, 2)
    add(curves, "mouthShrugLower", held * np.maximum(0, 0.1 + 0.07 * quiver[:, 0]))
    add(curves, "mouthLowerDown", held * np.maximum(0, 0.04 + 0.04 * quiver[:, 1]))


def _sing(curves: np.ndarray, prosody: Prosody, rng: np.random.Generator) -> None:
    """Sing: notes open the mouth and keep it open, high ones lift the brows, held ones quiver with the vibrato."""
    time, jaw = prosody.time, INDEX["jawOpen"]
    for event in prosody.of_kind("note"):
        note = swell(time, event.start_s + 0.1, event.end_s - 0.06, 0.1, 0.12)
        curves[:, jaw] += 0.12 * note * curves[:, jaw]
        age = time - event.start_s
        late = note * ease((age - 0.3) / 0.2)
        phase = 2 * np.pi * (rng.uniform(5, 6.2) * age + 0.1 * noise(prosody.frames, 0.3, rng))
        curves[:, jaw] += 0.012 * late * np.sin(phase) * (curves[:, jaw] > 0.1)
        high = np.clip(
            prosody.pitch[min(prosody.frames - 1, round((event.start_s + event.end_s) * FRAME_RATE / 2))], -1, 2
        )
        add(curves, "browInnerUp", 0.12 * max(0.0, high + 0.4) * note)
        add(curves, "browOuterUp", 0.09 * max(0.0, high + 0.2) * note)


def _breaths(prosody: Prosody, rng: np.random.Generator) -> list[tuple[float, float]]:
    """In-breaths: those heard, and silent ones before phrases after a pause that leaves the time."""
    heard = [(e.start_s, max(e.end_s, e.start_s + 0.2)) for e in prosody.of_kind("breath_in")]
    for _, pause_end in prosody.pauses:
        speaks = any(abs(start - pause_end) < 0.05 for start, _ in prosody.phrases)
        long_enough = any(b == pause_end and b - a > 0.4 for a, b in prosody.pauses)
        if speaks and long_enough and rng.random() < 0.7 and not any(abs(b - pause_end) < 0.5 for _, b in heard):
            heard.append((pause_end - 0.36, pause_end - 0.03))
    return heard


def _swallows(prosody: Prosody, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Swallows: those asked for, and now and then one in a long pause."""
    asked = [(e.start_s, max(e.end_s, e.start_s + 0.4)) for e in prosody.of_kind("swallow")]
    for start, end in prosody.pauses:
        if end - start > 1.3 and rng.random() < 0.15:
            at = rng.uniform(start + 0.3, end - 0.9)
            asked.append((at, at + 0.55))
    return asked


def _raise_to(curves: np.ndarray, unit: str, least: np.ndarray) -> None:
    for column in columns(unit):
        curves[:, column] = np.maximum(curves[:, column], least)
