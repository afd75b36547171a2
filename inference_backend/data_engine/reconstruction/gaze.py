"""Gaze from the tracker's eyeLook scores: both eyes together, and held while the lids are shut."""

from __future__ import annotations

import numpy as np

from ...contract import INDEX

SHUT = 0.5  # from here on the lids hide the iris, and the scores are guesses
_SIDES = ("eyeLookOutLeft", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutRight")
_HEIGHTS = ("eyeLookUpLeft", "eyeLookDownLeft", "eyeLookUpRight", "eyeLookDownRight")


def conjugate(values: np.ndarray) -> np.ndarray:
    """Give ARKit curves [F, 52] whose eyes look the same way, bridging the blinks."""
    gazed = values.copy()
    out_left, in_left, in_right, out_right = (values[:, INDEX[name]] for name in _SIDES)
    up_left, down_left, up_right, down_right = (values[:, INDEX[name]] for name in _HEIGHTS)
    is_open = (values[:, INDEX["eyeBlinkLeft"]] + values[:, INDEX["eyeBlinkRight"]]) / 2 < SHUT
    leftwards = _bridged((out_left - in_left + in_right - out_right) / 2, is_open)
    upwards = _bridged((up_left - down_left + up_right - down_right) / 2, is_open)
    for name in ("eyeLookOutLeft", "eyeLookInRight"):
        gazed[:, INDEX[name]] = np.clip(leftwards, 0, 1)
    for name in ("eyeLookInLeft", "eyeLookOutRight"):
        gazed[:, INDEX[name]] = np.clip(-leftwards, 0, 1)
    for side in ("Left", "Right"):
        gazed[:, INDEX[f"eyeLookUp{side}"]] = np.clip(upwards, 0, 1)
        gazed[:, INDEX[f"eyeLookDown{side}"]] = np.clip(-upwards, 0, 1)
    return gazed


def _bridged(curve: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    if not is_open.any():
        return curve
    rows = np.arange(len(curve))
    return np.interp(rows, rows[is_open], curve[is_open])
