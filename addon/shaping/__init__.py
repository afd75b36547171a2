"""After a take is made: gains, smoothing, offset, range, keys; all without generating again."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room
from . import live, properties
from .properties import MIEN_PG_shaping, manner_of, shape_of

__all__ = ["MIEN_PG_shaping", "manner_of", "register", "shape_of", "unregister"]


def _parts() -> list[ModuleType]:
    from . import operators  # they know the takes, which know the group

    return [properties, operators, live]


register, unregister = room(_parts)
