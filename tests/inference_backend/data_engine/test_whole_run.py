"""A whole run: prompts to shards in one command, the same shards however often it was killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inference_backend.data_engine import stage
from inference_backend.data_engine.speech import voices

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(
    not voices.available(), reason="no speech engine is installed (flite, espeak-ng, festival)"
)


def command(out: Path) -> list[str]:
    return [sys.executable, "-m", "inference_backend", "data", "run", "--out", str(out), "--hours", "0.02"]


def run(out: Path) -> str:
    done = subprocess.run(command(out), cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shards(out: Path) -> dict:
    return json.loads((out / "shards" / "shards.json").read_text())


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("corpus") / "unbroken"
    assert "shards: packed" in run(out)
    return out


def test_every_clip_has_sound_curves_words_and_where_it_is_from(unbroken: Path) -> None:
    clips = [clip for clip in stage.clips_of(unbroken / "5-augment") if not clip.rejected]
    assert len(clips) >= 10
    for clip in clips:
        take = clip.performance().take
        assert abs(len(clip.samples()) / 16000 - take.duration_s) < 0.06
        assert clip.prompt.text
        assert clip.licence
        assert clip.speaker
        assert clip.provenance["teacher"] == "procedural"
        assert take.values.std() > 0


def test_killed_again_and_again_it_packs_the_same_shards(unbroken: Path, tmp_path: Path) -> None:
    out, chance, killed = tmp_path / "broken", random.Random(11), 0
    for _ in range(10):
        process = subprocess.Popen(
            command(out), cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + chance.uniform(0.5, 6.0)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        killed += process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    run(out)
    assert killed >= 2
    assert shards(out)["shards"] == shards(unbroken)["shards"]


def test_run_again_it_has_nothing_to_do(unbroken: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in unbroken.rglob("part-*/*")}
    run(unbroken)
    assert {p: p.stat().st_mtime_ns for p in unbroken.rglob("part-*/*")} == before


def test_inspect_draws_what_a_run_made(unbroken: Path, tmp_path: Path) -> None:
    inspect = [sys.executable, "-m", "inference_backend", "data", "inspect", str(unbroken / "shards")]
    done = subprocess.run(
        [*inspect, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=200, check=True
    )
    assert "clips" in done.stdout
    assert (tmp_path / "overview.png").stat().st_size > 50_000
    assert "<html" in (tmp_path / "overview.html").read_text(encoding="utf-8")


def test_a_stage_out_of_turn_is_one_sentence(unbroken: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    wrong = [
        sys.executable,
        "-m",
        "inference_backend",
        "data",
        "filter",
        str(tmp_path / "nothing"),
        str(tmp_path / "out"),
    ]
    done = subprocess.run(wrong, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("run the stage before this one first.")
    assert len(done.stderr.strip().splitlines()) == 1
