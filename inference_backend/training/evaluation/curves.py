"""Measures of plain curves: agreement, spread, lag, jitter, rank correlation, power of gestures."""

from __future__ import annotations

import numpy as np
from scipy.signal import periodogram
from scipy.stats import spearmanr


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson correlation; 0 where either is constant."""
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Rank correlation; 0 where either is constant."""
    if np.std(a) < 1e-9 or np.std(b) < 1e-9:
        return 0.0
    return float(np.asarray(spearmanr(a, b)[0]))


def spread(curve: np.ndarray) -> float:
    """Range of a curve: 95th less 5th percentile."""
    return float(np.percentile(curve, 95) - np.percentile(curve, 5))


def lagged(true: np.ndarray, made: np.ndarray, reach: int) -> np.ndarray:
    """Correlation of a curve with a made one that is read -reach .. reach frames later, [2 reach + 1]."""
    frames = min(len(true), len(made)) - reach
    if frames <= reach + 2:
        return np.zeros(2 * reach + 1)
    middle = true[reach:frames]
    return np.array([correlation(middle, made[reach + k : frames + k]) for k in range(-reach, reach + 1)])


def peak_lag(correlations: np.ndarray, fps: float) -> float:
    """Seconds by which the made curve is late, from `lagged` (or a mean of several), between frames by a parabola."""
    at, reach = int(correlations.argmax()), len(correlations) // 2
    shift = 0.0
    if 0 < at < len(correlations) - 1:
        before, here, after = correlations[at - 1 : at + 2]
        bend = before - 2 * here + after
        shift = float(0.5 * (before - after) / bend) if abs(bend) > 1e-12 else 0.0
    return (at - reach + shift) / fps


def jitter(values: np.ndarray) -> float:
    """RMS third difference over RMS first difference of curves [T, C]."""
    return float(np.sqrt((np.diff(values, 3, axis=0) ** 2).mean() / ((np.diff(values, axis=0) ** 2).mean() + 1e-12)))


def fast_share(values: np.ndarray, fps: float, above_hz: float = 12.0) -> float:
    """Share of the movement's energy (of the first difference of curves [T, C]) above a frequency."""
    frequency, power = periodogram(np.diff(values, axis=0), fps, axis=0)
    return float(power[frequency > above_hz].sum() / (power.sum() + 1e-12))


def gesture_power(angle: np.ndarray, fps: float) -> float:
    """Power of an angle [T] in radians between 0.7 and 4 Hz."""
    frequency, power = periodogram(angle - angle.mean(), fps)
    return float(power[(frequency >= 0.7) & (frequency <= 4.0)].sum())


def seam_ratio(values: np.ndarray, seams: list[int]) -> float:
    """How curves [T, C] bend where windows meet, against the rest: 99th percentiles of their second difference.

    seams are the frames that begin a window; above 1 they stand out.
    """
    bend = np.sqrt((np.diff(values, 2, axis=0) ** 2).mean(1))  # bend[k] is around frame k + 1
    at = np.array([k for s in seams for k in (s - 2, s - 1, s) if 0 <= k < len(bend)], int)
    inside = np.delete(bend, at)
    if not len(at) or not len(inside):
        return 0.0
    return float(np.percentile(bend[at], 99) / (np.percentile(inside, 99) + 1e-12))
