"""The head: gestures placed by hand, the neck's share of its turns, and how far it goes."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room
from .limits import limits_of

__all__ = ["limits_of", "register", "unregister"]


def _parts() -> list[ModuleType]:
    from . import operators, panel, properties  # they know the characters, which are tracked by these limits

    return [properties, operators, panel]


register, unregister = room(_parts)
