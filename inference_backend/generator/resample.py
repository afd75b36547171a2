"""Sample curves at another frame rate without losing a closed mouth, a blink or a peak.

Every output frame k samples the curves at its exact time k / fps with a monotone cubic interpolant (Fritsch and
Butland, 1984), which never overshoots. Where a significant extremum lies between two frames, the nearer frame
samples that extremum instead: at most half a frame away, in order, so no extremum is ever invented. The lips
move together: closures of the mouth choose first, then its widest openings, then peaks of single lip channels,
and the whole lip pose of that moment is taken. All other channels are sampled each for itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..contract import CHANNELS, region
from .aperture import drawn_apart

_LIPS = [i for i, name in enumerate(CHANNELS) if region(name) == "lips"]
_LEAST_CHANNEL = 0.03
_LEAST_APERTURE = 0.02
_LEAST_HEAD = 0.005  # radians


def resample(
    curves: np.ndarray, source_fps: float, fps: float, frames: int, on_column: Callable[[], None] = lambda: None
) -> np.ndarray:
    """Sample float [T, C] taken at j / source_fps seconds at k / fps seconds for k < frames: float32 [frames, C].

    The first 52 of C >= 52 columns are the channels; columns after them, or fewer columns than 52, are angles in
    radians. After its last frame a curve holds its value. on_column is called before each column and may raise to stop.
    """
    count, columns = curves.shape
    exact = np.clip(np.arange(frames) * (source_fps / fps), 0, count - 1)  # source frames
    has_channels = columns >= len(CHANNELS)
    of_lips = _moved(exact, _lip_extrema(curves, on_column)) if has_channels else exact
    sampled = np.empty((frames, columns), np.float32)
    for column in range(columns):
        on_column()
        curve = curves[:, column].astype(np.float64)
        if has_channels and column in _LIPS:
            positions = of_lips
        else:
            is_channel = has_channels and column < len(CHANNELS)
            positions = _moved(exact, extrema(curve, _LEAST_CHANNEL if is_channel else _LEAST_HEAD))
        sampled[:, column] = _interpolate(curve, positions)
    return sampled


def extrema(curve: np.ndarray, least: float) -> np.ndarray:
    """Find the turning points of [T] with a rise and a fall of at least `least` on their two sides.

    Each holds from source frame `start` to `end`: int [n, 3] of start, end and sign, 1 for a maximum, -1 for a minimum.
    """
    first = np.concatenate([[0], np.flatnonzero(np.abs(np.diff(curve)) > 1e-6) + 1])  # of each run of equal values
    slopes = np.sign(np.diff(curve[first]))
    turns = np.unique(np.concatenate([[0], np.flatnonzero(slopes[1:] != slopes[:-1]) + 1, [len(first) - 1]]))
    starts, ends = first[turns], np.append(first[1:], len(curve))[turns] - 1
    found, signs = [], []
    low = high = direction = 0
    values = curve[starts].tolist()
    for turn, value in enumerate(values):
        if direction <= 0 and value < values[low]:
            low = turn
        if direction >= 0 and value > values[high]:
            high = turn
        if direction <= 0 and value - values[low] >= least:
            found.append(low)
            signs.append(-1)
            direction, high = 1, turn
        elif direction >= 0 and values[high] - value >= least:
            found.append(high)
            signs.append(1)
            direction, low = -1, turn
    return np.stack([starts[found], ends[found], np.array(signs, np.int64)], axis=1)


def _lip_extrema(curves: np.ndarray, on_column: Callable[[], None]) -> np.ndarray:
    """List the moments that the lips must not lose, the most important first: [n, 3] as extrema does."""
    opening = drawn_apart(curves)
    of_opening = extrema(opening, _LEAST_APERTURE)
    closures, peaks = (of_opening[of_opening[:, 2] == sign] for sign in (-1, 1))
    listed = [closures[np.argsort(opening[closures[:, 0]], kind="stable")]]
    listed.append(peaks[np.argsort(-opening[peaks[:, 0]], kind="stable")])
    others, heights = [], []
    for column in _LIPS:
        on_column()
        found = extrema(curves[:, column], _LEAST_CHANNEL)
        others.append(found)
        heights.append(-found[:, 2] * curves[found[:, 0], column])
    start, end, sign = np.concatenate(others).T
    order = np.lexsort((sign, end, start, np.concatenate(heights)))
    return np.concatenate([*listed, np.concatenate(others)[order]])


def _moved(exact: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Move frames, by half a frame at most, onto the wanted extrema [n, 3] that lie between two of them."""
    if not len(wanted):
        return exact
    starts, ends = wanted[:, 0], wanted[:, 1]
    after = np.searchsorted(exact, starts)
    before = np.maximum(after - 1, 0)
    has_after = after < len(exact)
    after = np.minimum(after, len(exact) - 1)
    is_met = has_after & (exact[after] <= ends)
    is_before_nearer = ~is_met & (~has_after | (starts - exact[before] <= exact[after] - ends))
    step = (exact[-1] - exact[0]) / max(1, len(exact) - 1)
    is_in_reach = has_after | (starts - exact[-1] <= step / 2)
    frames = np.where(is_before_nearer, before, after)
    targets = np.where(is_met, exact[after], np.where(is_before_nearer, starts, ends))
    frames, targets = frames[is_in_reach], targets[is_in_reach]
    frames, first = np.unique(frames, return_index=True)  # the most important comes first
    moved = exact.copy()
    moved[frames] = targets[first]
    return moved


def _interpolate(curve: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Evaluate the monotone cubic through [T] at positions [N], in frames."""
    if len(curve) == 1:
        return np.repeat(curve, len(positions))
    rises = np.diff(curve)
    products, sums = rises[1:] * rises[:-1], rises[1:] + rises[:-1]
    is_monotone = products > 0
    inner = np.where(is_monotone, 2 * products / np.where(is_monotone, sums, 1), 0)
    slopes = np.concatenate([rises[:1], inner, rises[-1:]])
    left = np.minimum(np.floor(positions).astype(np.int64), len(curve) - 2)
    u = positions - left
    rise, slope, next_slope = rises[left], slopes[left], slopes[left + 1]
    curvature = 3 * rise - 2 * slope - next_slope
    return curve[left] + u * (slope + u * (curvature + u * (slope + next_slope - 2 * rise)))
