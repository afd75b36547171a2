"""Lids of the demo head: the blink is driven far enough to shut the eyes of any body."""

from __future__ import annotations

import numpy as np

from .demo_part import triangles
from .demo_source import Base

SHUT = 0.985
FARTHEST, STEP = 1.5, 0.02
GRID = (np.linspace(-0.055, 0.055, 12), np.linspace(-0.05, 0.05, 11))
"""Spots of the iris, beside and above the eye's centre (decimetres)."""


def shut_lids(base: Base) -> None:
    """Drive each blink key of the base on until the skin covers the iris, and no further; in place."""
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        name, eye = f"eyeBlink{side}", base.eye * [sign, 1.0, 1.0]
        near = _near(base, eye)
        delta = base.targets[name]
        amounts = np.arange(1.0, FARTHEST, STEP)
        enough = next((a for a in amounts if _covered(base.vertices + a * delta, near, eye, base.width) >= SHUT), None)
        base.targets[name] = delta * (FARTHEST if enough is None else enough + STEP)


def _near(base: Base, eye: np.ndarray) -> np.ndarray:
    tris = triangles(base.faces_of("body"))
    return tris[(np.abs(base.vertices[tris].mean(axis=1) - eye) < 0.3).all(axis=1)]


def _covered(points: np.ndarray, tris: np.ndarray, eye: np.ndarray, size: float) -> float:
    """Say how much of the iris skin hides from the front, 0..1."""
    spots = eye[:2] + size * np.stack(np.meshgrid(*GRID), axis=-1).reshape(-1, 2)
    corners = points[tris]
    edges = np.roll(corners[:, :, :2], -1, axis=1) - corners[:, :, :2]
    reach = spots[:, None, None] - corners[None, :, :, :2]
    sides = edges[None, ..., 0] * reach[..., 1] - edges[None, ..., 1] * reach[..., 0]
    inside = (sides >= 0).all(axis=2) | (sides <= 0).all(axis=2)
    in_front = corners[:, :, 2].mean(axis=1) > eye[2] + 0.08 * size
    return float((inside & in_front).any(axis=1).mean())
