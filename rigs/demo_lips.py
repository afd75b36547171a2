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
    need = np.maximum(need, np.convolve(np.pad(need, 1, mode="edge"), [0.25, 0.5, 0.25], "valid"))
    # Shared corners would be pulled both ways.
    need[upper[0] == lower[0]] = 0.0
    contacts = np.concatenate([upper.ravel(), lower.ravel()])
    ways = np.concatenate([np.tile(-need / 2, len(upper)), np.tile(need / 2, len(lower))])
    near = np.flatnonzero(np.linalg.norm(base.vertices - base.vertices[contacts].mean(axis=0), axis=1) < 0.6)
    apart = np.linalg.norm(base.vertices[near][:, None] - base.vertices[contacts], axis=2)
    nearest = apart.argmin(axis=1)
    follow = np.exp(-((apart.min(axis=1) / (FALLOFF * base.width)) ** 2))
    base.vertices[near, 1] += follow * ways[nearest]
