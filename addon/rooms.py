"""Rooms of the add-on: their parts are registered in order, and let go of backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType

Registering = Callable[[], None]


def room(parts: Callable[[], Sequence[ModuleType]]) -> tuple[Registering, Registering]:
    """Give register and unregister of a room; its parts are imported when it is registered, not before."""

    def register() -> None:
        for part in parts():
            part.register()

    def unregister() -> None:
        for part in reversed(parts()):
            part.unregister()

    return register, unregister
