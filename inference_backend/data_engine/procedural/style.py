"""A style: the attributes of one performance, drawn balanced, from which both the motion and its caption are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .emotions import EMOTIONS

GESTURES = ("none", "nod", "shake", "tilt", "still")
GAZES = ("free", "forward", "away", "down", "up")
EXTRAS = ("none", "smile between phrases", "raised brows", "many blinks", "few blinks", "lively", "mumbled", "crisp")
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
