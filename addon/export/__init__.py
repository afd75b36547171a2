"""Out to engines and other programs: FBX, glTF, USD, and curves alone as CSV, JSON or NPZ."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room
from .engines import ANY, ENGINES, Engine
from .isolation import frame_range
from .writing import FORMATS, ExportFailed, check_form, export

__all__ = [
    "ANY",
    "ENGINES",
    "FORMATS",
    "Engine",
    "ExportFailed",
    "check_form",
    "export",
    "frame_range",
    "register",
    "unregister",
]


def _parts() -> list[ModuleType]:
    from . import operators, panel, settings

    return [settings, operators, panel]


register, unregister = room(_parts)
