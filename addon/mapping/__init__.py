"""What moves what on a character: found by names, edited by the user, looked through by drivers."""

from __future__ import annotations

from types import ModuleType


def register() -> None:
    """Register the table, its operators and its panel."""
    for part in _parts():
        part.register()


def unregister() -> None:
    """Undo register."""
    for part in reversed(_parts()):
        part.unregister()


def _parts() -> list[ModuleType]:
    from . import operators, panel, table  # operators and panel know characters, which know this package

    return [table, operators, panel]
