"""After a take is made: gains, smoothing, offset, range, keys; all without generating again."""

from __future__ import annotations

from . import properties
from .properties import MIEN_PG_shaping, shape_of

__all__ = ["MIEN_PG_shaping", "register", "shape_of", "unregister"]

_PARTS = (properties,)


def register() -> None:
    """Register all of it."""
    for part in _PARTS:
        part.register()


def unregister() -> None:
    """Undo register."""
    for part in reversed(_PARTS):
        part.unregister()
