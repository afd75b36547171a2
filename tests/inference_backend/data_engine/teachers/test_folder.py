"""Films that are there already: good rows become clips, bad rows a reason, and a bad table one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="no av to read films with")
from inference_backend.data_engine.clip import read_part
from inference_backend.data_engine.stage import write_clips
from inference_backend.data_engine.teachers.folder import SILENT, BadTable, Folder, FolderConfig
from tests.inference_backend.data_engine import films


@pytest.fixture
def table(tmp_path: Path) -> Path:
    pictures = [np.full((64, 64, 3), 10 * k, np.uint8) for k in range(20)]
    times = [k / 20 for k in range(20)]
    tone = 0.3 * np.sin(2 * np.pi * 300 * np.arange(16000) / 16000).astype(np.float32)
    films.write(tmp_path / "good.mp4", pictures, times, tone)
    films.write(tmp_path / "mute.mp4", pictures, times)
    films.write(tmp_path / "speech.mp4", pictures, times, tone)
    (tmp_path / "zero.mp4").write_bytes(b"")
    (tmp_path / "words.mp4").write_text("no film " * 200)
    rows = [
        "file,prompt,emotion,intensity,speaker,sound",
        "good.mp4,a happy woman,happy,strong,anna,",
        "none.mp4,a sad man,,,,",
        "zero.mp4,a sad man,,,,",
        "words.mp4,a sad man,,,,",
        'mute.mp4,"calm, at ease",,,,',
        "mute.mp4,driven by speech,,,,speech.mp4",
        "mute.mp4,driven by nothing,,,,none.wav",
        "good.mp4,,,,,",
    ]
    path = tmp_path / "films.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_good_rows_go_on_and_bad_ones_say_why(table: Path, tmp_path: Path):
    write_clips("perform", FolderConfig(str(table)), Folder(FolderConfig(str(table))).clips(), tmp_path / "out")
    clips = read_part(tmp_path / "out" / "part-00000")
    said = [c.rejected for c in clips]
    assert [bool(s) for s in said] == [False, True, True, True, False, False, True, True]
    for sentence, part in zip(
        [s for s in said if s], ["no file none.mp4", "0 bytes", "not a film", "none.wav", "has no prompt"], strict=True
    ):
        assert part in sentence
        assert "\n" not in sentence
    good, mute, driven = clips[0], clips[4], clips[5]
    assert (good.prompt.text, good.prompt.attributes.emotion, good.speaker) == ("a happy woman", "happy", "anna")
    assert good.prompt.attributes.level == 0.8
    assert abs(len(good.samples()) / 16000 - 1) < 0.1
    assert abs(good.duration_s - 1) < 0.1
    assert good.notes == ()
    assert mute.sound is None
    assert mute.notes == (SILENT,)
    assert mute.prompt.text == "calm, at ease"
    assert np.abs(driven.samples()).max() > 0.2
    assert driven.video is not None
    assert driven.video.is_file()
    assert len({c.id for c in clips}) == len(clips)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"file,text\na.mp4,hello\n", "no column `prompt`"),
        (b"", "no column `file`"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_bad_table_is_one_sentence(tmp_path: Path, content: bytes | None, sentence: str):
    path = tmp_path / "films.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadTable, match=sentence):
        list(Folder(path).clips())


def test_spreadsheets_semicolons_are_understood(table: Path):
    table.write_text("\ufefffile;prompt\ngood.mp4;happy, or nearly so\n", encoding="utf-8")
    (clip,) = Folder(table).clips()
    assert clip.prompt.text == "happy, or nearly so"
    assert clip.rejected == ""
