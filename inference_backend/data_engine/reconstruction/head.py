"""Head rotation from the tracker's matrices, in the contract's axes."""

from __future__ import annotations

import numpy as np


def head_angles(matrices: np.ndarray, rest: np.ndarray | None = None) -> np.ndarray:
    """Pitch, yaw, roll [T, 3] about a resting pose, in the contract's axes, of MediaPipe matrices [T, 4, 4].

    rest is the pose [3] that counts as none, where None the median one. MediaPipe's camera space is right-handed with
    +x to the image's right, which is the character's left, +y up and +z towards the camera: the contract's head frame
    for a face that looks into the camera.
    """
    turned = matrices[:, :3, :3]
    turned = turned / np.linalg.norm(turned, axis=1, keepdims=True)
    seen = angles_of(turned)
    still = rotation(np.median(seen, 0) if rest is None else rest)
    return angles_of(still.T @ turned)


def pose_angles(matrices: np.ndarray) -> np.ndarray:
    """Pitch, yaw, roll [T, 3] towards the camera, of MediaPipe matrices [T, 4, 4]."""
    return head_angles(matrices, np.zeros(3))


def angles_of(r: np.ndarray) -> np.ndarray:
    """Pitch, yaw, roll [T, 3] of rotations [T, 3, 3] = Ry(yaw) @ Rx(pitch) @ Rz(roll)."""
    pitch = -np.arcsin(np.clip(r[:, 1, 2], -1, 1))
    yaw = np.arctan2(r[:, 0, 2], r[:, 2, 2])
    roll = np.arctan2(r[:, 1, 0], r[:, 1, 1])
    return np.stack([pitch, yaw, roll], 1)


def rotation(angles: np.ndarray) -> np.ndarray:
    """Rotation [3, 3] of pitch, yaw, roll."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z
