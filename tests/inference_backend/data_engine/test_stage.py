"""Stages: whole parts or none, resumed after any death, one bad clip never stops the rest."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inference_backend.data_engine import executors, stage
from inference_backend.data_engine.clip import Clip, Damaged, keep, kept, read_part
from tests.inference_backend.data_engine import invented_stage
from tests.inference_backend.data_engine.invented_stage import Config, clips, run

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = [sys.executable, "-m", "tests.inference_backend.data_engine.invented_stage"]


def hashes(folder: Path) -> dict[str, str]:
    files = [p for p in sorted(folder.rglob("part-*/*"))]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    stage.write_clips("prompts", Config(), clips(200), tmp_path / "source")
    return tmp_path / "source"


def test_every_clip_is_worked_on_and_the_folder_tells_how(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = run(source, out, Config())
    assert sum(part.clips for part in made) == 200
    assert [clip.id for clip in stage.clips_of(out)] == [clip.id for clip in clips(200)]
    assert all(len(clip.samples()) == 8000 for clip in stage.clips_of(out))
    settings = json.loads((out / stage.SETTINGS).read_text())
    assert settings["config"]["seed"] == 3
    assert settings["versions"]["numpy"]
    assert len((out / stage.TIMINGS).read_text().splitlines()) == 7


def test_killed_at_ten_random_moments_the_bytes_are_those_of_an_unbroken_run(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "unbroken", Config(pause_s=0.03))
    broken, chance, killed = tmp_path / "broken", random.Random(5), 0
    for _ in range(10):
        process = subprocess.Popen([*PROGRAM, str(source), str(broken)], cwd=ROOT)
        deadline = time.monotonic() + chance.uniform(0.4, 1.6)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        killed += process.poll() is None
        process.kill()
        process.wait()
    assert killed >= 3
    subprocess.run([*PROGRAM, str(source), str(broken)], cwd=ROOT, check=True, timeout=120)
    assert hashes(broken) == hashes(tmp_path / "unbroken")
    assert not list(broken.glob("*.making"))


@pytest.mark.parametrize(("how", "reason"), [("sentence", "out of tune"), ("surprise", "unexpectedly: KeyError")])
def test_a_clip_that_fails_keeps_its_reason_and_the_others_go_on(
    source: Path, tmp_path: Path, how: str, reason: str
) -> None:
    run(source, tmp_path / "out", Config(fails=how))
    rejected = [clip for clip in stage.clips_of(tmp_path / "out") if clip.rejected]
    assert len(rejected) == 20
    assert all(reason in clip.rejected for clip in rejected)


def test_a_worker_that_dies_takes_only_its_clip_with_it(tmp_path: Path) -> None:
    stage.write_clips("prompts", Config(), clips(16), tmp_path / "source")
    run(tmp_path / "source", tmp_path / "out", Config(fails="crash"))
    everything = list(stage.clips_of(tmp_path / "out"))
    assert [clip.id for clip in everything if clip.rejected] == ["clip-0003", "clip-0013"]
    assert all("died" in clip.rejected for clip in everything if clip.rejected)
    assert sum(clip.sound is not None for clip in everything) == 14


def test_a_full_disk_is_one_sentence_and_what_is_done_stays(source: Path, tmp_path: Path) -> None:
    with pytest.raises(stage.StageFailed, match="full; free some space"):
        run(source, tmp_path / "out", Config(fails="full disk"))
    run(source, tmp_path / "other", Config())
    assert not (tmp_path / "out" / stage.DONE).exists()


def test_other_settings_or_an_unfinished_source_are_refused(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "out", Config())
    with pytest.raises(stage.StageFailed, match="seed 3, not 4"):
        run(source, tmp_path / "out", Config(seed=4))
    (source / stage.DONE).unlink()
    with pytest.raises(stage.StageFailed, match="not a finished stage"):
        run(source, tmp_path / "next", Config())


@pytest.mark.parametrize("harm", ["cut off", "emptied", "gone", "without its sound"])
def test_a_damaged_part_is_one_sentence_that_says_what_to_make_again(source: Path, tmp_path: Path, harm: str) -> None:
    run(source, tmp_path / "first", Config())
    part = tmp_path / "first" / "part-00001"
    lost = part / ("clip-0040.flac" if harm == "without its sound" else "clips.jsonl")
    left = {"cut off": lost.read_bytes()[:-20], "emptied": b"{}"}.get(harm)
    if left is None:
        lost.unlink()
    else:
        lost.write_bytes(left)
    same = stage.Stage("same", Config(), _same)
    following = executors.local(1)
    if harm == "gone":  # between the look at the folder and the look into the part
        with pytest.raises(Damaged, match="part-00001 and run its stage again"):
            read_part(part)
        return
    with pytest.raises(Damaged, match=rf"{lost.name} is damaged or gone; delete the folder .*part-00001 and run"):
        stage.run(same, tmp_path / "first", tmp_path / "second", following, lambda *_: None)
    shutil.rmtree(part)
    run(source, tmp_path / "first", Config())
    stage.run(same, tmp_path / "first", tmp_path / "second", following, lambda *_: None)
    assert sum(1 for _ in stage.clips_of(tmp_path / "second")) == 200


def test_damaged_settings_are_one_sentence(source: Path, tmp_path: Path) -> None:
    (source / stage.SETTINGS).write_text("{")
    with pytest.raises(stage.StageFailed, match=r"stage\.json is damaged"):
        stage.begin(source, "prompts", Config(), None)


def test_a_broken_record_of_a_clip_in_the_making_counts_for_nothing(tmp_path: Path) -> None:
    keep(Clip("a"), tmp_path)
    assert kept("a", tmp_path) == Clip("a")
    (tmp_path / "a.done").write_bytes(b"")
    assert kept("a", tmp_path) is None


def test_what_libraries_say_goes_into_the_log(source: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    chatty = stage.Stage("chatty", Config(), _chatty)
    stage.run(chatty, source, tmp_path / "out", executors.local(1), lambda *_: None)
    heard = capfd.readouterr()
    assert "".join(heard) == ""
    log = (tmp_path / "out" / stage.LOG).read_text()
    assert "said in C" in log
    assert "chatty failed on clip-0000" in log
    assert "KeyError" in log


def _chatty(clip: Clip, config: Config, folder: Path) -> Clip:
    os.write(2, b"said in C\n")
    raise KeyError("nobody thought of this")


def test_rejected_clips_are_carried_on_untouched(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "first", Config(fails="sentence"))
    run(tmp_path / "first", tmp_path / "second", Config(seed=9))
    first, second = (list(stage.clips_of(tmp_path / name)) for name in ("first", "second"))
    assert [c.rejected for c in first] == [c.rejected for c in second]
    assert second[3].sound is None


def test_ray_makes_the_same_bytes_and_is_quiet(source: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ray", reason="the cluster executor needs ray")
    import ray

    run(source, tmp_path / "here", Config())
    try:
        capfd.readouterr()
        run(source, tmp_path / "cluster", Config(), executors.ray(workers=2))
        assert "".join(capfd.readouterr()) == ""
        with pytest.raises(stage.StageFailed, match="lends an actor 99 GPUs"):
            run(source, tmp_path / "none", Config(), executors.ray(gpus=99))
    finally:
        ray.shutdown()
    assert hashes(tmp_path / "cluster") == hashes(tmp_path / "here")


def test_unchanged_media_cost_no_room(source: Path, tmp_path: Path) -> None:
    run(source, tmp_path / "first", Config())
    same = stage.Stage("same", Config(), _same)
    stage.run(same, tmp_path / "first", tmp_path / "second", executors.local(1), lambda *_: None)
    part = read_part(tmp_path / "second" / "part-00000")
    assert part[0].sound is not None
    assert part[0].sound.stat().st_nlink == 2


def _same(clip: Clip, config: Config, folder: Path) -> Clip:
    return clip


def test_clips_done_before_a_death_are_not_made_again(source: Path, tmp_path: Path) -> None:
    with pytest.raises(stage.StageFailed):
        run(source, tmp_path / "out", Config(fails="full disk"), executors.local(1))
    growing = tmp_path / "out" / "part-00000.making"
    made = {path: path.stat().st_mtime_ns for path in growing.glob("*.flac")}
    assert [path.stem for path in sorted(made)] == [f"clip-{i:04d}" for i in range(3)]
    stage.make_part(
        stage.Stage("invented", Config(), invented_stage.work),
        source / "part-00000",
        tmp_path / "out" / "part-00000",
    )
    now = tmp_path / "out" / "part-00000"
    assert len(list(now.glob("*.flac"))) == 32
    assert all((now / path.name).stat().st_mtime_ns == time_ns for path, time_ns in made.items())
    assert not list(now.glob("*.done"))


def test_a_part_whose_maker_died_before_it_could_tell_is_taken_as_it_is(source: Path, tmp_path: Path) -> None:
    what = stage.Stage("invented", Config(), invented_stage.work)
    (tmp_path / "out").mkdir()
    first = stage.make_part(what, source / "part-00000", tmp_path / "out" / "part-00000")
    before = hashes(tmp_path / "out")
    again = stage.make_part(what, source / "part-00000", tmp_path / "out" / "part-00000")
    assert (again.clips, again.rejected, again.sound_s) == (first.clips, first.rejected, first.sound_s)
    assert hashes(tmp_path / "out") == before
