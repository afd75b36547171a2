from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from inference_backend.generator.sampler import frame_noise, sample
from inference_backend.generator.windows import Piece, in_context, windowed


def stream(noise: np.ndarray, sizes: list[int]) -> Iterator[Piece]:
    """Noise [T, C] as pieces of these sizes, again and again; the audio is the number of the frame."""
    start = 0
    for size in itertools.cycle(sizes):
        part = np.arange(start, min(start + size, len(noise)))
        nothing = np.zeros((len(part), 1), np.float32)
        yield Piece(noise[part, None], part[:, None], nothing, nothing, nothing)
        start += size
        if start >= len(noise):
            return


def sampled(noise: np.ndarray, denoise: Callable[[np.ndarray, float], np.ndarray], steps: int) -> np.ndarray:
    pieces = sample(stream(noise, [len(noise)]), lambda x, keep, t: denoise(x.motion, t)[keep], steps, 0)
    return np.concatenate([piece.motion[:, 0] for piece in pieces])


def test_a_perfect_denoiser_is_reached_from_any_noise_in_any_number_of_steps():
    clean = np.linspace(0, 1, 20, dtype=np.float32).reshape(10, 1, 2)
    for steps in (1, 3, 8):
        reached = sampled(frame_noise(1, 0, 10, 2), lambda x, t: clean, steps)
        np.testing.assert_allclose(reached, clean[:, 0], atol=1e-5)


def test_a_gaussian_is_carried_to_a_gaussian():
    # For data N(0, s^2) on the straight path the best clean estimate is linear in x:
    # E[x1 | x] = t s^2 x / (t^2 s^2 + (1 - t)^2).
    s = 0.3

    def denoise(x: np.ndarray, t: float) -> np.ndarray:
        return t * s**2 * x / (t**2 * s**2 + (1 - t) ** 2)

    assert abs(sampled(frame_noise(3, 0, 20000, 1), denoise, 200).std() - s) < 0.01


def test_noise_depends_on_seed_and_absolute_frame_alone():
    long, part = frame_noise(5, 0, 3000, 4), frame_noise(5, 900, 2500, 4)
    np.testing.assert_array_equal(long[900:2500], part)
    assert np.abs(frame_noise(6, 0, 10, 4) - long[:10]).max() > 0.1


def blur(x: np.ndarray) -> np.ndarray:
    """Mean of 11 frames, fewer at the ends: [T, B, C]."""
    sums = [np.convolve(column, np.ones(11))[5:-5] for column in (*x.reshape(len(x), -1).T, np.ones(len(x)))]
    return (np.array(sums[:-1]) / sums[-1]).T.reshape(x.shape)


@pytest.mark.parametrize("sizes", [[500], [40], [3], [1, 9, 2]])
def test_a_stream_of_any_pieces_is_denoised_as_the_whole(sizes: list[int]):
    noise = frame_noise(7, 0, 131, 3)
    whole = sampled(noise, lambda x, t: blur(x) + t, 4)
    pieces = list(sample(stream(noise, sizes), lambda x, keep, t: (blur(x.motion) + t)[keep], 4, 5))
    np.testing.assert_allclose(np.concatenate([p.motion[:, 0] for p in pieces]), whole, atol=1e-5)
    np.testing.assert_array_equal(np.concatenate([p.audio[:, 0] for p in pieces]), np.arange(131))
    np.testing.assert_allclose(np.concatenate([p.first[:, 0] for p in pieces]), blur(noise[:, None])[:, 0], atol=1e-5)


def test_a_step_reads_no_further_ahead_than_its_context():
    taken = 0

    def counted() -> Iterator[Piece]:
        nonlocal taken
        for piece in stream(frame_noise(1, 0, 1000, 1), [10]):
            taken += 1
            yield piece

    given = in_context(counted(), 25)
    read, keep = next(given)
    assert (taken, len(read.motion), keep) == (4, 35, slice(0, 10))
    for _ in range(40):
        read, keep = next(given)
    assert taken == 44
    assert (len(read.motion), keep) == (60, slice(25, 35))
    np.testing.assert_array_equal(read.audio[keep, 0], np.arange(400, 410))


def test_windows_with_their_context_equal_the_whole():
    x = np.random.default_rng(0).normal(size=2500)
    kernel = np.ones(11) / 11
    whole = np.convolve(x, kernel, "same")

    def smooth(span: slice) -> np.ndarray:
        part = np.convolve(x[span], kernel, "same")
        return part

    np.testing.assert_allclose(windowed(smooth, len(x), 5)[5:-5], whole[5:-5], atol=1e-12)
