"""Eyes that stay on what they look at while the head turns: the vestibulo-ocular reflex."""

from __future__ import annotations

import numpy as np

from ...contract import INDEX

FULL_LOOK_RAD = (np.radians(21.5), np.radians(30.0))  # what a full eyeLook shape turns an eye: up or down, in or out


def counter_rotate(values: np.ndarray, pitch: np.ndarray, yaw: np.ndarray, gain: float) -> np.ndarray:
    """Turn the eyes of curves [T, 52] against a head's extra pitch and yaw [T] in radians, by the share `gain`."""
    curves = values.copy()
    up, left = gain * pitch / FULL_LOOK_RAD[0], -gain * yaw / FULL_LOOK_RAD[1]
    for side, (to_left, to_right) in {"Left": ("Out", "In"), "Right": ("In", "Out")}.items():
        _shift(curves, f"eyeLookUp{side}", f"eyeLookDown{side}", up)
        _shift(curves, f"eyeLook{to_left}{side}", f"eyeLook{to_right}{side}", left)
    return curves


def _shift(curves: np.ndarray, positive: str, negative: str, by: np.ndarray) -> None:
    """Move a pair of opposite shapes along their common axis; frames that do not move keep their values."""
    a, b = INDEX[positive], INDEX[negative]
    look = np.clip(curves[:, a] - curves[:, b] + by, -1, 1)
    moved = np.abs(by) > 1e-6
    curves[moved, a], curves[moved, b] = np.maximum(look, 0)[moved], np.maximum(-look, 0)[moved]
