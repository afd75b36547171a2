"""Brows from the landmarks: how far they are raised or lowered, which the tracker's own scores hardly say.

On renders of known curves the scores of browOuterUp saturate at rest and follow the head's turns, and those of browDown
stay at 0; the heights of the landmarks answer each channel nearly in proportion, by the numbers below.
"""

from __future__ import annotations

import numpy as np

from ...contract import INDEX

# Landmarks that no expression moves much, and where the canonical face (canonical_face_model.obj of MediaPipe) has
# them, in cm: corners of the eyes and the ridge of the nose.
RIGID = (33, 133, 362, 263, 168, 6, 197, 195)
_CANONICAL = np.array([
    [-4.4459, 2.6640, 3.1734], [-1.8564, 2.5852, 3.7579], [1.8564, 2.5852, 3.7579], [4.4459, 2.6640, 3.1734],
    [0.0, 3.2710, 5.2360], [0.0, 2.4733, 5.7886], [0.0, 1.7284, 6.3168], [0.0, 1.0594, 6.7746],
])  # fmt: skip
_INNER = (285, 336, 295, 296, 55, 107, 65, 66)
_OUTER = {"Left": (276, 283, 282, 300, 293), "Right": (46, 53, 52, 70, 63)}

# Heights in cm that full channels make, measured on renders: inner and outer part of the brow.
_INNER_UP, _OUTER_UP, _DOWN = np.array([0.45, 0.16]), np.array([0.12, 0.36]), 0.42
_OUTER_OF_BLINK = 0.06  # shut lids look like raised outer brows
_OF_PITCH = np.array([0.17, 0.40])  # cm a radian: a bowed head's brows look raised
_APART = 0.5  # how much of the difference between the sides is kept: half of it is the tracker's
_DAMPING = 0.03  # of the two parts' unmixing (Tikhonov), which would make their noise larger


def heights(landmarks: np.ndarray) -> np.ndarray:
    """Measure inner brows, outer left and outer right: heights [F, 3] in canonical cm, of pixels [F, 478, 3]."""
    placed = in_the_face(landmarks.astype(np.float64), (*_INNER, *_OUTER["Left"], *_OUTER["Right"]))[..., 1]
    inner, left, right = np.split(placed, [len(_INNER), len(_INNER) + len(_OUTER["Left"])], axis=1)
    return np.stack([part.mean(1) for part in (inner, left, right)], 1)


def level(heights: np.ndarray, pitch: np.ndarray | float) -> np.ndarray:
    """Give heights [.., 3] seen at a head's pitch towards the camera [..], in radians, as they look at none."""
    return heights - np.multiply.outer(pitch, _OF_PITCH[[0, 1, 1]])


def in_the_face(landmarks: np.ndarray, which: tuple[int, ...]) -> np.ndarray:
    """Bring some landmarks [F, N, 3] into the canonical face's axes and cm by the motion of the RIGID ones (Kabsch)."""
    upright = landmarks * np.array([1.0, -1.0, -1.0])
    anchors = upright[:, list(RIGID)]
    centre = anchors.mean(1, keepdims=True)
    seen, known = anchors - centre, _CANONICAL - _CANONICAL.mean(0)
    u, _, vt = np.linalg.svd(np.einsum("fni,nj->fij", seen, known))
    flip = np.ones((len(seen), 3))
    flip[:, 2] = np.sign(np.linalg.det(u @ vt))
    turn = (u * flip[:, None]) @ vt  # canonical -> seen
    scale = (seen**2).sum((1, 2)) / np.maximum(1e-9, np.einsum("fni,fij,nj->f", seen, turn, known))
    return (upright[:, list(which)] - centre) @ turn / scale[:, None, None]


def channels(raised: np.ndarray, blinks: np.ndarray, head: np.ndarray) -> dict[str, np.ndarray]:
    """Give the brow channels, each [F], of heights above rest [F, 3], blinks [F, 2] and head angles [F, 3]."""
    inner = raised[:, 0] - _OF_PITCH[0] * head[:, 0]
    sides = raised[:, 1:].mean(1, keepdims=True) * (1 - _APART) + raised[:, 1:] * _APART
    mixed = np.stack([_INNER_UP, _OUTER_UP], 1)
    unmixed = np.linalg.solve(mixed.T @ mixed + _DAMPING * np.eye(2), mixed.T)
    curves: dict[str, np.ndarray] = {}
    inner_ups = []
    for column, side in enumerate(("Left", "Right")):
        outer = sides[:, column] - _OF_PITCH[1] * head[:, 0] - _OUTER_OF_BLINK * blinks[:, column]
        down = np.clip(-np.maximum(inner, outer) / _DOWN, 0, 1)
        up = np.clip(unmixed @ (np.stack([inner, outer]) + _DOWN * down), 0, 1)
        curves[f"browDown{side}"], curves[f"browOuterUp{side}"] = down, up[1]
        inner_ups.append(up[0])
    curves["browInnerUp"] = np.mean(inner_ups, 0)
    return curves


def blinks_of(values: np.ndarray) -> np.ndarray:
    """Take left and right blink [F, 2] out of ARKit curves [F, 52]."""
    return values[:, [INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]]
