"""The gap between the lips: what training minimises, finishing shuts and evaluation measures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..contract import INDEX


def aperture(values: np.ndarray, corrective: bool = False) -> np.ndarray:
    """How far the lips are apart [T], from ARKit values [T, 52].

    mouthClose counts as a share of jawOpen, or, where it is sculpted as a corrective, as its plain opposite.
    """
    get = lambda name: values[:, INDEX[name]]  # noqa: E731
    jaw, close = get("jawOpen"), get("mouthClose")
    opening = jaw - close if corrective else jaw * (1 - close)
    return np.maximum(0.0, np.maximum(0.0, opening) + parted(get))


def drawn_apart(values: np.ndarray) -> np.ndarray:
    """How far the lips are apart [T], pressed or not: what the jaw leaves of mouthClose, and lips drawn apart."""
    lips = values[:, [INDEX[f"mouth{part}{side}"] for part in ("LowerDown", "UpperUp") for side in ("Left", "Right")]]
    return np.maximum(0.0, values[:, INDEX["jawOpen"]] - values[:, INDEX["mouthClose"]] + lips.mean(axis=1))


def parted(get: Callable[[str], Any]) -> Any:
    """Tell what lips add to the gap that the jaw leaves, less than 0 where they press; get reads a channel by name."""
    pair = lambda name: (get(f"{name}Left") + get(f"{name}Right")) / 2  # noqa: E731
    rolled = (get("mouthRollUpper") + get("mouthRollLower")) / 2
    return 0.5 * (pair("mouthLowerDown") + pair("mouthUpperUp") - pair("mouthPress") - rolled)
