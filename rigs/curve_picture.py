"""A picture of a take: what mouth, brows, eyes, cheeks and head do over time, one row each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..inference_backend.contract import Take
from .parts import columns_of

ROWS: tuple[str, ...] = ("mouth", "brows", "eyes", "cheeks", "head")
"""Rows from top to bottom."""
_PARTS = {
    "mouth": ("mouth", "tongue"), "brows": ("brows",), "eyes": ("eyes", "blinks"), "cheeks": ("cheeks",),
}  # fmt: skip
_COLOURS = {
    "mouth": (226, 104, 92), "brows": (222, 172, 82), "eyes": (94, 156, 224), "cheeks": (206, 122, 186),
    "head": (110, 188, 128),
}  # fmt: skip
_PAPER, _LINE = (29, 29, 29, 255), (52, 52, 52, 255)
_TURN_RAD = 0.35
"""Turn of the head that fills its row."""


def draw(take: Take, width: int, height: int) -> np.ndarray:
    """Draw a take, uint8 [height, width, 4], the first row on top; time goes from left to right."""
    picture = np.full((height, width, 4), _PAPER, np.uint8)
    edges = np.linspace(0, height, len(ROWS) + 1).round().astype(int)
    for name, top, bottom in zip(ROWS, edges[:-1], edges[1:], strict=True):
        low, high = _extent(take, name, width)
        rows = bottom - top - 1  # a line stays free
        level = 1.0 - (np.arange(rows)[:, None] + 0.5) / rows  # of each pixel, 1 on top
        reach = 0.5 / rows
        inked = (level >= low - reach) & (level <= high + reach)
        picture[top : bottom - 1][inked] = (*_COLOURS[name], 255)
        picture[bottom - 1] = _LINE
    return picture


def tiles(picture: np.ndarray, count: int) -> Sequence[np.ndarray]:
    """Cut a picture into so many of equal width."""
    return np.split(picture, count, axis=1)


def _extent(take: Take, name: str, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return lowest and highest value 0..1 of a row in each column of pixels."""
    if name == "head":
        turns = np.clip(0.5 + 0.5 * take.head[:, :2] / _TURN_RAD, 0.0, 1.0)
        return _least(turns.min(axis=1), width), -_least(-turns.max(axis=1), width)
    columns = [column for part in _PARTS[name] for column in columns_of(part)]
    strongest = np.clip(take.values[:, columns].max(axis=1), 0.0, 1.0)
    return np.zeros(width), -_least(-strongest, width)


def _least(values: np.ndarray, width: int) -> np.ndarray:
    """Reduce [T] to the least value in each of `width` stretches of time, each of at least one frame."""
    starts = np.minimum((np.arange(width) * len(values)) // width, len(values) - 1)
    return np.minimum.reduceat(values, starts) if len(values) >= width else values[starts]
