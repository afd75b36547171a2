"""Out to engines and other programs: FBX, glTF, USD, and curves alone as CSV, JSON or NPZ."""

from __future__ import annotations

from .engines import ANY, ENGINES, Engine
from .isolation import frame_range
from .writing import FORMATS, ExportFailed, export

__all__ = ["ANY", "ENGINES", "FORMATS", "Engine", "ExportFailed", "export", "frame_range", "register", "unregister"]


def register() -> None:
    """Register settings, operators and panel."""
    for part in _parts():
        part.register()


def unregister() -> None:
    """Undo register."""
    for part in reversed(_parts()):
        part.unregister()


def _parts() -> list:
    from . import operators, panel, settings

    return [settings, operators, panel]
