"""Words of feeling that nobody taught are read as the nearest that were; all else of a text stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference_backend.generator.known_words import FILE, KnownWords, save, words_of
from inference_backend.generator.networks import WEIGHTS, Networks
from inference_backend.generator.style_text import SentenceEncoder

needs_weights = pytest.mark.skipif(not (WEIGHTS / FILE).is_file(), reason="the weights are not in this checkout")


class Encoder:
    """Places words on a circle by their letters' sum, and counts."""

    def __init__(self):
        self.read: list[str] = []

    def meaning(self, text: str) -> np.ndarray:
        """Place a word."""
        self.read.append(text)
        angle = {"glad": 0.0, "merry": 0.1, "cross": 2.0, "jolly": 0.12, "irate": 1.9, "far": 4.0, "jollying": 0.9}
        return np.array([np.cos(angle[text]), np.sin(angle[text])], np.float32)


@pytest.fixture
def known(tmp_path: Path) -> KnownWords:
    """Three known words of two feelings."""
    encoder = Encoder()
    feelings = {"glad": 0, "merry": 0, "cross": 1}
    save(tmp_path, encoder, feelings, {"a", "woman", *feelings}, {"jolly", "irate", "far", "merry"})  # type: ignore[arg-type]
    return KnownWords(tmp_path, encoder)  # type: ignore[arg-type]


def test_unknown_words_of_feeling_become_the_nearest_known(known: KnownWords):
    assert known.put("A Jolly woman, then irate!") == "A merry woman, then cross!"


def test_known_words_things_and_what_is_far_stay(known: KnownWords):
    for text in ("a merry woman", "a hat", "a far woman", "", "100 %, 4k"):
        assert known.put(text) == text


def test_a_participle_must_lie_nearer(known: KnownWords):
    assert known.put("jollying") == "merry"
    known._encoder.meaning = lambda text: np.array([np.cos(-0.95), np.sin(-0.95)], np.float32)  # type: ignore[method-assign]
    assert known.put("hopping") == "hopping"
    known._moody = frozenset({"hoppy"})
    assert known.put("hoppy") == "glad"


def test_what_somebody_does_to_something_is_no_mood(known: KnownWords):
    assert (
        known.put("jollying, jollying her head, jollying the crowd") == "merry, jollying her head, jollying the crowd"
    )


def test_a_word_is_looked_up_once(known: KnownWords):
    before = len(known._encoder.read)  # type: ignore[attr-defined]
    assert known.put("irate irate") == known.put("irate irate") == "cross cross"
    assert len(known._encoder.read) == before + 1  # type: ignore[attr-defined]


def test_words_of_a_text():
    assert words_of("A teary-eyed man's 2 hats") == {"a", "teary-eyed", "man's", "hats"}


@needs_weights
def test_shipped_words_stand_for_their_likes():
    known = KnownWords(WEIGHTS, SentenceEncoder(WEIGHTS, threads=1))
    assert known.put("an astounded pirate with a hat") == f"an {known.put('astounded')} pirate with a hat"
    gestures = "a boy shaking his head, nodding along, shaking and tilting"
    assert known.put(gestures) == gestures
    feelings = dict(zip(known._words, known._feelings.tolist(), strict=True))
    for word, like in (
        ("astounded", "surprised"),
        ("irate", "angry"),
        ("exhausted", "weary"),
        ("grateful", "thankful"),
    ):
        assert word not in feelings
        assert feelings[known.put(word)] == feelings[like]


@needs_weights
def test_styles_are_read_in_known_words():
    networks = Networks(WEIGHTS)
    told = networks._known.put("an astounded woman")
    assert told != "an astounded woman"
    np.testing.assert_array_equal(networks.read_style("an astounded woman"), networks.read_style(told))
