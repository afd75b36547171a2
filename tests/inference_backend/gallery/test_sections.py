"""The plan: what stands side by side shares what it claims to share, and every clip can be cast, said and performed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from mien.inference_backend.gallery import prompts, sections
from mien.inference_backend.gallery.clip import OURS, Clip, Section
from mien.inference_backend.gallery.lines import LINES, VOICES
from mien.rigs.demo_cast import CAST


@pytest.fixture
def planned() -> dict[str, Section]:
    return {section.key: section for section in sections.plan(prompts.OWN)}


def test_every_clip_has_a_line_a_voice_a_face_and_a_performer(planned: dict[str, Section]) -> None:
    performers = {OURS, "teacher", *sections.BASELINES}
    for section in planned.values():
        assert 2 <= len(section.clips) <= 6
        for clip in section.clips:
            assert clip.line in LINES
            assert clip.voice in VOICES
            assert clip.member in CAST
            assert clip.by in performers
            assert clip.style or clip.caption


def test_every_member_of_the_cast_appears(planned: dict[str, Section]) -> None:
    assert {clip.member for section in planned.values() for clip in section.clips} == set(CAST)


def test_sections_hold_still_what_they_say_they_do(planned: dict[str, Section]) -> None:
    assert len({clip.line for clip in planned["same-speech"].clips}) == 1
    for voice in ("man", "woman"):
        mine = [clip for clip in planned["same-speech"].clips if clip.voice == voice]
        assert len({clip.style for clip in mine}) == len(mine) >= 2
    assert len({clip.style for clip in planned["same-prompt"].clips}) == 1
    assert len({clip.sound for clip in planned["same-prompt"].clips}) == 3
    words = [clip.style.split() for clip in planned["swaps"].clips]
    assert all(sum(a != b for a, b in zip(words[0], other, strict=True)) == 1 for other in words[1:])
    assert {clip.sound for clip in planned["baselines"].clips} == {planned["baselines"].clips[0].sound}
    given = [clip.reference for clip in planned["reference"].clips]
    assert given == [None, sections.REFERENCE, None]


def test_films_are_named_by_all_that_shows_and_nothing_else() -> None:
    clip = Clip("bread", "man", "happy", "man")
    assert dataclasses.replace(clip, caption="x", heading="y").name("a") == clip.name("a")
    changes = ({"style": "sad"}, {"member": "boy"}, {"strength": 2.0}, {"seed": 1}, {"by": "loudness as jaw"})
    others = {dataclasses.replace(clip, **change).name("a") for change in changes}
    assert len({clip.name("a"), clip.name("b")} | others) == 7


def test_prompts_come_from_the_file_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert prompts.read(tmp_path) == prompts.OWN
    (tmp_path / prompts.FILE).write_text(json.dumps({"same_prompt_different_speech": ["A queen is bored."]}))
    read = prompts.read(tmp_path)
    assert read["same_prompt_different_speech"] == ["A queen is bored."]
    assert read["same_speech_different_prompt"] == prompts.OWN["same_speech_different_prompt"]
    monkeypatch.setenv("MIEN_SHARED_DATA", str(tmp_path))
    assert prompts.shared_data(Path("/anywhere")) == tmp_path


def test_prompts_beside_the_repository_can_be_planned(shared_data: Path) -> None:
    planned = {section.key: section for section in sections.plan(prompts.read(shared_data))}
    assert len({clip.member for clip in planned["different"].clips}) >= 3
    assert all(len(section.clips) >= 2 for section in planned.values())
