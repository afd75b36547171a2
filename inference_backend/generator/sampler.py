"""The sampler: from noise to motion along straight paths, in a few Euler steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Denoise = Callable[[np.ndarray, float], np.ndarray]
"""Noisy curves [T, C] at a time in [0, 1) -> the estimate of the clean curves [T, C]."""

_BLOCK = 1024


def sample(denoise: Denoise, noise: np.ndarray, steps: int) -> np.ndarray:
    """Integrate dx/dt = (clean(x, t) - x) / (1 - t) from noise [T, C] at t = 0 to 1.

    Flow matching on straight paths: Lipman et al. 2023.
    """
    x = noise
    for i in range(steps):
        time, after = i / steps, (i + 1) / steps
        x = x + (denoise(x, time) - x) * ((after - time) / (1 - time))
    return x


def frame_noise(seed: int, frames: int, channels: int) -> np.ndarray:
    """Draw standard normal noise [frames, channels] that depends on the seed and the absolute frame alone."""
    blocks = [
        np.random.Generator(np.random.Philox(key=[seed, block])).standard_normal((_BLOCK, channels), np.float32)
        for block in range(-(-frames // _BLOCK))
    ]
    return np.concatenate(blocks)[:frames]
