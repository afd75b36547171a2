"""Measures of made curves with known answers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.training.evaluation import curves

TIME = np.arange(300) / 50.0
WAVE = np.sin(2 * np.pi * 1.3 * TIME) + 0.5 * np.sin(2 * np.pi * 2.9 * TIME + 1)


@pytest.mark.parametrize("late_s", [-0.06, 0.0, 0.033, 0.1])
def test_lag_is_found_between_frames(late_s):
    later = np.interp(TIME - late_s, TIME, WAVE)
    assert curves.peak_lag(curves.lagged(WAVE, later, 10), 50.0) == pytest.approx(late_s, abs=0.004)


def test_correlation_and_range():
    assert curves.correlation(WAVE, 3 * WAVE + 1) == pytest.approx(1)
    assert curves.correlation(WAVE, -WAVE) == pytest.approx(-1)
    assert curves.correlation(WAVE, np.ones(300)) == 0.0
    assert curves.spread(2 * WAVE) == pytest.approx(2 * curves.spread(WAVE))


def test_rank_correlation():
    assert curves.spearman(np.arange(5), np.array([0.1, 0.2, 0.25, 3, 90])) == pytest.approx(1)
    assert curves.spearman(np.arange(5), np.array([5, 4, 3, 2, 1])) == pytest.approx(-1)
    assert curves.spearman(np.arange(5), np.array([0.3] * 5)) == 0.0


def test_noise_jitters_and_a_wave_does_not():
    noisy = WAVE[:, None] + np.random.default_rng(0).normal(0, 0.1, (300, 1))
    assert curves.jitter(noisy) > 10 * curves.jitter(WAVE[:, None])
    assert curves.fast_share(WAVE[:, None], 50.0) < 0.02
    assert curves.fast_share(np.sin(2 * np.pi * 18 * TIME)[:, None], 50.0) > 0.9


def test_power_of_a_nod_lies_between_its_limits():
    assert curves.gesture_power(np.sin(2 * np.pi * 2 * TIME), 50.0) > 100 * curves.gesture_power(0.2 * TIME / 6, 50.0)
    assert curves.gesture_power(np.sin(2 * np.pi * 9 * TIME), 50.0) < 1e-3


def test_a_step_at_a_seam_stands_out():
    smooth = np.stack([WAVE, np.roll(WAVE, 40)], 1)
    broken = smooth.copy()
    broken[150:] += 0.5
    assert curves.seam_ratio(smooth, [150]) <= 1.01
    assert curves.seam_ratio(broken, [150]) > 3
    assert curves.seam_ratio(broken, [100]) < 1  # a step elsewhere is no seam
