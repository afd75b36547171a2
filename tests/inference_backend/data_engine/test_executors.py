"""Workers of this machine: as many as it has cores, one thread each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inference_backend.data_engine import executors, stage
from inference_backend.data_engine.clip import Clip
from tests.inference_backend.data_engine.invented_stage import Config, clips

BORN_WITH = Path("/proc/self/environ")


def _told(clip: Clip, config: Config, folder: Path) -> Clip:
    return clip.replace(notes=tuple(BORN_WITH.read_text().split("\0")))


@pytest.mark.skipif(not BORN_WITH.is_file(), reason="only Linux tells the environment that a process was started with")
def test_workers_are_started_with_one_thread_for_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    stage.write_clips("prompts", Config(), clips(1), tmp_path / "source")
    what = stage.Stage("told", Config(), _told)
    stage.run(what, tmp_path / "source", tmp_path / "out", executors.local(1), lambda *_: None)
    (clip,) = stage.clips_of(tmp_path / "out")
    assert {"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"} <= set(clip.notes)
    assert (os.environ["OMP_NUM_THREADS"], os.environ.get("OPENBLAS_NUM_THREADS")) == ("7", None)


def test_cores_are_counted_where_affinity_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert executors._cores() == 12
