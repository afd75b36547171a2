"""What a delivery and an emotion do to speech: its tempo, pitch, range, level, brightness and pauses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..prompts.prompt import Attributes


@dataclass(frozen=True)
class Manner:
    """How a line is spoken: factors on durations, pitch and pitch range, decibels of level and of brightness."""

    stretch: float = 1.0
    pitch: float = 1.0
    spread: float = 1.0
    level_db: float = 0.0
    bright_db: float = 0.0
    halts: float = 0.0  # share of words after which the speaker stops


_DELIVERIES = {
    "calm": Manner(1.12, 0.96, 0.8, -2.0, -1.0),
    "lively": Manner(0.93, 1.1, 1.5, 2.0, 1.5),
    "mumbled": Manner(0.9, 0.95, 0.55, -5.0, -8.0),
    "crisp": Manner(1.06, 1.02, 1.1, 1.0, 4.0),
    "halting": Manner(1.12, 1.0, 0.9, -1.0, 0.0, 0.3),
    "hurried": Manner(0.72, 1.06, 1.1, 1.0, 0.5),
    "slow": Manner(1.4, 0.97, 0.9, 0.0, 0.0, 0.04),
    "monotone": Manner(1.03, 0.97, 0.08, -1.0, -1.0),
    "gentle": Manner(1.15, 0.97, 0.75, -6.0, -4.0),
    "emphatic": Manner(1.08, 1.06, 1.7, 4.0, 2.5, 0.05),
}
# How much an emotion wakes (+1) or slackens (-1) a voice.
_AROUSAL = {
    "happy": 0.4, "sad": -0.6, "angry": 0.7, "surprised": 0.7, "afraid": 0.6, "disgusted": 0.1, "contemptuous": -0.1,
    "weary": -0.8, "excited": 1.0, "tender": -0.4, "worried": 0.2, "bored": -0.7, "proud": 0.2, "embarrassed": -0.1,
    "pained": 0.2, "determined": 0.4, "amused": 0.4, "disappointed": -0.4, "tearful": -0.3, "hopeful": 0.2,
    "furious": 1.0, "terrified": 1.0, "calm": -0.3,
}  # fmt: skip


def manner(attributes: Attributes, rng: np.random.Generator) -> Manner:
    """Draw how a line is spoken from the delivery and the emotion asked for, and by chance."""
    asked = _DELIVERIES.get(attributes.delivery, Manner())
    wakes = _AROUSAL.get(attributes.emotion, 0.0) * attributes.level
    free = 0.13 if attributes.delivery in ("", "calm", "lively") else 0.07
    return Manner(
        stretch=float(asked.stretch * np.exp(rng.normal(0, free) - 0.12 * wakes)),
        pitch=float(asked.pitch * np.exp(rng.normal(0, 0.1) + 0.14 * wakes)),
        spread=float(asked.spread * np.exp(rng.normal(0, 0.2) + 0.35 * wakes)),
        level_db=float(asked.level_db + rng.normal(0, 1.5) + 3.5 * wakes),
        bright_db=float(asked.bright_db + rng.normal(0, 1.0) + 2.0 * wakes),
        halts=asked.halts,
    )


_FILLERS = ("um,", "uh,", "er,", "hmm,", "I mean,")


def with_halts(text: str, share: float, english: bool, rng: np.random.Generator) -> str:
    """Let a speaker stop after a share of the words, with a filler now and then in English."""
    words = text.split()
    out: list[str] = []
    for i, word in enumerate(words):
        stops = i + 1 < len(words) and word[-1].isalnum() and rng.random() < share
        out.append(f"{word}," if stops else word)
        if stops and english and rng.random() < 0.35:
            out.append(str(rng.choice(_FILLERS)))
    return " ".join(out)
