"""Style where animators think: presets, recent styles, a timeline of markers, and mixes with performances."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room


def _parts() -> list[ModuleType]:
    from . import marker_operators, mix_operators, operators, panel, settings

    return [settings, operators, marker_operators, mix_operators, panel]


register, unregister = room(_parts)
