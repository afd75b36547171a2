"""Style where animators think: presets, recent styles, a timeline of markers, and mixes with performances."""

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
    from . import marker_operators, mix_operators, operators, panel, settings

    return [settings, operators, marker_operators, mix_operators, panel]
