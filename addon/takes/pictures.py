"""Pictures of takes for the panel: drawn once for each take and shape, and kept as Blender's preview icons."""

from __future__ import annotations

import dataclasses
from typing import Any

import bpy.utils.previews
import numpy as np

from ...inference_backend.contract import MienError
from ...rigs import curve_picture
from ...rigs.shaping import shaped
from ..shaping import shape_of
from . import storage
from .storage import StoredTake

TILE_PX = 160
"""Side of a tile: icons are square, so a wide picture is several of them."""
MOST_KEPT = 64
"""Takes whose pictures are kept."""
_FRAMES_IN_COLUMN = 4

_previews: Any = None
_drawn: dict[str, str] = {}  # take's identity and number of tiles -> what it was drawn for


def icons_of(item: StoredTake, count: int) -> list[int]:
    """Return the icons of a take's picture from left to right; none where the take cannot be read."""
    key, state = f"{item.uid}:{count}", f"{item.frames} {shape_of(item.shaping)}"
    if _drawn.get(key) != state:
        try:
            picture = pixels_of(item, count)
        except MienError:
            return []
        _keep(key, state, curve_picture.tiles(picture, count))
    return [_previews[f"{key}:{index}"].icon_id for index in range(count)]


def pixels_of(item: StoredTake, count: int) -> np.ndarray:
    """Draw a take as it is shaped, uint8 [TILE_PX, count * TILE_PX, 4]; raise TakeDamaged.

    Where several frames fall into each column of pixels, of which the picture shows the peaks, it is not smoothed: that
    keeps the peaks and is slow.
    """
    take, shape = storage.load(item), shape_of(item.shaping)
    if len(take) > _FRAMES_IN_COLUMN * TILE_PX * count:
        shape = dataclasses.replace(shape, smoothing_s=0.0)
    take = shaped(take, shape)
    return curve_picture.draw(take, TILE_PX * count, TILE_PX)


def _keep(key: str, state: str, tiles: Any) -> None:
    global _previews
    if _previews is None or len(_drawn) > MOST_KEPT:
        unregister()
        _previews = bpy.utils.previews.new()
    for index, tile in enumerate(tiles):
        name = f"{key}:{index}"
        preview = _previews[name] if name in _previews else _previews.new(name)
        preview.image_size = (TILE_PX, TILE_PX)
        preview.image_pixels_float.foreach_set(
            (np.ascontiguousarray(tile[::-1]).astype(np.float32) / 255.0).ravel()  # Blender's rows go up
        )
    _drawn[key] = state


def register() -> None:
    """Begin without pictures."""


def unregister() -> None:
    """Free all pictures."""
    global _previews
    if _previews is not None:
        bpy.utils.previews.remove(_previews)
    _previews = None
    _drawn.clear()
