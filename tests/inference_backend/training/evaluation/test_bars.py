"""Bars tell by how much they are missed."""

from __future__ import annotations

import pytest

from inference_backend.training.evaluation.bars import BARS, judge


def judged(found):
    return {j.bar.name: j for j in judge(found)}


def test_a_bar_tells_by_how_much_it_is_missed():
    found = judged({"captured": {"aperture_r": 0.9, "aperture_range": 1.3, "lag_ms": -35.0}})
    assert found["aperture r on held-out captured faces"].missed_by == pytest.approx(0.03)
    assert found["range of the aperture against the captured"].missed_by == pytest.approx(0.1)
    assert found["lag of the aperture, ms"].missed_by == 15


def test_a_bar_that_is_met_and_one_that_was_not_measured():
    found = judged({"captured": {"aperture_r": 0.95}})
    assert found["aperture r on held-out captured faces"].missed_by == 0
    assert found["lag of the aperture, ms"].value is None


def test_every_bar_says_what_it_wants():
    assert all(any(sign in bar.wanted() for sign in "≥≤t") for bar in BARS)
    assert len({bar.name for bar in BARS}) == len(BARS)
