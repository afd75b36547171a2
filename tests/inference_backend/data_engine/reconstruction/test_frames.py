"""Pictures of films: their own times, upright, bounded; what cannot be read says so in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="no av to read films with")
from inference_backend.data_engine.reconstruction import frames
from tests.inference_backend.data_engine import films

TIMES_S = [0.0, 0.04, 0.1, 0.3, 0.34, 0.5]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    bright = [np.full((64, 128, 3), 30 * k, np.uint8) for k in range(len(TIMES_S))]
    for picture in bright:
        picture[:, :32, 0] = 250  # red on the left
    return films.write(tmp_path / "film.mp4", bright, TIMES_S)


def test_times_are_the_films_own(film: Path):
    read = list(frames.read(film))
    np.testing.assert_allclose([f.time_s for f in read], TIMES_S, atol=0.002)
    np.testing.assert_allclose([f.rgb[:, 64:].mean() for f in read], [30 * k for k in range(6)], atol=6)


def test_pictures_are_upright_and_no_larger_than_asked(film: Path):
    assert next(frames.read(film, longest_px=64)).rgb.shape == (32, 64, 3)
    turned = next(frames.read(films.turn_upright(film))).rgb
    assert turned.shape == (128, 64, 3)
    red = turned[..., 0].astype(int) - turned[..., 2]
    assert red[:24].mean() > 100 > 20 > abs(red[40:].mean())  # what was left is on top


def test_rows_lie_without_gaps(tmp_path: Path):
    odd = films.write(tmp_path / "odd.mp4", [np.zeros((38, 90, 3), np.uint8)] * 2, [0.0, 0.04])
    assert all(f.rgb.flags["C_CONTIGUOUS"] for f in frames.read(odd))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.mp4", b"", "is empty"),
        ("words.mp4", b"these are words, and no film at all " * 50, "not a film|no picture"),
        ("none.mp4", None, "no file none.mp4"),
        ("ends.mp4", "half", "not a film|breaks off|damaged|no picture"),
    ],
)
def test_what_is_no_film_says_so(film: Path, tmp_path: Path, name: str, content, sentence: str):
    bad = tmp_path / name
    if content is not None:
        bad.write_bytes(film.read_bytes()[: film.stat().st_size // 2] if content == "half" else content)
    with pytest.raises(frames.BadVideo, match=sentence):
        list(frames.read(bad))
