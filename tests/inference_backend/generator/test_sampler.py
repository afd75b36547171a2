from __future__ import annotations

import numpy as np

from inference_backend.generator.sampler import frame_noise, sample
from inference_backend.generator.windows import windowed


def test_a_perfect_denoiser_is_reached_from_any_noise_in_any_number_of_steps():
    clean = np.linspace(0, 1, 20, dtype=np.float32).reshape(10, 2)
    for steps in (1, 3, 8):
        np.testing.assert_allclose(sample(lambda x, t: clean, frame_noise(1, 10, 2), steps), clean, atol=1e-5)


def test_a_gaussian_is_carried_to_a_gaussian():
    # For data N(0, s^2) on the straight path the best clean estimate is linear in x:
    # E[x1 | x] = t s^2 x / (t^2 s^2 + (1 - t)^2).
    s = 0.3

    def denoise(x: np.ndarray, t: float) -> np.ndarray:
        return t * s**2 * x / (t**2 * s**2 + (1 - t) ** 2)

    out = sample(denoise, frame_noise(3, 20000, 1), 200)
    assert abs(out.std() - s) < 0.01


def test_noise_depends_on_seed_and_absolute_frame_alone():
    long, short = frame_noise(5, 3000, 4), frame_noise(5, 1500, 4)
    np.testing.assert_array_equal(long[:1500], short)
    assert np.abs(frame_noise(6, 10, 4) - long[:10]).max() > 0.1


def test_windows_with_their_context_equal_the_whole():
    x = np.random.default_rng(0).normal(size=2500)
    kernel = np.ones(11) / 11
    whole = np.convolve(x, kernel, "same")

    def smooth(span: slice) -> np.ndarray:
        part = np.convolve(x[span], kernel, "same")
        return part

    np.testing.assert_allclose(windowed(smooth, len(x), 5)[5:-5], whole[5:-5], atol=1e-12)
