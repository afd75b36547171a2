"""What moves what on a character: found by names, edited by the user, looked through by drivers."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room


def _parts() -> list[ModuleType]:
    from . import operators, panel, table  # operators and panel know characters, which know this package

    return [table, operators, panel]


register, unregister = room(_parts)
