"""Long sounds in windows: each is computed with enough context that the joins cannot be told from the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

WINDOW = 250  # frames at 50 Hz: 5 s, some 40 ms of work on two cores, the longest that a cancelled take goes on


class Piece(NamedTuple):
    """Consecutive frames at 50 Hz on their way through the generator; frames come first in every array."""

    motion: np.ndarray  # [T, B, 55] normalised, of B takes, from noise to clean
    audio: np.ndarray  # [T, W] what the listener heard
    contacts: np.ndarray  # [T, 2] how likely p b m and f v are
    styles: np.ndarray  # [T, K] how much each style weighs
    first: np.ndarray  # [T, B, 55] the first estimate of the clean motion

    def part(self, frames: slice) -> Piece:
        """Take some of the frames."""
        return Piece(*(array[frames] for array in self))


def spans(frames: int, halo: int, window: int) -> Iterator[tuple[slice, slice]]:
    """Pairs (read, keep): frames to compute a window from, and which of the computed ones to keep."""
    for start in range(0, frames, window):
        low, high = max(0, start - halo), min(frames, start + window + halo)
        yield slice(low, high), slice(start - low, min(frames, start + window) - low)


def windowed(function: Callable[[slice], np.ndarray], frames: int, halo: int) -> np.ndarray:
    """Compute a function [frames, ...] of frame slices window by window; halo is its receptive field on one side."""
    return np.concatenate([function(read)[keep] for read, keep in spans(frames, halo, WINDOW)])


def in_context(pieces: Iterable[Piece], halo: int) -> Iterator[tuple[Piece, slice]]:
    """Give each piece of a stream with up to halo frames of its neighbours, and which of these frames are the piece.

    It reads ahead no further than it must, so that a chain of such steps holds a few pieces, however long the stream.
    """
    buffer: Piece | None = None
    before = 0  # frames of the buffer that were given already
    waiting: list[int] = []  # lengths of the pieces after them
    for piece in pieces:
        buffer = piece if buffer is None else Piece(*map(np.concatenate, zip(buffer, piece, strict=True)))
        waiting.append(len(piece.motion))
        while waiting and sum(waiting[1:]) >= halo:
            yield _given(buffer, before, waiting[0], halo)
            before += waiting.pop(0)
            spent = max(0, before - halo)
            buffer, before = buffer.part(slice(spent, None)), before - spent
    for length in waiting:
        assert buffer is not None
        yield _given(buffer, before, length, halo)
        before += length


def _given(buffer: Piece, before: int, length: int, halo: int) -> tuple[Piece, slice]:
    low = max(0, before - halo)
    return buffer.part(slice(low, before + length + halo)), slice(before - low, before - low + length)
