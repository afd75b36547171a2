"""From a value at every row to as few keys as an error allows, with slopes for cubic curves between them.

Turning points and chosen rows are keys with their exact values, and between two keys a curve is monotone: it never
leaves what the rows say at both ends, so what is shut stays shut and no peak is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .extrema import extrema

_MARGIN = 0.95  # of the error is used; the rest is for single precision
_ROUNDS = 4  # of taking out keys that turned out not to be needed
_SHORT_RUN = 4  # rows of shut lips that are all kept; of longer ones the first and the last


@dataclass(frozen=True)
class Thinned:
    """Rows [K] that stay keys, and the slopes [K, C] into and out of them, in values a row."""

    rows: np.ndarray
    into: np.ndarray
    out_of: np.ndarray


@dataclass(frozen=True)
class _Fit:
    """Segments fitted: slopes [S, C] at both ends, the greatest error [S] over its limit, and where it is."""

    first: np.ndarray
    last: np.ndarray
    error: np.ndarray
    worst: np.ndarray


def thin(values: np.ndarray, max_error: float | np.ndarray, keep: np.ndarray | None = None) -> Thinned:
    """Choose keys for values [T, C], the same rows for all columns, so that no row is missed by more than max_error.

    max_error may be given for each column. keep lists rows that must be keys.
    """
    scaled = np.asarray(values, np.float64) / max_error / _MARGIN
    fixed = [np.array([0, len(scaled) - 1]), *(extrema(column, 1.0) for column in scaled.T)]
    fixed = np.unique(np.concatenate([*fixed, np.array([], int) if keep is None else keep]))
    rows = _merged(scaled, _split(scaled, fixed), fixed)
    fit = _fitted(scaled, rows[:-1], rows[1:])
    unscale = np.asarray(max_error) * _MARGIN
    into = np.concatenate([fit.first[:1], fit.last]) if len(rows) > 1 else np.zeros((1, scaled.shape[1]))
    out_of = np.concatenate([fit.first, fit.last[-1:]]) if len(rows) > 1 else into
    return Thinned(rows, into * unscale, out_of * unscale)


def shut_rows(shut: np.ndarray) -> np.ndarray:
    """List the rows that must be keys where lips are shut [T]: all of a short contact, both ends of a long one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], shut.astype(np.int8), [0]])))
    kept = [
        np.arange(start, end) if end - start <= _SHORT_RUN else np.array([start, end - 1])
        for start, end in edges.reshape(-1, 2)
    ]
    return np.concatenate(kept) if kept else np.array([], int)


def _split(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Split segments where they miss most, until none misses too much."""
    found, starts, ends = [rows], rows[:-1], rows[1:]
    while len(starts):
        fit = _fitted(values, starts, ends)
        bad = fit.error > 1.0
        middle = fit.worst[bad]
        found.append(middle)
        starts, ends = np.concatenate([starts[bad], middle]), np.concatenate([middle, ends[bad]])
        order = np.argsort(starts)
        starts, ends = starts[order], ends[order]
    return np.unique(np.concatenate(found))


def _merged(values: np.ndarray, rows: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Take out keys, every other one at a time, where the curve between their neighbours is still right."""
    for _ in range(_ROUNDS):
        before = len(rows)
        for parity in (0, 1):
            at = np.arange(1 + parity, len(rows) - 1, 2)
            at = at[~np.isin(rows[at], fixed)]
            if not len(at):
                continue
            fine = _fitted(values, rows[at - 1], rows[at + 1]).error <= 1.0
            rows = np.delete(rows, at[fine])
        if len(rows) == before:
            break
    return rows


def _fitted(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> _Fit:
    """Fit a monotone cubic to the rows between each start and end, by least squares of the slopes at its ends."""
    length = (ends - starts).astype(np.float64)
    slope = (values[ends] - values[starts]) / np.maximum(length, 1)[:, None]
    first, last = slope.copy(), slope.copy()
    error, worst = np.zeros(len(starts)), starts.copy()
    inner = np.flatnonzero(ends - starts > 1)
    if not len(inner):
        return _Fit(first, last, error, worst)
    counts = (ends - starts)[inner] - 1
    offsets = np.concatenate([[0], np.cumsum(counts)[:-1]])
    segment = np.repeat(np.arange(len(inner)), counts)
    step = np.arange(len(segment)) - offsets[segment] + 1
    row = starts[inner][segment] + step
    u, long = step / length[inner][segment], length[inner][segment]
    out, into = u * (1 - u) ** 2 * long, -(u**2) * (1 - u) * long
    rest = values[row] - values[starts[inner]][segment] - slope[inner][segment] * step[:, None]
    bend_out, bend_in = _bends(out, into, rest, offsets)
    steepest = 3 * slope[inner]
    low, high = np.minimum(0, steepest), np.maximum(0, steepest)
    first[inner] = np.clip(slope[inner] + bend_out, low, high)
    last[inner] = np.clip(slope[inner] + bend_in, low, high)
    bend_out, bend_in = first[inner] - slope[inner], last[inner] - slope[inner]
    missed = np.abs(rest - out[:, None] * bend_out[segment] - into[:, None] * bend_in[segment]).max(axis=1)
    error[inner] = np.maximum.reduceat(missed, offsets)
    at_worst = np.flatnonzero(missed == error[inner][segment])
    of_segment, index = np.unique(segment[at_worst], return_index=True)
    worst[inner[of_segment]] = row[at_worst[index]]
    return _Fit(first, last, error, worst)


def _bends(out: np.ndarray, into: np.ndarray, rest: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solve for how far the slopes at both ends depart from the straight line, [S, C] each."""
    a, b, d = (np.add.reduceat(x, offsets)[:, None] for x in (out * out, out * into, into * into))
    p = np.add.reduceat(out[:, None] * rest, offsets)
    q = np.add.reduceat(into[:, None] * rest, offsets)
    ridge = 1e-6 * (a + d)  # a single row between two keys leaves one of the two free
    a, d = a + ridge, d + ridge
    determinant = a * d - b * b
    return (d * p - b * q) / determinant, (a * q - b * p) / determinant
