"""Progress in the status bar, seen in every workspace; Esc and the cross cancel."""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_types import Context
from ..properties import progress_of
from . import forecast

_WIDTH = 14.0  # of the bar, in units of the interface


def draw(header: Any, context: Context) -> None:
    """Draw the bar while a take is made."""
    progress = progress_of(context)
    if not progress.running:
        return
    row = header.layout.row(align=True)
    bar = row.row(align=True)
    bar.ui_units_x = _WIDTH
    bar.progress(factor=progress.fraction, text=f"Mien: {forecast.told(progress.phase, progress.left_s)}")
    row.operator("mien.cancel", text="", icon="CANCEL")
    row.label(text="Esc", icon="BLANK1", translate=False)
    row.separator()


def redraw(context: Context) -> None:
    """Let Blender draw the status bars anew: they lie outside of the areas that a script may tag."""
    if context.workspace is not None:
        context.workspace.status_text_set_internal(None)


def register() -> None:
    """Draw before what Blender draws."""
    _header().prepend(draw)


def unregister() -> None:
    """Undo register."""
    _header().remove(draw)


def _header() -> Any:
    return bpy.types.STATUSBAR_HT_header  # type: ignore[attr-defined]
