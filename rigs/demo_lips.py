"""Lips of the demo head: they touch from corner to corner at rest, whatever the body."""

from __future__ import annotations

import numpy as np

from .demo_skin import lip_rows
from .demo_source import Base

OVERLAP, MOST = 0.005, 0.2
"""How far the lips press on each other, and the widest gap that is closed (decimetres)."""
FALLOFF = 0.06
"""How far the skin around follows (decimetres, where it follows by a third)."""


def close_lips(base: Base) -> None:
    """Bring the rows of both lips together where the body parts them at rest; in place."""
    upper, lower = lip_rows(base)
    gap = base.vertices[upper][:, :, 1].min(axis=0) - base.vertices[lower][:, :, 1].max(axis=0)
    need = np.clip(gap + OVERLAP * base.width, 0, MOST * base.width)
    need = np.maximum(need, smoothed(need))
    # Shared corners would be pulled both ways.
    need[upper[0] == lower[0]] = 0.0
    base.vertices[:, 1] += parted(base, -need, FALLOFF)


def parted(base: Base, by: np.ndarray, falloff: float) -> np.ndarray:
    """Part the lips by so much in each column [C]: how far every vertex rises, [V]; skin follows within a falloff."""
    upper, lower = lip_rows(base)
    contacts = np.concatenate([upper.ravel(), lower.ravel()])
    ways = np.concatenate([np.tile(by / 2, len(upper)), np.tile(-by / 2, len(lower))])
    apart = np.linalg.norm(base.vertices[:, None] - base.vertices[contacts], axis=2)
    return np.exp(-((apart.min(axis=1) / (falloff * base.width)) ** 2)) * ways[apart.argmin(axis=1)]


def smoothed(columns: np.ndarray) -> np.ndarray:
    """Smooth a value of each column of the lips over its neighbours."""
    return np.convolve(np.pad(columns, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
