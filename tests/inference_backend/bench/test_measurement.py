"""The bench by the real networks: stages, batches, and processes of their own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from inference_backend.bench import fresh_process, measurement, report
from inference_backend.bench.stage_clock import TimedNetworks
from inference_backend.contract import MAX_VARIATIONS, BackendFailed
from inference_backend.generator import sound
from inference_backend.generator.networks import WEIGHTS, Networks
from inference_backend.generator.pipeline import Generator

pytestmark = pytest.mark.skipif(not (WEIGHTS / "actor.onnx").is_file(), reason="the weights are not in this checkout")


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "sound.wav"
    fresh_process.write_wav(path, np.sin(np.arange(16000) * 0.05), 1.5)
    return path


@pytest.fixture(scope="module")
def networks() -> TimedNetworks:
    return TimedNetworks()


def test_stages_are_those_of_the_networks_and_what_lies_between(networks, wav):
    stages = measurement._stages(Generator(networks), networks, wav)
    assert set(stages) == {"reading the sound", "reading the style", "listening", "acting", "all else", "writing"}
    assert stages["acting"] > stages["writing"] > 0
    assert stages["listening"] > 0


def test_timing_changes_no_take(networks, wav):
    takes = [Generator(each).generate(sound.read(wav), measurement._REQUEST) for each in (networks, Networks())]
    np.testing.assert_array_equal(takes[0].values, takes[1].values)


def test_a_batch_may_be_larger_than_what_users_ask_for(networks, wav, monkeypatch):
    monkeypatch.setattr(measurement, "_RUNS", 1)
    rows = []
    monkeypatch.setattr(networks, "act", lambda noisy, *rest: rows.append(len(noisy)) or noisy)
    size = MAX_VARIATIONS + 3
    told = measurement._batch(Generator(networks), sound.read(wav), size)
    assert told["takes"] == size
    assert sum(rows) % size == 0
    assert told["times_real_time"] == pytest.approx(size * 1.5 / told["seconds"])


def test_a_fresh_process_tells_its_own_memory(wav):
    ballast = np.ones(60_000_000)  # 480 MB that are ours, not the process's
    told = fresh_process.perform(wav)
    assert 50 < told["peak_memory_mb"] < 450 < ballast.nbytes / 2**20 < fresh_process.peak_memory_mb()
    assert told["seconds_to_first_take"] > told["import_s"] + told["load_s"] + told["first_take_s"] > 0


def test_a_long_sound_is_as_long_as_asked_for():
    told = fresh_process.perform_long(np.sin(np.arange(1000)), 3.0)
    assert told["sound_s"] == 3.0
    assert told["seconds"] > 0
    assert 50 < told["peak_memory_mb"] < 700


def test_a_process_that_fails_says_why(tmp_path, wav):
    with pytest.raises(BackendFailed, match="cannot be loaded"):
        fresh_process.perform(wav, tmp_path)


def test_all_is_told_to_programs_and_people(monkeypatch):
    monkeypatch.setattr(measurement, "SOUND_S", 1.0)
    monkeypatch.setattr(measurement, "HOUR_S", 2.0)
    phases = []
    result = measurement.measure(None, lambda progress: phases.append(progress.phase), batch=2, hour=True)
    told = json.loads(report.as_json(result))
    assert told["batch"]["takes"] == 2
    assert told["hour"]["sound_s"] == 2.0
    assert "performing a batch of 2" in phases
    text = report.as_text(result)
    for part in ("provider", "warm", "acting", "cold", "for 2 takes of 1 s at once", "an hour of sound", "MiB"):
        assert part in text
