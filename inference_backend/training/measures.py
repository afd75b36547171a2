"""Measures of a performance: aperture, closures, stillness, style effects and head gestures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.signal import periodogram

from ..contract import INDEX, Take
from ..data_engine.speech.phones import BILABIALS, OPEN_VOWELS, Phone

CLOSED_SHARE = 0.1  # closed means under this share of the clip's 95th percentile of aperture


def aperture(values: np.ndarray, corrective: bool = False) -> np.ndarray:
    """How far the lips are apart [T], from ARKit values [T, 52].

    mouthClose counts as a share of jawOpen, or, where it is sculpted as a corrective, as its plain opposite.
    """
    get = lambda name: values[:, INDEX[name]]  # noqa: E731
    jaw, close = get("jawOpen"), get("mouthClose")
    opening = jaw - close if corrective else jaw * (1 - close)
    return np.maximum(0.0, np.maximum(0.0, opening) + parted(get))


def parted(get: Callable[[str], Any]) -> Any:
    """Tell what lips add to the gap that the jaw leaves, less than 0 where they press; get reads a channel by name."""
    pair = lambda name: (get(f"{name}Left") + get(f"{name}Right")) / 2  # noqa: E731
    rolled = (get("mouthRollUpper") + get("mouthRollLower")) / 2
    return 0.5 * (pair("mouthLowerDown") + pair("mouthUpperUp") - pair("mouthPress") - rolled)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson correlation; 0 where either is constant."""
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def spread(curve: np.ndarray) -> float:
    """Range of a curve: 95th less 5th percentile."""
    return float(np.percentile(curve, 95) - np.percentile(curve, 5))


def closures(take: Take, phones: list[Phone], slack_s: float = 0.030) -> tuple[int, int, int, int]:
    """Count closed and all p b m (within slack_s of the label), closed and all open vowels (their inner half)."""
    opening = aperture(take.values)
    limit = CLOSED_SHARE * np.percentile(opening, 95)
    closed = total = false = vowels = 0
    for phone in phones:
        if phone.name in BILABIALS:
            total += 1
            closed += bool(_least(opening, phone.start_s - slack_s, phone.end_s + slack_s, take.fps) <= limit)
        elif phone.name in OPEN_VOWELS and phone.end_s - phone.start_s > 0.06:
            quarter = (phone.end_s - phone.start_s) / 4
            vowels += 1
            false += bool(_least(opening, phone.start_s + quarter, phone.end_s - quarter, take.fps) <= limit)
    return closed, total, false, vowels


def _least(curve: np.ndarray, start_s: float, end_s: float, fps: float) -> float:
    low, high = max(0, int(np.ceil(start_s * fps))), int(np.floor(end_s * fps))
    return float(curve[low : max(low, high) + 1].min(initial=np.inf))


def gesture_power(angle: np.ndarray, fps: float) -> float:
    """Power of an angle [T] in radians between 0.7 and 4 Hz."""
    frequency, power = periodogram(angle - angle.mean(), fps)
    return float(power[(frequency >= 0.7) & (frequency <= 4.0)].sum())


def jitter(values: np.ndarray) -> float:
    """RMS third difference over RMS first difference of curves [T, C]."""
    return float(np.sqrt((np.diff(values, 3, axis=0) ** 2).mean() / ((np.diff(values, axis=0) ** 2).mean() + 1e-12)))
