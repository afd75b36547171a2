"""Building blocks of motion at 50 Hz: smooth noise, easing, springs, and the two sides of a face."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.signal import lfilter

from ...contract import CHANNELS, INDEX
from ...generator.features import FRAME_RATE

_UNIT_SPREAD = 1.445  # one over the root of a cubic B-spline's mean square


@lru_cache(maxsize=512)
def columns(unit: str) -> tuple[int, ...]:
    """Columns of a unit's channels: both sides, unless the name has one or the shape has none."""
    return (INDEX[unit],) if unit in INDEX else (INDEX[f"{unit}Left"], INDEX[f"{unit}Right"])


def blank(frames: int) -> np.ndarray:
    """Curves [frames, 52] of a face at rest."""
    return np.zeros((frames, len(CHANNELS)), np.float32)


def add(curves: np.ndarray, unit: str, amount: np.ndarray | float) -> None:
    """Add an amount [T] to each channel of a unit."""
    for column in columns(unit):
        curves[:, column] += amount


def noise(frames: int, seconds: float, rng: np.random.Generator, count: int | None = None) -> np.ndarray:
    """Unit-variance noise [frames] or [frames, count] that changes over about so many seconds: random cubic splines."""
    knots = 1.5 * seconds * FRAME_RATE
    place = np.arange(frames) / knots + rng.random()
    first, part = place.astype(int), (place % 1.0)
    values = rng.normal(size=(int(place[-1]) + 5, count or 1)) * _UNIT_SPREAD
    basis = ((1 - part) ** 3, 3 * part**3 - 6 * part**2 + 4, -3 * part**3 + 3 * part**2 + 3 * part + 1, part**3)
    smooth = np.zeros((frames, count or 1))
    for i, weight in enumerate(basis):
        smooth += weight[:, None] / 6 * values[first + i]
    return smooth if count else smooth[:, 0]


def ease(x: np.ndarray) -> np.ndarray:
    """Rise from 0 to 1 smoothly while x does."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def swell(time: np.ndarray, start_s: float, end_s: float, rise_s: float, fall_s: float) -> np.ndarray:
    """Draw a curve [T] that is 1 from start_s to end_s, eased in before and out after."""
    return np.minimum(ease((time - start_s + rise_s) / rise_s), ease((end_s + fall_s - time) / fall_s))


def spring(target: np.ndarray, hz: float, damping: float) -> np.ndarray:
    """Follow targets [T, C] with a second-order system (bilinear transform) that starts at rest on the first one."""
    w, k = 2 * FRAME_RATE * np.tan(np.pi * hz / FRAME_RATE), 2 * FRAME_RATE
    b = w * w * np.array([1.0, 2.0, 1.0])
    a = np.array([k * k + 2 * damping * w * k + w * w, 2 * w * w - 2 * k * k, k * k - 2 * damping * w * k + w * w])
    return target[:1] + np.asarray(lfilter(b / a[0], a / a[0], target - target[:1], axis=0))
