"""Clips on disk: every text comes back as it was, and broken media are one sentence."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from inference_backend.contract import Take
from inference_backend.data_engine.clip import (
    BadMedia,
    Clip,
    Performance,
    keep,
    kept,
    making_of,
    read_part,
    write_part,
    write_performance,
    write_sound,
)
from inference_backend.data_engine.prompts.prompt import Prompt


def clip(folder: Path) -> Clip:
    take = Take(50.0, np.full((10, 52), 0.5, np.float32), np.zeros((10, 3), np.float32))
    motion = write_performance(Performance(take, np.ones(10, np.float32)), folder / "one.npz")
    return Clip(
        "one",
        sound=write_sound(np.random.default_rng(0).normal(0, 0.1, 3200).astype(np.float32), folder / "one.flac"),
        motion=motion,
    )


@pytest.mark.parametrize("mark", ["\n", "\r", "\x0b", "\x1c", "\x85", "\u2028", "\u2029", "日本 é"])
def test_any_text_survives_in_a_folder_of_any_name(tmp_path: Path, mark: str) -> None:
    folder = tmp_path / "my späte Clips" / "part-00000"
    text = f"smiles{mark}then frowns"
    written = clip(tmp_path).replace(prompt=Prompt(text), text=text)
    write_part([written, Clip("two", rejected=text)], folder)
    one, two = read_part(folder)
    assert (one.prompt.text, one.text, two.rejected) == (text, text, text)
    assert len(one.samples()) == 3200
    making_of(folder).mkdir()
    keep(one, making_of(folder))
    assert (again := kept("one", making_of(folder))) is not None
    assert (again.text, len(again.samples())) == (text, 3200)


def test_media_that_are_not_there_or_broken_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match="clip nobody has no sound"):
        Clip("nobody").samples()
    with pytest.raises(BadMedia, match="clip nobody has no curves"):
        Clip("nobody").performance()
    whole = clip(tmp_path)
    for path, read in ((whole.sound, whole.samples), (whole.motion, whole.performance)):
        assert path is not None
        for content in (path.read_bytes()[:100], b"", b"not at all"):
            path.write_bytes(content)
            with pytest.raises(BadMedia, match=f"{path.name} cannot be read"):
                read()
        path.unlink()
        with pytest.raises(BadMedia, match=f"{path.name} cannot be read"):
            read()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to stand for a full disk")
def test_a_full_disk_is_told_from_a_bad_sound() -> None:
    with pytest.raises(OSError) as raised:
        write_sound(np.zeros(16000, np.float32), Path("/dev/full"))
    assert raised.value.errno == errno.ENOSPC
