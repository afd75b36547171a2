"""Turn pose rotations into the curves of a bone's own rotation mode."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Euler, Quaternion

from ..rigs.neck import continuous


def curves(bone: bpy.types.PoseBone, wxyz: np.ndarray) -> tuple[str, np.ndarray]:
    """Return the property's data path and its curves [T, components] for rotations [T, 4] w, x, y, z."""
    prefix = f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"]'
    if bone.rotation_mode == "QUATERNION":
        return f"{prefix}.rotation_quaternion", continuous(wxyz)
    if bone.rotation_mode == "AXIS_ANGLE":
        return f"{prefix}.rotation_axis_angle", axis_angles(wxyz)
    return f"{prefix}.rotation_euler", eulers(wxyz, bone.rotation_mode)


def eulers(wxyz: np.ndarray, order: str) -> np.ndarray:
    """Return [T, 3] Euler angles in `order`, each the one nearest to the frame before."""
    before = Euler((0.0, 0.0, 0.0), order)
    rows = []
    for rotation in wxyz:
        before = Quaternion(rotation).to_euler(order, before)
        rows.append((before.x, before.y, before.z))
    return np.array(rows).reshape(-1, 3)


def axis_angles(wxyz: np.ndarray) -> np.ndarray:
    """Return [T, 4] angle, x, y, z; the axis never flips, the angle changes sign instead."""
    rotations = continuous(wxyz)
    axis = np.array([0.0, 1.0, 0.0])
    rows = []
    for w, *vector in rotations:
        sine = float(np.linalg.norm(vector))
        if sine > 1e-6:
            nearest = np.array(vector) / sine
            axis = nearest if nearest @ axis >= 0 or not rows else -nearest
        rows.append([2.0 * np.arctan2(np.dot(vector, axis), w), *axis])
    return np.array(rows).reshape(-1, 4)
