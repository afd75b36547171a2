"""Captions that nobody acted: every word of feeling comes up, kept words never do, and few are read anew."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch")

from inference_backend.data_engine.prompts import words
from inference_backend.training.attributes import ANSWERS
from inference_backend.training.vocabulary import Vocabulary


class Reading:
    """Token states that are as many as a text's words, and what was read."""

    def __init__(self):
        self.texts: list[str] = []

    def __call__(self, text: str) -> np.ndarray:
        """Read a text."""
        self.texts.append(text)
        return np.ones((len(text.split()), 4), np.float16)


def test_captions_come_with_what_they_say():
    drawn = Vocabulary(Reading(), np.random.default_rng(0)).draw(64)
    assert len(drawn) == 64
    for caption in drawn:
        assert (caption["asked"] < ANSWERS).all()
        assert 0 <= caption["level"] <= 1
    assert len({int(caption["asked"][0]) for caption in drawn}) > 15  # of 25 feelings


def test_all_words_come_up_and_kept_ones_never():
    reading = Reading()
    vocabulary = Vocabulary(reading, np.random.default_rng(1))
    for _ in range(250):
        vocabulary.draw(8)
    said = " ".join(reading.texts).lower()
    taught = [f.adjective for row in (*words.TAUGHT.values(), *words.SYNONYMS.values()) for f in row]
    assert np.mean([word in said for word in taught]) > 0.75
    assert not [stem for stem in words.HELD_OUT_STEMS if f" {stem}" in said]


def test_most_captions_were_read_before():
    reading = Reading()
    vocabulary = Vocabulary(reading, np.random.default_rng(2))
    vocabulary.draw(48)
    vocabulary.draw(48)
    assert len(reading.texts) == 48 + 8
