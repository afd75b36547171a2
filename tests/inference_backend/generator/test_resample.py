import numpy as np
import pytest

from inference_backend.contract import CHANNELS, INDEX
from inference_backend.generator.aperture import drawn_apart as aperture
from inference_backend.generator.resample import extrema, resample

SOURCE_FPS = 50.0
RATES = [12.0, 24.0, 23.976, 25.0, 30.0, 60.0]


def take_of(seconds, columns=55):
    return np.zeros((round(seconds * SOURCE_FPS), columns))


def closing(centre_s, length_s, seconds=2.0, ramp_s=0.04):
    """An open mouth that shuts for length_s around centre_s; the lips press meanwhile."""
    curves = take_of(seconds)
    t = np.arange(len(curves)) / SOURCE_FPS
    shut = np.clip((length_s / 2 + ramp_s - np.abs(t - centre_s)) / ramp_s, 0, 1)
    curves[:, INDEX["jawOpen"]] = 0.45 - 0.2 * shut
    curves[:, INDEX["mouthClose"]] = 0.25 * shut
    curves[:, INDEX["mouthPressLeft"]] = 0.6 * shut
    curves[:, INDEX["mouthLowerDownLeft"]] = 0.3 * (1 - shut)
    return curves


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("length_s", [0.02, 0.06, 0.08])
def test_a_closure_survives_at_every_phase(fps, length_s):
    frames = round(2.0 * fps)
    for centre_s in 0.9 + np.arange(0, 0.1, 0.005):
        curves = closing(centre_s, length_s)
        deepest = np.argmin(aperture(curves))
        opening = aperture(resample(curves, SOURCE_FPS, fps, frames))
        assert opening.min() == pytest.approx(aperture(curves).min(), abs=1e-6)
        nearest_s = np.argmin(opening) / fps
        assert abs(nearest_s - deepest / SOURCE_FPS) <= 0.5 / fps + length_s / 2 + 0.02
        assert opening.max() == pytest.approx(aperture(curves).max(), abs=1e-6)


@pytest.mark.parametrize("fps", [12.0, 24.0, 25.0, 30.0])
def test_the_lip_pose_of_a_closure_is_one_moment_of_the_source(fps):
    for centre_s in 0.9 + np.arange(0, 0.1, 0.005):
        curves = closing(centre_s, 0.02)
        out = resample(curves, SOURCE_FPS, fps, round(2 * fps))
        shut = out[np.argmin(aperture(out)), : len(CHANNELS)]
        assert np.abs(curves[:, : len(CHANNELS)] - shut).max(axis=1).min() < 1e-6


def test_without_carrying_the_closure_would_be_lost():
    """Guard the tests above: plain sampling at 24 fps does lose the same closure at some phase."""
    lost = 0
    for centre_s in 0.9 + np.arange(0, 0.1, 0.005):
        opening = aperture(closing(centre_s, 0.02))
        sampled = np.interp(np.arange(48) / 24, np.arange(100) / SOURCE_FPS, opening)
        lost += sampled.min() > opening.min() + 0.1
    assert lost > 0


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 60.0, 120.0])
def test_a_blink_keeps_its_depth(fps):
    for at in range(40, 60):
        curves = take_of(2.0)
        curves[at - 1 : at + 2, INDEX["eyeBlinkLeft"]] = (0.5, 1.0, 0.5)
        out = resample(curves, SOURCE_FPS, fps, round(2 * fps))[:, INDEX["eyeBlinkLeft"]]
        assert out.max() == pytest.approx(1.0)
        assert abs(np.argmax(out) / fps - at / SOURCE_FPS) <= 0.5 / fps + 1e-9


def smooth_noise(seconds=10.0, columns=55, seed=0):
    noise = np.random.default_rng(seed).standard_normal((round(seconds * SOURCE_FPS) + 40, columns))
    kernel = np.hanning(9)
    return np.stack([np.convolve(c, kernel / kernel.sum(), "same")[20:-20] for c in noise.T], axis=1) * 0.3 + 0.3


def test_equal_rates_are_the_identity():
    curves = smooth_noise()
    assert np.array_equal(resample(curves, 50.0, 50.0, len(curves)), curves.astype(np.float32))


@pytest.mark.parametrize("fps", [12.0, 24.0, 30.0, 59.94, 60.0, 144.0])
def test_an_extremum_is_never_invented(fps):
    curves = smooth_noise()
    out = resample(curves, SOURCE_FPS, fps, round(10 * fps))
    for column in range(curves.shape[1]):
        assert len(extrema(out[:, column], 1e-4)) <= len(extrema(curves[:, column], 1e-4)) + 1  # the end may turn
        assert out[:, column].min() >= curves[:, column].min() - 1e-6
        assert out[:, column].max() <= curves[:, column].max() + 1e-6


@pytest.mark.parametrize("fps", [25.0, 30.0, 60.0])
def test_frames_lie_at_their_exact_times(fps):
    t = np.arange(500) / SOURCE_FPS
    curves = take_of(10.0)
    curves[:, INDEX["browInnerUp"]] = t / 10  # a ramp has no extremum to move to
    curves[:, 53] = t / 5
    out = resample(curves, SOURCE_FPS, fps, round(9.9 * fps))
    k = np.arange(len(out)) / fps
    assert np.allclose(out[:, INDEX["browInnerUp"]], k / 10, atol=1e-6)
    assert np.allclose(out[:, 53], k / 5, atol=1e-6)


def test_slow_motion_is_followed_closely():
    t = np.arange(500) / SOURCE_FPS
    curves = np.stack([0.2 * np.sin(2 * np.pi * 1.3 * t + phase) for phase in (0, 1, 2)], axis=1)
    out = resample(curves, SOURCE_FPS, 24.0, 230)
    k = np.arange(230)[:, None] / 24
    expected = 0.2 * np.sin(2 * np.pi * 1.3 * k + np.array([0, 1, 2]))
    # Half a frame of motion at a turning point, seen by source frames, is all that carrying may cost.
    assert np.abs(out - expected).max() < 0.2 * (1 - np.cos(2 * np.pi * 1.3 * (1 / 48 + 1 / 100)))


def test_after_its_end_a_curve_holds():
    curves = np.linspace(0, 1, 50)[:, None]
    assert np.allclose(resample(curves, 50, 30, 60)[31:], 1.0)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_short_curves_work(count):
    assert resample(np.full((count, 55), 0.5), 50.0, 24.0, 3).shape == (3, 55)
