"""Head angles of the contract as rotations and back: R = Ry(yaw) Rx(pitch) Rz(roll)."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation


def rotations(head: np.ndarray) -> Rotation:
    """Rotations of angles [T, 3] in radians, in the contract's order pitch, yaw, roll."""
    return Rotation.from_euler("YXZ", head[:, [1, 0, 2]])


def angles(turns: Rotation) -> np.ndarray:
    """Pitch, yaw and roll [T, 3] in radians of rotations; a head never comes near the pole at 90 degrees of pitch."""
    return turns.as_euler("YXZ")[:, [1, 0, 2]]
