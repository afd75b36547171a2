"""Takes: every performance of a character, kept with it in the file, to be switched, compared and made again."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room


def _parts() -> list[ModuleType]:
    from . import keymap, operators, panel, pictures, properties, sound, take_list

    return [properties, operators, sound, take_list, pictures, panel, keymap]


register, unregister = room(_parts)
