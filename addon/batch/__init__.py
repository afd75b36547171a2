"""Many lines in one go: from a table on the command line or in Python, or from the sequencer's strips."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room
from .command import run

__all__ = ["register", "run", "unregister"]


def _parts() -> list[ModuleType]:
    from . import command, operators, panel, session, settings

    return [settings, session, operators, panel, command]


register, unregister = room(_parts)
