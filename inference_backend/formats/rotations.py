"""Rotations as FLAME writes them, axis-angle vectors, and as the contract does, pitch, yaw and roll."""

from __future__ import annotations

import numpy as np


def of_head(head: np.ndarray) -> np.ndarray:
    """Turn [T, 3] pitch, yaw, roll (radians, Ry @ Rx @ Rz) into axis-angle vectors [T, 3]."""
    pitch, yaw, roll = np.asarray(head, np.float64).T
    zero = np.zeros_like(pitch)
    about_x = matrices(np.stack([pitch, zero, zero], axis=1))
    about_y = matrices(np.stack([zero, yaw, zero], axis=1))
    about_z = matrices(np.stack([zero, zero, roll], axis=1))
    return vectors(about_y @ about_x @ about_z)


def head_of(turns: np.ndarray) -> np.ndarray:
    """Turn rotation matrices [T, 3, 3] into pitch, yaw, roll, [T, 3], so that Ry @ Rx @ Rz gives them back."""
    pitch = np.arcsin(np.clip(-turns[:, 1, 2], -1, 1))
    yaw = np.arctan2(turns[:, 0, 2], turns[:, 2, 2])
    roll = np.arctan2(turns[:, 1, 0], turns[:, 1, 1])
    return np.stack([pitch, yaw, roll], axis=1)


def matrices(vectors: np.ndarray) -> np.ndarray:
    """Turn axis-angle vectors [..., 3] (radians) into matrices [..., 3, 3] by Rodrigues' formula."""
    angles = np.linalg.norm(vectors, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(vectors / np.maximum(angles[..., 0], 1e-12), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*vectors.shape[:-1], 3, 3)
    return np.eye(3) + np.sin(angles) * cross + (1 - np.cos(angles)) * (cross @ cross)


def vectors(turns: np.ndarray) -> np.ndarray:
    """Turn rotation matrices [T, 3, 3] into axis-angle vectors [T, 3], by way of quaternions (Bar-Itzhack 2000)."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = np.moveaxis(turns, 0, -1)
    rows = [
        [xx - yy - zz, xy + yx, xz + zx, zy - yz],
        [xy + yx, yy - xx - zz, yz + zy, xz - zx],
        [xz + zx, yz + zy, zz - xx - yy, yx - xy],
        [zy - yz, xz - zx, yx - xy, xx + yy + zz],
    ]
    quaternion = np.linalg.eigh(np.moveaxis(np.array(rows), -1, 0))[1][:, :, -1]
    quaternion *= np.where(quaternion[:, 3:] < 0, -1.0, 1.0)
    axis, cosine = quaternion[:, :3], quaternion[:, 3]
    sine = np.linalg.norm(axis, axis=1)
    scale = np.divide(2 * np.arctan2(sine, cosine), sine, out=np.full_like(sine, 2.0), where=sine > 1e-12)
    return axis * scale[:, None]


def mean(turns: np.ndarray) -> np.ndarray:
    """Average rotation matrices [T, 3, 3]: the rotation nearest to their mean, [3, 3]."""
    left, _, right = np.linalg.svd(turns.mean(axis=0))
    return (left * [1.0, 1.0, np.sign(np.linalg.det(left @ right))]) @ right


def angle(turn: np.ndarray) -> float:
    """Measure how far a rotation matrix [3, 3] turns, in radians."""
    return float(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1)))
