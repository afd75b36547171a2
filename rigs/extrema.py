"""Find the turning points of a curve that an eye would miss if they were gone."""

from __future__ import annotations

import numpy as np


def extrema(curve: np.ndarray, least: float) -> np.ndarray:
    """List the rows at which [T] turns back after a way of at least `least`, and does not come back for as much.

    Of a turn that lasts several rows, the first and the last are listed; maxima and minima alternate.
    """
    first = np.concatenate([[0], np.flatnonzero(np.diff(curve) != 0) + 1])  # of each run of equal values
    slopes = np.sign(np.diff(curve[first]))
    turns = np.unique(np.concatenate([[0], np.flatnonzero(slopes[1:] != slopes[:-1]) + 1, [len(first) - 1]]))
    kept = turns[_zigzag(curve[first[turns]].tolist(), least)]
    ends = np.append(first[1:], len(curve)) - 1
    return np.unique(np.concatenate([first[kept], ends[kept]]))


def _zigzag(values: list[float], least: float) -> list[int]:
    """Choose the alternating highs and lows that lie at least `least` apart."""
    found: list[int] = []
    low = high = direction = 0
    for index, value in enumerate(values):
        if direction <= 0 and value < values[low]:
            low = index
        if direction >= 0 and value > values[high]:
            high = index
        if direction <= 0 and value - values[low] >= least:
            found.append(low)
            direction, high = 1, index
        elif direction >= 0 and values[high] - value >= least:
            found.append(high)
            direction, low = -1, index
    if direction:  # what came last is a turn as well, if only towards the end
        found.append(high if direction > 0 else low)
    return found
