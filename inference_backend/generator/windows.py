"""Long sounds in windows: each is computed with enough context that the joins cannot be told from the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

WINDOW = 250  # frames at 50 Hz: 5 s, some 40 ms of work on two cores, the longest that a cancelled take goes on


def spans(frames: int, halo: int, window: int = WINDOW) -> Iterator[tuple[slice, slice]]:
    """Pairs (read, keep): frames to compute a window from, and which of the computed ones to keep."""
    for start in range(0, frames, window):
        low, high = max(0, start - halo), min(frames, start + window + halo)
        yield slice(low, high), slice(start - low, min(frames, start + window) - low)


def windowed(function: Callable[[slice], np.ndarray], frames: int, halo: int) -> np.ndarray:
    """Compute a function [frames, ...] of frame slices window by window; halo is its receptive field on one side."""
    return np.concatenate([function(read)[keep] for read, keep in spans(frames, halo)])
