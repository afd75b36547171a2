"""Memory of a long sound, measured in a process of its own."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.generator.networks import WEIGHTS
from inference_backend.training.evaluation import lines, speed
from inference_backend.training.evaluation.stage import Skipped, Stage

needs_weights = pytest.mark.skipif(
    not (WEIGHTS / "actor.onnx").is_file(), reason="the weights are not in this checkout"
)


@needs_weights
def test_a_fresh_process_tells_its_own_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "held_out", lambda *a, **k: [])
    ballast = np.ones(100_000_000)  # 800 MB that are ours, not the process's
    found = speed.hour(None, Stage(tmp_path, WEIGHTS, long=True), seconds=2)
    assert 50 < found["peak_mb"] < 700 < ballast.nbytes / 2**20
    assert found["seconds"] > 0


def test_an_hour_is_measured_only_when_asked_for(tmp_path):
    with pytest.raises(Skipped, match="--long"):
        speed.hour(None, Stage(tmp_path, tmp_path))


def test_weights_that_do_not_load_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "held_out", lambda *a, **k: [])
    with pytest.raises(Skipped, match="cannot be loaded"):
        speed.hour(None, Stage(tmp_path, tmp_path, long=True), seconds=1)
