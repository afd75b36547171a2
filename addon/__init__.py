"""The add-on: everything that knows Blender, and the client of the backend."""

from __future__ import annotations

from types import ModuleType

from .rooms import room


def _parts() -> list[ModuleType]:
    # Imported here, so that the client and the backend's owner can be used without Blender.
    from . import (
        backend_operators,
        batch,
        character_operators,
        export,
        generation,
        head,
        mapping,
        menu,
        operators,
        panel,
        preferences,
        properties,
        shaping,
        styles,
        takes,
        waiting,
    )
    from .shaping import panel as shaping_panel

    return [
        preferences,
        shaping,
        properties,
        generation,
        operators,
        character_operators,
        backend_operators,
        panel,
        mapping,
        takes,
        export,
        styles,
        waiting,
        shaping_panel,
        batch,
        head,
        menu,
    ]


register, unregister = room(_parts)
