"""Look at what shape keys really do to a mesh."""

from __future__ import annotations

import bpy
import numpy as np

LEAST_MOTION = 1e-6
"""Smaller motions, in parts of the mesh's size, are rounding."""


def moves(keys: bpy.types.Key, name: str) -> bool:
    """Tell whether a shape key moves any vertex."""
    block = keys.key_blocks[name]
    rest = _coordinates(block.relative_key)
    size = float(np.ptp(rest, axis=0).max(initial=0.0)) if len(rest) else 0.0
    return float(np.abs(_coordinates(block) - rest).max(initial=0.0)) > LEAST_MOTION * max(size, 1e-9)


def _coordinates(block: bpy.types.ShapeKey) -> np.ndarray:
    flat = np.empty(len(block.data) * 3, np.float32)
    block.data.foreach_get("co", flat)
    return flat.reshape(-1, 3)
