"""Split the head's rotation between neck and head bones, right for any rest orientation and roll of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NECK_SHARE = 0.4
"""The part of the head's rotation that the neck bones carry together; the head bone carries the rest."""

KNEE = 0.8
"""Share of a limit from which on turns are held back."""
BLENDER_FRONT = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Head frame of a character that faces -Y with Z up; columns: its left (+X), up (+Z), out of the face (-Y)."""


@dataclass(frozen=True)
class HeadLimits:
    """How a head turns: the neck's share of it, and how far, in radians; None: as far as it is told."""

    neck_share: float = NECK_SHARE
    up: float | None = None
    down: float | None = None
    aside: float | None = None
    tilt: float | None = None

    def limited(self, head: np.ndarray) -> np.ndarray:
        """Hold [T, 3] pitch, yaw, roll within the limits, softly: what is well within is not changed."""
        limits = ((self.up, self.down), (self.aside, self.aside), (self.tilt, self.tilt))
        return np.stack([_held(head[:, axis], *of_axis) for axis, of_axis in enumerate(limits)], axis=1)


def _held(angles: np.ndarray, below: float | None, above: float | None) -> np.ndarray:
    """Bend [T] from KNEE of each limit on, so that the limit is never passed."""
    for sign, limit in ((-1.0, below), (1.0, above)):
        if limit is None:
            continue
        over = sign * angles / max(limit, 1e-6) - KNEE
        bent = KNEE + (1 - KNEE) * np.tanh(over / (1 - KNEE))
        angles = np.where(over > 0, sign * limit * bent, angles)
    return angles


def shares(necks: int, *, head: bool = True, neck_share: float = NECK_SHARE) -> list[float]:
    """Divide one rotation between `necks` neck bones, equally, and the head bone; the parts add up to 1."""
    if not head:
        return [1.0 / necks] * necks
    return [*[neck_share / necks] * necks, 1.0 - neck_share] if necks else [1.0]


def quaternions(head: np.ndarray) -> np.ndarray:
    """Turn [T, 3] pitch, yaw, roll (radians, the contract's axes) into [T, 4] w, x, y, z of Ry @ Rx @ Rz.

    Neighbouring frames have the same sign, so that interpolation never takes the long way round.
    """
    half = np.asarray(head, np.float64) / 2.0
    (cx, cy, cz), (sx, sy, sz) = np.cos(half).T, np.sin(half).T
    wxyz = np.stack(
        [
            cy * cx * cz + sy * sx * sz,
            cy * sx * cz + sy * cx * sz,
            sy * cx * cz - cy * sx * sz,
            cy * cx * sz - sy * sx * cz,
        ],
        axis=1,
    )
    return continuous(wxyz)


def continuous(wxyz: np.ndarray) -> np.ndarray:
    """Choose the sign of each [T, 4] quaternion nearest to the one before; the first has w >= 0."""
    steps = np.sum(wxyz[1:] * wxyz[:-1], axis=1)
    first = -1.0 if len(wxyz) and wxyz[0, 0] < 0 else 1.0
    signs = first * np.cumprod(np.concatenate([[1.0], np.where(steps < 0, -1.0, 1.0)]))
    return wxyz * signs[: len(wxyz), None]


def power(wxyz: np.ndarray, exponent: float) -> np.ndarray:
    """Scale the angles of [T, 4] unit quaternions, about the same axes."""
    vector = wxyz[:, 1:]
    sine = np.linalg.norm(vector, axis=1)
    angle = np.arctan2(sine, wxyz[:, 0]) * exponent
    scale = np.divide(np.sin(angle), sine, out=np.full_like(sine, exponent), where=sine > 1e-12)
    return np.concatenate([np.cos(angle)[:, None], vector * scale[:, None]], axis=1)


def split(
    head: np.ndarray,
    rests: Sequence[np.ndarray],
    parts: Sequence[float],
    orientation: np.ndarray | None = None,
    facing: np.ndarray = BLENDER_FRONT,
) -> list[np.ndarray]:
    """Return each bone's pose rotation, [T, 4] w, x, y, z, to be set onto its rest pose.

    head: [T, 3] pitch, yaw, roll. rests: 3x3 rest matrix of each bone in armature space. parts: share of the rotation
    that each bone adds (along a chain they add up to 1). orientation: 3x3 rotation of the armature in the world, may
    mirror. facing: 3x3 head frame in the world, columns left, up, out of the face.

    A pose rotation P turns the world by (A B) P (A B)^-1; with C = F^T A B, P = C^T R^part C does what R asks for.
    """
    whole = quaternions(head)
    armature = np.eye(3) if orientation is None else np.asarray(orientation, np.float64)
    pose = []
    for rest, part in zip(rests, parts, strict=True):
        change = np.asarray(facing, np.float64).T @ armature @ np.asarray(rest, np.float64)
        wxyz = power(whole, part)
        axis = np.sign(np.linalg.det(change)) * (wxyz[:, 1:] @ change)  # rows: C^T v; an axis flips in a mirror
        pose.append(np.concatenate([wxyz[:, :1], axis], axis=1))
    return pose
