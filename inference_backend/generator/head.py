"""The head, steadied: what few steps leave of the noise that acting starts from goes, and gestures stay."""

from __future__ import annotations

import numpy as np

_JITTER = 1.5  # frames, standard deviation: heads are too heavy for what is quicker
_LEAN = 8.0  # the same of where a head leans while it gestures
_TREMOR = np.radians(0.45)  # gestures of this size, in standard deviations, keep half of theirs
_REACH = 2.5  # standard deviations


def _reach(frames: float) -> int:
    return round(_REACH * frames)


HALO = _reach(_JITTER) + 2 * _reach(_LEAN)
"""Frames on either side that a steadied head depends on."""


def steadied(head: np.ndarray) -> np.ndarray:
    """Steady head rotations [T, B, 3] in radians: a nod of 2 Hz and three degrees keeps nine tenths of its height.

    Gestures, which are what is quicker than a lean, are scaled by Wiener's gain: their power around a frame over that
    with the tremor.
    """
    smooth = _smoothed(head, _JITTER)
    lean = _smoothed(smooth, _LEAN)
    gestures = smooth - lean
    power = _smoothed(gestures**2, _LEAN)
    return lean + gestures * power / (power + _TREMOR**2)


def _smoothed(curves: np.ndarray, frames: float) -> np.ndarray:
    """Smooth curves [T, B, C] by a Gaussian of so many frames."""
    reach = _reach(frames)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / frames) ** 2)
    padded = np.pad(curves, ((reach, reach), (0, 0), (0, 0)), "edge")
    return np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis=0) @ (weights / weights.sum())
