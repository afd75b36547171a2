"""Captions that nobody acted: every word of feeling comes up, kept words never do, and few are read anew."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch")

from inference_backend.data_engine.prompts import words
from inference_backend.training import vocabulary
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


class Places:
    """An encoder that places every word at one point."""

    def meaning(self, text: str) -> np.ndarray:
        """Place a word."""
        return np.ones(4, np.float32) / 2


def test_what_is_kept_of_words_holds_none_that_measure(tmp_path, monkeypatch):
    monkeypatch.setattr(vocabulary, "_LISTED", 200)
    (tmp_path / "data.adj").write_text("00000001 00 a 02 jolly 0 sad 0 000 | of moods  \n", encoding="utf-8")
    (tmp_path / "data.noun").write_text(
        "00000002 12 n 01 gusto 0 000 | a feeling  \n00000003 09 n 01 hat 0 000 | no feeling  \n", encoding="utf-8"
    )
    for name in ("adv", "verb"):
        (tmp_path / f"data.{name}").write_text("", encoding="utf-8")
    vocabulary.keep(tmp_path, Places(), tmp_path)  # type: ignore[arg-type]
    with np.load(tmp_path / "known_words.npz") as file:
        known, plain, moody = (set(file[name].tolist()) for name in ("words", "plain", "moody"))
        assert file["points"].shape == (len(known), 4)
    assert {"sad", "sadness", "sadly"} <= known <= plain
    assert moody == {"jolly", "gusto"}
    assert not any(words.has_held_out_word(word) for word in known | plain)
