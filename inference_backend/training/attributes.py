"""A prompt's attributes as numbers: what every style vector is asked about in training."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data_engine.prompts import words
from ..data_engine.prompts.prompt import ABSENT, Attributes

_CHOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("emotion", words.CLUSTERS),
    ("head", (*words.HEADS, *words.GESTURES)),
    ("gaze", tuple(words.GAZES)),
    ("vocal", tuple(words.VOCALS)),
    ("delivery", tuple(words.DELIVERIES)),
    ("detail", tuple(words.DETAILS)),
)
_TABLES = tuple((name, {value: i for i, value in enumerate(dict.fromkeys((ABSENT, *of)))}) for name, of in _CHOICES)
ANSWERS: tuple[int, ...] = tuple(len(table) for _, table in _TABLES)
"""How many answers each question has, absence included."""


def asked(attributes: Attributes) -> np.ndarray:
    """Answers int64 [A], one for each question; what is in no table counts as absent."""
    return np.array([table.get(getattr(attributes, name), 0) for name, table in _TABLES], np.int64)


def facts(attributes: Attributes) -> dict[str, Any]:
    """Give what a style is asked: asked [A], the level, and whether something is felt that has one (felt)."""
    felt = attributes.emotion not in (ABSENT, "neutral")
    return {"asked": asked(attributes), "level": np.float32(attributes.level), "felt": np.float32(felt)}


def kind(attributes: Attributes) -> tuple:
    """Name what two performances of one style have in common; strength in three steps."""
    return (*asked(attributes)[:4].tolist(), min(2, int(3 * attributes.level)))
