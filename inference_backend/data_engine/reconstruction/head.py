"""Head rotation from the tracker's matrices, in the contract's axes."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from ..head_rotation import angles, rotations


def head_angles(matrices: np.ndarray, rest: np.ndarray | None = None) -> np.ndarray:
    """Pitch, yaw, roll [T, 3] about a resting pose, in the contract's axes, of MediaPipe matrices [T, 4, 4].

    rest is the pose [3] that counts as none, where None the median one.
    """
    turns = _turns(matrices)
    still = rotations(np.median(angles(turns), 0, keepdims=True) if rest is None else rest[None])[0]
    return angles(still.inv() * turns)


def pose_angles(matrices: np.ndarray) -> np.ndarray:
    """Pitch, yaw, roll [T, 3] towards the camera, of MediaPipe matrices [T, 4, 4]."""
    return angles(_turns(matrices))


def _turns(matrices: np.ndarray) -> Rotation:
    """Rotations of MediaPipe matrices, which scale as well.

    Its camera space is right-handed with +x to the image's right, which is the character's left, +y up and +z towards
    the camera: the contract's head frame for a face that looks into the camera.
    """
    turned = matrices[:, :3, :3].astype(np.float64)
    return Rotation.from_matrix(turned / np.linalg.norm(turned, axis=1, keepdims=True))
