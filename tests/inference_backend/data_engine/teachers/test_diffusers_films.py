from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference_backend.data_engine.teachers import video_films

av = pytest.importorskip("av")


def gradient(frames: int, height: int, width: int) -> np.ndarray:
    """Make frames that brighten from left to right and from first to last."""
    bright = np.linspace(0, 120, width)[None, None, :] + np.linspace(0, 120, frames)[:, None, None]
    return np.repeat(np.broadcast_to(bright, (frames, height, width))[..., None], 3, axis=3).astype(np.uint8)


@pytest.mark.parametrize("encoder", ["libx264", "mpeg4"])
def test_a_film_is_read_back_as_it_was_written(encoder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(video_films, "_encoder", lambda: encoder)
    frames = gradient(20, 48, 64)
    path = video_films.write_film(frames, 25.0, tmp_path / "a.mp4")
    with av.open(str(path)) as film:
        assert float(film.streams.video[0].average_rate) == 25.0
        read = np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])
    assert read.shape == frames.shape
    assert np.abs(read.astype(int) - frames).mean() < 4


def test_odd_sides_lose_a_pixel_and_bytes_repeat(tmp_path: Path):
    frames = gradient(5, 33, 47)
    one, two = (video_films.write_film(frames, 8.0, tmp_path / name) for name in ("a.mp4", "b.mp4"))
    with av.open(str(one)) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (46, 32)
    assert one.read_bytes() == two.read_bytes()


def test_sound_lies_where_the_picture_does(tmp_path: Path):
    samples = np.zeros(16000, np.float32)
    samples[8000:8800] = 0.5 * np.sin(np.arange(800) * 0.4)
    path = video_films.write_film(gradient(25, 32, 32), 25.0, tmp_path / "a.mp4", samples)
    with av.open(str(path)) as film:
        blocks = [(frame.pts, frame.to_ndarray()[0]) for frame in film.decode(audio=0)]
    heard = np.concatenate([block for _, block in blocks])[-blocks[0][0] if blocks[0][0] < 0 else 0 :]
    onset_s = np.argmax(np.abs(heard) > 0.1) / 16000
    assert onset_s == pytest.approx(0.5, abs=0.02)
