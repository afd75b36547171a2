"""Take the tracker's jitter out of curves and leave closures, blinks and onsets as sharp as they were.

A Savitzky-Golay smoother says where the curve goes without noise; what it would take away is taken away only as far as
it is as small as the noise. A blink differs from its smoothed self by many times that, and so stays itself.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import savgol_filter

WINDOW, ORDER = 7, 2  # frames, degree: a quarter of a second at 25 frames/s
_NOISE_OF_BEND = 6**0.5  # second differences of white noise are so much wider than the noise
_KEEP_FROM, _KEEP_ALL = 2.0, 4.0  # in noise levels: less is jitter, more is movement


def dejitter(curves: np.ndarray, ceiling: float) -> np.ndarray:
    """Smooth curves [F, C] where they are noisy; the noise is taken to be no larger than `ceiling`, in their units."""
    if len(curves) <= WINDOW:
        return curves
    smooth = np.asarray(savgol_filter(curves, WINDOW, ORDER, axis=0, mode="interp"))
    rest = curves - smooth
    noise = np.minimum(noise_of(curves), ceiling)
    loudness = np.abs(rest) / np.maximum(noise, 1e-9)
    return smooth + rest * np.clip((loudness - _KEEP_FROM) / (_KEEP_ALL - _KEEP_FROM), 0, 1)


def noise_of(curves: np.ndarray) -> np.ndarray:
    """Estimate the standard deviation of white noise on curves [F, C]: [C]; events rarer than half the time are out."""
    bends = np.abs(np.diff(curves, 2, axis=0))
    return 1.4826 * np.median(bends, axis=0) / _NOISE_OF_BEND
