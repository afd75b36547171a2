"""After a take is made: gains, smoothing, offset, range, keys; all without generating again."""

from __future__ import annotations

from . import properties
from .applying import key_shaped
from .properties import MIEN_PG_shaping, manner_of, shape_of

__all__ = ["MIEN_PG_shaping", "key_shaped", "manner_of", "register", "shape_of", "unregister"]

_PARTS = (properties,)


def register() -> None:
    """Register all of it."""
    for part in _PARTS:
        part.register()


def unregister() -> None:
    """Undo register."""
    for part in reversed(_PARTS):
        part.unregister()
