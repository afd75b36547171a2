"""The sampler: from noise to motion along straight paths, in a few Euler steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np

from .windows import Piece, in_context

Denoise = Callable[[Piece, slice, float], np.ndarray]
"""Noisy frames, which of them to estimate, and a time in [0, 1) -> the clean motion [n, B, C] of those."""

_BLOCK = 1024
_EARLY = 1.4  # power of the times: what a head will do, nod or shake, is settled near t = 0, and wants short steps


def sample(pieces: Iterable[Piece], denoise: Denoise, steps: int, halo: int) -> Iterable[Piece]:
    """Integrate dx/dt = (clean(x, t) - x) / (1 - t) from the noise of a stream of pieces at t = 0 to 1.

    Flow matching on straight paths: Lipman et al. 2023. halo is the receptive field of denoise on one side: each step
    follows the one before it by so many frames, so that all windows are denoised jointly while few are in memory.
    """
    for i in range(steps):
        pieces = _step(pieces, denoise, times(steps)[i], share(steps, i), halo)
    return pieces


def times(steps: int) -> list[float]:
    """Give the times at which steps begin and end, 0 to 1."""
    return [(i / steps) ** _EARLY for i in range(steps + 1)]


def share(steps: int, i: int) -> float:
    """Give the share of the way to the clean motion that step i takes."""
    time, after = times(steps)[i : i + 2]
    return (after - time) / (1 - time)


def _step(pieces: Iterable[Piece], denoise: Denoise, time: float, part: float, halo: int) -> Iterator[Piece]:
    for noisy, keep in in_context(pieces, halo):
        clean, piece = denoise(noisy, keep, time), noisy.part(keep)
        motion = piece.motion + (clean - piece.motion) * np.float32(part)
        yield piece._replace(motion=motion, first=clean if time == 0 else piece.first)


def frame_noise(seed: int, start: int, stop: int, channels: int) -> np.ndarray:
    """Draw standard normal noise [stop - start, channels] that depends on the seed and the absolute frame alone."""
    first = start // _BLOCK
    blocks = [_block(seed, block, channels) for block in range(first, -(-stop // _BLOCK))]
    return np.concatenate(blocks)[start - first * _BLOCK : stop - first * _BLOCK]


@lru_cache(maxsize=32)
def _block(seed: int, block: int, channels: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(key=[seed, block])).standard_normal((_BLOCK, channels), np.float32)
