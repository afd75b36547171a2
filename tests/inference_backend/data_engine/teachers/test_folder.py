"""Films that are there already: good rows become clips, bad rows a reason, and a bad table one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="no av to read films with")
from inference_backend.data_engine.clip import SILENT, read_part
from inference_backend.data_engine.reconstruction.resting import AT_REST, FACE
from inference_backend.data_engine.stage import CLIPS_PER_PART, write_clips
from inference_backend.data_engine.teachers.folder import BadTable, Folder, FolderConfig
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


def test_a_quoted_field_may_hold_any_end_of_line(table: Path, tmp_path: Path):
    table.write_text('file,prompt\ngood.mp4,"happy,\nthen\u2028sad\x85"\ngood.mp4,calm\n', encoding="utf-8")
    write_clips("perform", FolderConfig(str(table)), Folder(table).clips(), tmp_path / "out")
    texts = [clip.prompt.text for clip in read_part(tmp_path / "out" / "part-00000")]
    assert [text.split() for text in texts] == [["happy,", "then", "sad"], ["calm"]]


def test_a_film_may_show_who_is_seen_and_that_the_face_rests(table: Path):
    table.write_text(
        "file,prompt,speaker,rest\ngood.mp4,at rest,anna,yes\ngood.mp4,happy,anna,no\ngood.mp4,sad,,\n",
        encoding="utf-8",
    )
    rest, happy, sad = Folder(table).clips()
    assert (rest.provenance[FACE], rest.provenance[AT_REST], rest.sound, rest.notes) == ("anna", True, None, (SILENT,))
    assert happy.provenance[FACE] == "anna"
    assert happy.sound is not None
    assert not {FACE, AT_REST} & set(sad.provenance)  # nobody says who it is: films of a table are of many people
    assert AT_REST not in happy.provenance


def test_sounds_of_parts_that_are_written_do_not_pile_up(table: Path, tmp_path: Path):
    rows = "".join(f"good.mp4,prompt {i}\n" for i in range(2 * CLIPS_PER_PART + 5))
    table.write_text(f"file,prompt\n{rows}", encoding="utf-8")
    taken, most = Folder(table).clips(), 0
    for clip in taken:
        assert clip.sound is not None
        most = max(most, len(list(clip.sound.parent.iterdir())))
    assert most <= CLIPS_PER_PART + 1
    write_clips("perform", FolderConfig(str(table)), Folder(table).clips(), tmp_path / "out")
    parts = [read_part(tmp_path / "out" / f"part-{i:05d}") for i in range(3)]
    assert all(len(clip.samples()) for part in parts for clip in part)
