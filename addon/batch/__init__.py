"""Many lines in one go: from a table on the command line or in Python, or from the sequencer's strips."""

from __future__ import annotations

from types import ModuleType

from .command import run

__all__ = ["register", "run", "unregister"]


def register() -> None:
    """Register all parts with Blender."""
    for part in _parts():
        part.register()


def unregister() -> None:
    """Undo register, last part first."""
    for part in reversed(_parts()):
        part.unregister()


def _parts() -> list[ModuleType]:
    from . import command, operators, panel, session, settings

    return [settings, session, operators, panel, command]
