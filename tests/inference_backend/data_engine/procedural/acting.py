"""A labelled line of noise and tones that the teacher acts to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from inference_backend.data_engine.procedural import teacher
from inference_backend.data_engine.prompts.prompt import Attributes
from inference_backend.data_engine.speech.phones import VOWELS, Phone
from inference_backend.data_engine.speech.utterance import Event
from inference_backend.generator.features import log_mel

LINE = [("SIL", 0.4), ("M", 0.08), ("AA", 0.16), ("P", 0.09), ("IY", 0.14), ("UW", 0.16), ("B", 0.07), ("AE", 0.15),
        ("F", 0.1), ("AA", 0.2), ("SIL", 0.5), ("W", 0.08), ("AA", 0.2), ("T", 0.07), ("UW", 0.14), ("S", 0.1),
        ("SIL", 1.5)]  # fmt: skip


def spoken(line: list[tuple[str, float]]) -> tuple[list[Phone], np.ndarray]:
    """Phones and features of a line: vowels loud, consonants less, pauses almost silent."""
    return _spoken(tuple(line))


@lru_cache
def _spoken(line: tuple[tuple[str, float], ...]) -> tuple[list[Phone], np.ndarray]:
    at, phones, parts, rng = 0.0, [], [], np.random.default_rng(0)
    for name, length in line:
        phones.append(Phone(at, at + length, name))
        level = 0.001 if name == "SIL" else 0.2 if name in VOWELS else 0.08
        parts.append(level * rng.normal(size=round(length * 16000)))
        at += length
    return phones, log_mel(np.concatenate(parts).astype(np.float32))


def act(
    attributes: Attributes, seed: int = 0, line: list[tuple[str, float]] = LINE, events: Sequence[Event] = ()
) -> tuple[np.ndarray, np.ndarray, list[Phone]]:
    """Perform a line: curves, head, phones."""
    phones, mel = spoken(line)
    return *teacher.perform(phones, mel, attributes, np.random.default_rng(seed), events), phones


def sentence(phrases: int) -> list[tuple[str, float]]:
    """Give phrases of some fourteen syllables with pauses between."""
    syllables = [("B", 0.06), ("AA", 0.14), ("T", 0.06), ("IY", 0.1), ("L", 0.06), ("AE", 0.16)]
    return [("SIL", 0.5)] + ([*syllables * 4, ("SIL", 0.45)]) * phrases
