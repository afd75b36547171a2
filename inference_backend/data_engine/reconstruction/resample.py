"""Curves at the film's own times brought to the even 50 Hz of a performance."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator


def at_times(times_s: np.ndarray, curves: np.ndarray, wanted_s: np.ndarray) -> np.ndarray:
    """Read curves [F, C] at rising times [F] at other times [T]: [T, C], held before the first and after the last.

    Monotone cubic pieces (Fritsch and Carlson 1980) pass through every frame and never overshoot: a closed mouth stays
    closed, whatever the rate.
    """
    inside = np.clip(wanted_s, times_s[0], times_s[-1])
    if len(times_s) == 1:
        return np.repeat(curves, len(wanted_s), axis=0)
    return PchipInterpolator(times_s, curves, axis=0)(inside)
