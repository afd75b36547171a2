"""The teacher's mood: action units with onset, apex and release, drawn for each clip, mixed, masked, leaking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...contract import INDEX, region
from ...generator.features import FRAME_RATE
from ..prompts.prompt import Attributes
from ..prompts.words import ABSENT_LEVEL
from .deliveries import Delivery, delivery_of
from .emotions import EMOTIONS, Emotion
from .motion import add, blank, columns, ease, noise, swell
from .prosody import Prosody

# Speech holds back the mood's mouth: corners little, shapes that would work against open lips nearly whole.
_HELD = {"mouthSmile": .22, "mouthDimple": .2, "mouthFrown": .3, "mouthUpperUp": .25, "mouthLowerDown": .3,
         "mouthStretch": .45, "mouthPress": .9, "mouthRollLower": .9, "mouthRollUpper": .9, "mouthShrugLower": .65,
         "mouthShrugUpper": .6, "mouthFunnel": .6, "jawOpen": .6, "jawForward": .35}  # fmt: skip
_EASY = 0.6  # up to here a shape costs no effort
_MASK = 1.15  # a mouth that holds against other eyes is held harder
_LEAK_UPPER, _LEAK_LOWER = 0.2, 0.22  # share of a masked feeling that shows where the other one rules


@dataclass(frozen=True)
class Feeling:
    """One emotion of a clip with its strength, and how much of it shows in the upper face and around the mouth."""

    emotion: Emotion
    level: float
    upper: float = 1.0
    lower: float = 1.0

    def share(self, unit: str) -> float:
        """How much of a unit shows; cheeks go with the mouth by half."""
        if unit.startswith("cheek"):
            return (self.upper + self.lower) / 2
        return self.lower if region(_channel(unit)) == "lips" else self.upper


def feelings(attributes: Attributes) -> list[Feeling]:
    """Read the feelings of a clip; a blend shows the first one's eyes and the second one's mouth, and leaks both."""
    emotion = EMOTIONS.get(attributes.emotion, EMOTIONS["neutral"])
    level = attributes.level if attributes.level > 0 or attributes.intensity else ABSENT_LEVEL
    if attributes.blend not in EMOTIONS:
        return [Feeling(emotion, level)]
    return [
        Feeling(emotion, level, 1.0, _LEAK_LOWER),
        Feeling(EMOTIONS[attributes.blend], max(level, 0.5), _LEAK_UPPER, _MASK),
    ]


def mood(attributes: Attributes, prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Curves [T, 52] that feelings, details and stress add to a speaking mouth."""
    curves, delivery = blank(prosody.frames), delivery_of(attributes)
    for feeling in feelings(attributes):
        _show(curves, feeling, prosody, rng)
    _flash(curves, feelings(attributes)[0], prosody, rng)
    _detail(curves, attributes.detail, prosody, rng)
    _manner(curves, delivery, prosody)
    _stress(curves, attributes, delivery, prosody, rng)
    _idle(curves, prosody, rng)
    _one_sided(curves, rng)
    return bend(np.maximum(curves, 0))


def _show(curves: np.ndarray, feeling: Feeling, prosody: Prosody, rng: np.random.Generator) -> None:
    units = _drawn_units(feeling, rng)
    if not units:
        return
    course, wander = _course(prosody, rng), noise(prosody.frames, 0.55, rng, 2 * len(units))
    for i, (unit, amount) in enumerate(units.items()):
        late = int(rng.uniform(0, 0.12) * FRAME_RATE)  # units of one expression do not start on one frame
        shape = amount * np.concatenate([np.repeat(course[:1], late), course[: len(course) - late]])
        shape = shape * (1 - _held(unit) * prosody.speech)
        for side, column in enumerate(columns(unit)):
            lopsided = 1 + rng.normal(0, 0.035)
            curves[:, column] += shape * lopsided * (1 + 0.08 * wander[:, 2 * i] + 0.02 * side * wander[:, 2 * i + 1])


def _drawn_units(feeling: Feeling, rng: np.random.Generator) -> dict[str, float]:
    """Draw this clip's units: the prototype's, perhaps without one, and more of the others as the level rises."""
    emotion, level = feeling.emotion, feeling.level
    strength = level * (0.95 + 0.3 * level)  # strong feelings are plain to see
    chosen = dict(emotion.units)
    if len(chosen) > 3 and rng.random() < 0.3:
        chosen.pop(list(chosen)[int(rng.integers(2, len(chosen)))])
    for unit, amount in emotion.more.items():
        if rng.random() < 0.2 + 0.5 * level:
            chosen[unit] = chosen.get(unit, 0.0) + amount
    return {
        unit: strength * amount * feeling.share(unit) * float(np.exp(rng.normal(0, 0.14)))
        for unit, amount in chosen.items()
        if not unit.startswith("eyeLook")  # where the eyes go is the gaze's
    }


def _course(prosody: Prosody, rng: np.random.Generator) -> np.ndarray:
    """Rise and fall of an expression [T]: it comes with each phrase, is renewed by stress, and sinks back slowly."""
    time, base = prosody.time, rng.uniform(0.6, 0.85)
    course = np.full(prosody.frames, base)
    for start, end in prosody.phrases or [(0.0, prosody.duration_s)]:
        apex = rng.uniform(0.85, 1.05)
        onset, release = rng.uniform(0.2, 0.5), rng.uniform(0.7, 1.6)
        phrase = swell(time, start - 0.1 + onset * 0.5, end, onset, release)
        course = np.maximum(course, base + (apex - base) * phrase)
    for at, strength in prosody.accents:
        course = course + rng.uniform(0.05, 0.2) * strength * swell(time, at, at + 0.06, 0.22, 0.5)
    for _, end in prosody.phrases:
        if rng.random() < 0.4:
            course = course + rng.uniform(0.05, 0.15) * swell(time, end, end + 0.15, 0.25, 0.6)
    return np.clip(course, 0, 1.15)


def _flash(curves: np.ndarray, feeling: Feeling, prosody: Prosody, rng: np.random.Generator) -> None:
    """Flash micro-expressions: a unit or two of the feeling for a fifth to two fifths of a second."""
    units = [u for u in {**feeling.emotion.units, **feeling.emotion.more} if not u.startswith(("eyeLook", "eyeBlink"))]
    if not units or feeling.level < 0.2:
        return
    for _ in range(rng.poisson(prosody.duration_s / 12)):
        at, length = rng.uniform(0, prosody.duration_s), rng.uniform(0.08, 0.2)
        pulse = rng.uniform(0.12, 0.35) * feeling.level * swell(prosody.time, at, at + length, 0.08, 0.12)
        unit = str(rng.choice(units))
        add(curves, unit, pulse * (1 - _held(unit) * prosody.speech))


def _detail(curves: np.ndarray, detail: str, prosody: Prosody, rng: np.random.Generator) -> None:
    if detail == "smile between phrases":
        rest = np.zeros(prosody.frames)
        for start, end in prosody.pauses:
            height = rng.uniform(0.75, 1.1) * (0.7 if end - start < 0.35 else 1.0)
            rest = np.maximum(rest, height * swell(prosody.time, start + 0.1, end - 0.12, 0.25, 0.3))
        for unit, amount in (("mouthSmile", 0.55), ("cheekSquint", 0.32), ("eyeSquint", 0.14), ("mouthDimple", 0.1)):
            add(curves, unit, amount * rest)
    elif detail == "raised brows":
        held = rng.uniform(0.45, 0.65) * _course(prosody, rng)
        add(curves, "browOuterUp", held)
        add(curves, "browInnerUp", 0.9 * held)
    elif detail == "eyes widen on stress":
        at, strength = zip(*prosody.accents, strict=True) if prosody.accents else ((), ())
        wide = 0.62 * np.minimum(1, prosody.pulses([t + 0.03 for t in at], np.sqrt(strength), 0.16))
        add(curves, "eyeWide", wide)
        add(curves, "browOuterUp", 0.3 * wide)


def _manner(curves: np.ndarray, delivery: Delivery, prosody: Prosody) -> None:
    for unit, amount in delivery.units.items():
        add(curves, unit, amount * (1 - _held(unit) * prosody.speech))


def _stress(
    curves: np.ndarray, attributes: Attributes, delivery: Delivery, prosody: Prosody, rng: np.random.Generator
) -> None:
    """Mark stressed words with brows and lids: mostly up, with frowning moods down as well."""
    energy = feelings(attributes)[0].emotion.energy * delivery.brows
    frowning = feelings(attributes)[0].emotion.units.get("browDown", 0) > 0.3
    for at, strength in prosody.accents:
        if rng.random() > 0.62:
            continue
        width = rng.uniform(0.09, 0.22)
        bump = 0.2 * energy * strength * rng.uniform(0.3, 1.3) * prosody.pulses([at - 0.03], [1.0], width)
        if frowning and rng.random() < 0.6:
            add(curves, "browDown", 0.8 * bump)
            continue
        add(curves, "browInnerUp", bump * rng.uniform(0.6, 1.1))
        if rng.random() < 0.7:
            add(curves, "browOuterUp", bump)
        add(curves, "eyeWide", 0.25 * bump)


def _idle(curves: np.ndarray, prosody: Prosody, rng: np.random.Generator) -> None:
    sizes = {"browDown": 0.02, "browInnerUp": 0.02, "browOuterUp": 0.012, "eyeSquint": 0.03}
    drift = np.maximum(0, 0.4 + noise(prosody.frames, 0.8, rng, len(sizes)))
    for i, (unit, size) in enumerate(sizes.items()):
        add(curves, unit, size * drift[:, i])


def _one_sided(curves: np.ndarray, rng: np.random.Generator) -> None:
    """Let some faces smile or raise a brow more on one side."""
    for unit, chance in (("mouthSmile", 0.14), ("browOuterUp", 0.1)):
        if rng.random() < chance:
            curves[:, columns(unit)[int(rng.integers(2))]] *= rng.uniform(0.5, 0.75)


def around_speech(mouth: np.ndarray, mood_curves: np.ndarray) -> np.ndarray:
    """Lay a mood over mouth curves [T, 52]: a rounded mouth smiles and stretches less, and stays as round."""
    curves = mouth + mood_curves
    rounded = ease((mouth[:, INDEX["mouthPucker"]] + mouth[:, INDEX["mouthFunnel"]]) / 0.5)
    for unit, loss in (("mouthSmile", 0.4), ("mouthStretch", 0.5), ("mouthFrown", 0.3), ("mouthDimple", 0.5)):
        for column in columns(unit):
            curves[:, column] *= 1 - loss * rounded
    return np.clip(curves, 0, 1)


def bend(curves: np.ndarray) -> np.ndarray:
    """Let shapes near what a face can do grow ever slower, so that none sticks at its end."""
    return np.where(curves > _EASY, _EASY + (0.96 - _EASY) * np.tanh((curves - _EASY) / (0.96 - _EASY)), curves)


def _held(unit: str) -> float:
    return _HELD.get(unit.removesuffix("Left").removesuffix("Right"), 0.0)


def _channel(unit: str) -> str:
    return unit if unit in INDEX else f"{unit}Left"
