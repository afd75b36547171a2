"""Sample curves at another frame rate without losing a closed mouth, a blink or a peak.

Every output frame k samples the curves at its exact time k / fps with a monotone cubic interpolant (Fritsch and
Butland, 1984), which never overshoots. Where a significant extremum lies between two frames, the nearer frame
samples that extremum instead: at most half a frame away, in order, so no extremum is ever invented. The lips
move together: closures of the mouth choose first, then its widest openings, then peaks of single lip channels,
and the whole lip pose of that moment is taken. All other channels are sampled each for itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..contract import CHANNELS, INDEX, region

_LIPS = [i for i, name in enumerate(CHANNELS) if region(name) == "lips"]
_LEAST_CHANNEL = 0.03
_LEAST_APERTURE = 0.02
_LEAST_HEAD = 0.005  # radians


class Extremum(NamedTuple):
    """A turning point that holds from source frame `start` to `end`: sign +1 for a maximum, -1 for a minimum."""

    start: int
    end: int
    sign: int


def resample(curves: np.ndarray, source_fps: float, fps: float, frames: int) -> np.ndarray:
    """Sample float [T, C] taken at j / source_fps seconds at k / fps seconds for k < frames: float32 [frames, C].

    The first 52 of C >= 52 columns are the channels; columns after them, or fewer columns than 52, are angles in
    radians. After its last frame a curve holds its value.
    """
    curves = np.asarray(curves, np.float64)
    count, columns = curves.shape
    exact = np.clip(np.arange(frames) * (source_fps / fps), 0, count - 1)  # source frames
    positions = np.repeat(exact[:, None], columns, axis=1)
    has_channels = columns >= len(CHANNELS)
    if has_channels:
        positions[:, _LIPS] = _moved(exact, _lip_extrema(curves))[:, None]
    for column in range(columns):
        if has_channels and column in _LIPS:
            continue
        is_channel = has_channels and column < len(CHANNELS)
        found = extrema(curves[:, column], _LEAST_CHANNEL if is_channel else _LEAST_HEAD)
        positions[:, column] = _moved(exact, found)
    return _interpolate(curves, positions).astype(np.float32)


def aperture(values: np.ndarray) -> np.ndarray:
    """Measure how far the lips are apart, [T, 52] -> [T] >= 0: the jaw less mouthClose, and lips drawn apart."""
    lips = values[:, [INDEX[f"mouth{part}{side}"] for part in ("LowerDown", "UpperUp") for side in ("Left", "Right")]]
    return np.maximum(0.0, values[:, INDEX["jawOpen"]] - values[:, INDEX["mouthClose"]] + lips.mean(axis=1))


def extrema(curve: np.ndarray, least: float) -> list[Extremum]:
    """Find the turning points of [T] with a rise and a fall of at least `least` on their two sides."""
    first = np.concatenate([[0], np.flatnonzero(np.abs(np.diff(curve)) > 1e-6) + 1])  # of each run of equal values
    slopes = np.sign(np.diff(curve[first]))
    turns = np.unique(np.concatenate([[0], np.flatnonzero(slopes[1:] != slopes[:-1]) + 1, [len(first) - 1]]))
    starts, ends = first[turns].tolist(), (np.append(first[1:], len(curve))[turns] - 1).tolist()
    values = curve[starts].tolist()
    found: list[Extremum] = []
    low = high = direction = 0
    for turn, value in enumerate(values):
        if direction <= 0 and value < values[low]:
            low = turn
        if direction >= 0 and value > values[high]:
            high = turn
        if direction <= 0 and value - values[low] >= least:
            found.append(Extremum(starts[low], ends[low], -1))
            direction, high = 1, turn
        elif direction >= 0 and values[high] - value >= least:
            found.append(Extremum(starts[high], ends[high], 1))
            direction, low = -1, turn
    return found


def _lip_extrema(curves: np.ndarray) -> list[Extremum]:
    """List the moments that the lips must not lose, the most important first."""
    opening = aperture(curves)
    of_opening = extrema(opening, _LEAST_APERTURE)
    closures = sorted((e for e in of_opening if e.sign < 0), key=lambda e: opening[e.start])
    peaks = sorted((e for e in of_opening if e.sign > 0), key=lambda e: -opening[e.start])
    others = []
    for column in _LIPS:
        for extremum in extrema(curves[:, column], _LEAST_CHANNEL):
            others.append((-extremum.sign * curves[extremum.start, column], extremum))
    return [*closures, *peaks, *(extremum for _, extremum in sorted(others))]


def _moved(exact: np.ndarray, wanted: list[Extremum]) -> np.ndarray:
    """Move frames, by half a frame at most, onto the wanted extrema that lie between two of them."""
    if not wanted:
        return exact
    starts, ends = np.array([e.start for e in wanted]), np.array([e.end for e in wanted])
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


def _interpolate(curves: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Evaluate the monotone cubic through [T, C] at positions [N, C], in frames."""
    if len(curves) == 1:
        return np.repeat(curves, len(positions), axis=0)
    rises = np.diff(curves, axis=0)
    products, sums = rises[1:] * rises[:-1], rises[1:] + rises[:-1]
    is_monotone = products > 0
    inner = np.where(is_monotone, 2 * products / np.where(is_monotone, sums, 1), 0)
    slopes = np.concatenate([rises[:1], inner, rises[-1:]])
    left = np.minimum(np.floor(positions).astype(np.int64), len(curves) - 2)
    u = positions - left
    columns = np.arange(curves.shape[1])
    value, rise = curves[left, columns], rises[left, columns]
    slope, next_slope = slopes[left, columns], slopes[left + 1, columns]
    curvature = 3 * rise - 2 * slope - next_slope
    return value + u * (slope + u * (curvature + u * (slope + next_slope - 2 * rise)))
