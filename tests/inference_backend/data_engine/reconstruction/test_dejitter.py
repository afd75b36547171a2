"""Jitter goes, closures and blinks stay; even rates keep closures shut and times exact."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
from inference_backend.data_engine.reconstruction import resample
from inference_backend.data_engine.reconstruction.dejitter import dejitter

FPS, NOISE = 25, 0.012
AT_S = np.arange(10 * FPS) / FPS
RNG = np.random.default_rng(4)


def talking() -> np.ndarray:
    """A jaw at four syllables a second, shut for two frames each second and a half."""
    jaw = 0.25 + 0.15 * np.sin(2 * np.pi * 1.3 * AT_S)
    jaw[closures()] = 0.0
    return jaw


def closures() -> np.ndarray:
    return (np.arange(len(AT_S)) % 37) < 2


def blinking() -> np.ndarray:
    blink = np.zeros(len(AT_S))
    for start in range(20, len(AT_S) - 5, 60):
        blink[start : start + 4] = [0.5, 1.0, 0.8, 0.3]
    return blink


def test_jitter_of_a_still_face_goes():
    still = 0.3 + RNG.normal(0, NOISE, (len(AT_S), 3))
    smooth = dejitter(still, 0.03)
    assert smooth.std(0).max() < 0.75 * NOISE
    assert np.diff(smooth, axis=0).std() < 0.5 * np.diff(still, axis=0).std()


def test_closures_and_blinks_stay_whole():
    true = np.stack([talking(), blinking()], 1)
    smooth = dejitter(true + RNG.normal(0, NOISE, true.shape), 0.03)
    assert smooth[closures(), 0].max() < 0.05
    at_peak = blinking() == 1.0
    assert smooth[at_peak, 1].min() > 0.93
    # around a blink nothing is smeared into the frames before and after
    quiet = blinking() == 0
    assert np.abs(smooth[quiet, 1]).max() < 5 * NOISE


def test_clean_curves_are_left_as_they_are():
    true = blinking()[:, None]
    np.testing.assert_allclose(dejitter(true, 0.03), true, atol=1e-6)


def test_even_rate_passes_through_the_frames_at_their_times():
    times_s = np.cumsum(RNG.uniform(0.02, 0.07, 200))
    wanted_s = np.arange(0, times_s[-1], 0.02)
    curve = np.clip(np.sin(5 * times_s), 0, 1)[:, None]
    read = resample.at_times(times_s, curve, wanted_s)
    assert np.abs(read[:, 0] - np.clip(np.sin(5 * np.clip(wanted_s, times_s[0], None)), 0, 1)).max() < 0.06
    assert read.min() >= 0
    assert read.max() <= 1
    np.testing.assert_allclose(resample.at_times(times_s, curve, times_s), curve, atol=1e-9)
