"""Change the sample rate of a sound, block by block, without moving it in time."""

from __future__ import annotations

import math

import numpy as np

# Windowed-sinc interpolation (Smith and Gossett, "A flexible sampling-rate conversion method", 1984). With 40
# zero crossings a side and beta 8 the pass band ends at 0.87 of the lower Nyquist rate, and 80 dB are gone at 1.
_ZERO_CROSSINGS = 40
_BETA = 8.0
_CUTOFF = 0.935
_MAX_PHASES = 1024
_LEAST_GROUP = 64
_BLOCK = 1 << 16


class RateConverter:
    """Convert mono blocks from one rate to another: output sample n lies at exactly n / target seconds.

    Feed blocks to push(), then call finish() once. N samples in all give round(N * target / source).
    """

    def __init__(self, source: int, target: int) -> None:
        divisor = math.gcd(source, target)
        self._up, self._down = target // divisor, source // divisor
        self._bypass = source == target
        self._taps = np.empty((0, 0), np.float32) if self._bypass else _taps(self._up, self._down)
        self._half = self._taps.shape[1] // 2
        # Outputs come in groups of the same phases, each one product with a matrix; odd rates never repeat.
        self._group = self._up * math.ceil(_LEAST_GROUP / self._up) if self._up <= _MAX_PHASES else 1
        self._matrix = _matrix(self._taps, self._down, self._group) if self._group > 1 and not self._bypass else None
        self._buffer = np.zeros(max(0, self._half - 1), np.float32)
        self._buffer_start = -len(self._buffer)  # index in the source of the buffer's first sample
        self._waiting: list[np.ndarray] = []
        self._taken = 0
        self._given = 0

    def push(self, block: np.ndarray) -> np.ndarray:
        """Take float32 [n] and return the output samples that are now certain (often none)."""
        self._taken += len(block)
        if self._bypass:
            return block
        self._waiting.append(block)
        if sum(map(len, self._waiting)) < _BLOCK:
            return np.empty(0, np.float32)
        self._join()
        reach = self._buffer_start + len(self._buffer) - self._half  # the last centre that has all its neighbours
        certain = reach * self._up // self._down
        return self._convert((certain - self._given) // self._group * self._group)

    def finish(self) -> np.ndarray:
        """Return what is left, as though silence followed."""
        if self._bypass:
            return np.empty(0, np.float32)
        count = round(self._taken * self._up / self._down) - self._given
        whole = math.ceil(count / self._group) * self._group
        self._waiting.append(np.zeros(math.ceil(whole * self._down / self._up) + 2 * self._half, np.float32))
        self._join()
        return self._convert(whole)[:count]

    def _join(self) -> None:
        self._buffer = np.concatenate([self._buffer, *self._waiting])
        self._waiting = []

    def _convert(self, count: int) -> np.ndarray:
        """Make the next count outputs, a multiple of the group, and forget what no later one needs."""
        if count <= 0:
            return np.empty(0, np.float32)
        converted = self._by_phase(count) if self._matrix is None else self._by_group(count, self._matrix)
        self._given += count
        spent = self._given * self._down // self._up - (self._half - 1) - self._buffer_start
        self._buffer = self._buffer[spent:]
        self._buffer_start += spent
        return converted

    def _by_group(self, count: int, matrix: np.ndarray) -> np.ndarray:
        step = self._group * self._down // self._up
        start = self._given * self._down // self._up - (self._half - 1) - self._buffer_start
        windows = np.lib.stride_tricks.sliding_window_view(self._buffer, len(matrix))[start::step]
        return (np.ascontiguousarray(windows[: count // self._group]) @ matrix).ravel()

    def _by_phase(self, count: int) -> np.ndarray:
        centres, remainders = np.divmod((self._given + np.arange(count, dtype=np.int64)) * self._down, self._up)
        phases = np.rint(remainders * (len(self._taps) / self._up)).astype(np.int64)
        centres, phases = centres + phases // len(self._taps), phases % len(self._taps)
        starts = centres - (self._half - 1) - self._buffer_start
        windows = np.lib.stride_tricks.sliding_window_view(self._buffer, 2 * self._half)
        converted = np.empty(count, np.float32)
        order = np.argsort(phases, kind="stable")
        for same in np.split(order, np.flatnonzero(np.diff(phases[order])) + 1):
            converted[same] = windows[starts[same]] @ self._taps[phases[same[0]]]
        return converted


def _matrix(taps: np.ndarray, down: int, group: int) -> np.ndarray:
    """Lay the taps of a group of outputs side by side, float32 [inputs, group]."""
    up, length = taps.shape
    firsts, phases = np.divmod(np.arange(group) * down, up)
    matrix = np.zeros((firsts[-1] + length, group), np.float32)
    for output, (first, phase) in enumerate(zip(firsts, phases, strict=True)):
        matrix[first : first + length, output] = taps[phase]
    return matrix


def _taps(up: int, down: int) -> np.ndarray:
    """Build the filter of each phase, float32 [phases, taps]; rates without a small ratio share 1024 phases."""
    phases = min(up, _MAX_PHASES)
    cutoff = _CUTOFF * min(1.0, up / down)
    half = math.ceil(_ZERO_CROSSINGS / min(1.0, up / down))
    offsets = np.arange(2 * half) - (half - 1) - np.arange(phases)[:, None] / phases  # [phases, taps]
    window = np.i0(_BETA * np.sqrt(np.clip(1 - (offsets / half) ** 2, 0, None)))
    taps = np.sinc(cutoff * offsets) * window
    return (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
