"""Takes: every performance of a character, kept with it in the file, to be switched, compared and made again."""

from __future__ import annotations

from types import ModuleType


def register() -> None:
    """Register all parts with Blender."""
    for part in _parts():
        part.register()


def unregister() -> None:
    """Undo register, last part first."""
    for part in reversed(_parts()):
        part.unregister()


def _parts() -> list[ModuleType]:
    from . import keymap, operators, panel, pictures, properties, sound, take_list

    return [properties, operators, sound, take_list, pictures, panel, keymap]
