"""Sounds and takes of clips, and that a film which is there is not made again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="no scipy to synthesize speech with")
soundfile = pytest.importorskip("soundfile")
from mien.inference_backend import formats  # noqa: E402
from mien.inference_backend.contract import INDEX, MienError  # noqa: E402
from mien.inference_backend.data_engine.speech import voices  # noqa: E402
from mien.inference_backend.gallery import __main__ as command  # noqa: E402
from mien.inference_backend.gallery import lines, page, sections  # noqa: E402
from mien.inference_backend.gallery.clip import Clip, Section  # noqa: E402
from mien.inference_backend.gallery.performances import TEACHER, Stage  # noqa: E402

needs_speech = pytest.mark.skipif(not voices.available(), reason="no speech engine is installed: flite or espeak-ng")


def test_no_engine_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "catalogue", tuple)
    with pytest.raises(MienError, match="install flite"):
        lines.say("bread", "man")


def test_music_alone_needs_no_engine_and_has_no_phones_to_say() -> None:
    samples, phones = lines.say("tune", "man")
    assert 2.5 < len(samples) / 16000 < 4
    assert {phone.name for phone in phones} == {"sil"} or len(phones) == 1


@needs_speech
def test_voices_differ_and_lines_last_as_long_as_a_clip() -> None:
    said = {voice: lines.say("bread", voice) for voice in ("woman", "boy", "grandfather")}
    for samples, phones in said.values():
        assert 2.0 < len(samples) / 16000 < 5.0
        assert phones[-1].end_s == pytest.approx(len(samples) / 16000, abs=0.05)
    assert len({len(samples) for samples, _ in said.values()}) == 3


@needs_speech
def test_baselines_and_teacher_perform(tmp_path: Path) -> None:
    stage = Stage(20.0)
    rules, loud = (Clip("bread", "man", "happy", "man", by=name) for name in sections.BASELINES)
    taught = stage.perform(Clip("bread", "man", "", "man", by=TEACHER))
    assert np.ptp(stage.perform(rules).values[:, INDEX["jawOpen"]]) > 0.1
    assert taught.values[:, INDEX["noseSneerLeft"]].mean() > 0.1
    wav, npz = stage.prepare(loud, tmp_path, "loud")
    take = formats.read(npz)
    assert take.fps == 20.0
    assert take.duration_s == pytest.approx(soundfile.info(wav).duration, abs=0.1)
    moved = np.ptp(take.values, axis=0) > 0
    assert moved.sum() == 1
    assert moved[INDEX["jawOpen"]]


def test_a_film_that_is_there_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = tuple(Clip("tune", "man", "", "boy", by="loudness as jaw", seed=seed) for seed in range(3))
    monkeypatch.setattr(sections, "plan", lambda prompts, most: [Section("one", "One", "", clips)])
    (tmp_path / "out" / page.FILMS).mkdir(parents=True)
    (tmp_path / "out" / page.FILMS / f"{clips[1].name('look')}.mp4").touch()
    arguments = ["--out", tmp_path / "out", "--work", tmp_path / "work", "--look", "look", "--fps", "12"]
    monkeypatch.setattr("sys.argv", ["gallery", "plan", *map(str, arguments)])
    assert command.main() == 0
    jobs = json.loads((tmp_path / "work" / "plan.json").read_text())
    assert [Path(job["film"]).stem for job in jobs] == [clips[0].name("look"), clips[2].name("look")]
    assert all(Path(job["take"]).exists() and Path(job["sound"]).exists() for job in jobs)


def test_an_unknown_section_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["gallery", "page", "--out", str(tmp_path), "--only", "dancing"])
    assert command.main() == 1
    assert "no section dancing; it has different, same-speech" in capsys.readouterr().err
