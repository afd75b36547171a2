"""Measurements are told where the largest process is not known, too."""

from __future__ import annotations

import sys

import pytest

from inference_backend.data_engine import bench


def test_memory_is_left_out_where_the_system_does_not_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    speed = bench.Speed(7200.0, 1200, {"perform": 60.0, "pack": 12.0}, bench._peak_mib())
    assert speed.peak_mib == 0
    assert "largest process" not in bench.as_text(speed)
    assert speed.hours_per_hour == pytest.approx(100)
