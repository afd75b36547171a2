"""A style: the attributes of one performance, drawn balanced, from which both the motion and its caption are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...generator.features import FRAME_RATE
from ..prompts.prompt import Attributes
from .emotions import EMOTIONS

GESTURES = ("none", "nod", "shake", "tilt", "still")
GAZES = ("free", "forward", "away", "down", "up")
EXTRAS = ("none", "smile between phrases", "raised brows", "many blinks", "few blinks", "lively", "mumbled", "crisp")
_DEGREE = np.pi / 180
SUBJECTS = ("person", "woman", "man", "girl", "boy")


@dataclass(frozen=True)
class Style:
    """Attributes: intensity 0..1 of an emotion, a head gesture and its amount 0..1, gaze, a trait, a subject."""

    emotion: str = "neutral"
    intensity: float = 0.0
    gesture: str = "none"
    gesture_amount: float = 0.0
    gaze: str = "free"
    extra: str = "none"
    subject: str = "person"


def draw(rng: np.random.Generator) -> Style:
    """Draw a random style; emotions are balanced, neutral, against which all is measured, a little more frequent."""
    emotion = "neutral" if rng.random() < 0.12 else str(rng.choice(list(EMOTIONS)))
    gesture = str(rng.choice(GESTURES, p=[0.5, 0.2, 0.17, 0.06, 0.07]))
    return Style(
        emotion,
        0.0 if emotion == "neutral" else float(rng.choice([0.33, 0.66, 1.0], p=[0.25, 0.35, 0.4])),
        gesture,
        float(rng.uniform(0.4, 1.0)) if gesture in ("nod", "shake", "tilt") else 0.0,
        str(rng.choice(GAZES, p=[0.76, 0.09, 0.05, 0.06, 0.04])),
        str(rng.choice(EXTRAS, p=[0.66, 0.09, 0.06, 0.03, 0.03, 0.05, 0.04, 0.04])),
        str(rng.choice(SUBJECTS)),
    )


def attributes_of(style: Style) -> Attributes:
    """Give a style's attributes, but for nods and shakes, which are put on top."""
    delivery = style.extra if style.extra in ("lively", "mumbled", "crisp") else ""
    return Attributes(
        subject=style.subject,
        emotion=style.emotion,
        intensity="" if style.emotion == "neutral" else "given",
        level=style.intensity,
        delivery=delivery,
        gaze="" if style.gaze == "free" else style.gaze,
        head=style.gesture if style.gesture in ("still", "tilt") else "",
        amount=style.gesture_amount,
        detail="" if delivery or style.extra == "none" else style.extra,
    )


def gesture(
    style: Style,
    frames: int,
    accents: list[tuple[float, float]],
    pauses: list[tuple[float, float]],
    rng: np.random.Generator,
) -> np.ndarray:
    """Nods and shakes [frames, 3] in radians: bursts of damped swings on stressed words and phrase ends."""
    out, time = np.zeros((frames, 3)), np.arange(frames) / FRAME_RATE
    if style.gesture not in ("nod", "shake"):
        return out
    axis = 0 if style.gesture == "nod" else 1
    places = sorted([t for t, _ in accents] + [a for a, _ in pauses if a > 0.3]) or [0.5]
    last = -9.0
    at = rng.uniform(0.1, 0.5)
    while at < time[-1] - 0.3:
        near = [p for p in places if abs(p - at) < 0.4]
        start = near[0] if near else at
        if start - last > 0.4:
            hz, swings = rng.uniform(1.1, 2.2), int(rng.integers(1, 5))
            size = (4 + 9 * style.gesture_amount) * _DEGREE * rng.uniform(0.8, 1.2)
            out[:, axis] += _burst(time - start, hz, swings, size, both_ways=axis == 1)
            last = start + swings / hz
        at = max(at + 0.3, last + rng.uniform(0.15, 1.0))
    return out


def _burst(age: np.ndarray, hz: float, swings: int, size: float, both_ways: bool) -> np.ndarray:
    """Damped swings from age 0: a nod goes down and back, a shake to both sides."""
    length = swings / hz
    inside = (age >= 0) & (age <= length)
    decay = np.exp(-0.5 * age * hz)
    wave = np.sin(2 * np.pi * hz * age) if both_ways else 0.5 - 0.5 * np.cos(2 * np.pi * hz * age)
    edge = np.clip(np.minimum(age, length - age) * 8, 0, 1)
    return np.where(inside, size * np.where(inside, decay, 0) * wave * edge, 0.0)
