"""The preferences as they are drawn: which backend, what it really runs on, its log."""

from __future__ import annotations

from typing import Any

from .. import preferences
from ..blender_types import Context
from ..takes import keymap
from . import check, log


def draw(settings: Any, context: Context) -> None:
    """Draw all of it."""
    layout = settings.layout
    layout.use_property_split = True
    layout.use_property_decorate = False
    layout.row().prop(settings, "backend", expand=True)
    if settings.backend == "OWN":
        layout.prop(settings, "python_path")
    elif settings.backend == "SERVER":
        layout.prop(settings, "server_url")
        layout.prop(settings, "server_token")
        if settings.server_url.strip().lower().startswith("http://") and not _is_near(settings.server_url):
            layout.label(text="Sound and token travel unencrypted; use this in a network you trust.", icon="INFO")
    _draw_check(layout)
    layout.prop(settings, "styles_folder")
    keymap.draw(layout, context)
    _draw_log(layout, settings)


def _draw_check(layout: Any) -> None:
    row = layout.row(align=True)
    row.operator("mien.check_backend", icon="CHECKMARK")
    row.operator("mien.stop_backend", icon="X")
    found = check.last
    if found is None:
        return
    column = layout.column(align=True)
    column.alert = found.failed
    for index, line in enumerate(found.lines):
        icon = ("ERROR" if found.failed else "CHECKMARK") if index == 0 else "BLANK1"
        column.label(text=line, icon=icon, translate=False)


def _draw_log(layout: Any, settings: Any) -> None:
    row = layout.row(align=True)
    row.use_property_split = False
    icon = "DISCLOSURE_TRI_DOWN" if settings.show_log else "DISCLOSURE_TRI_RIGHT"
    row.prop(settings, "show_log", icon=icon, emboss=False)
    row.operator("mien.copy_diagnostics", icon="COPYDOWN")
    row.operator("mien.open_log", text="", icon="TEXT")
    if not settings.show_log:
        return
    column = layout.box().column(align=True)
    column.scale_y = 0.8
    for line in log.tail(preferences.log_path(), log.SHOWN):
        column.label(text=line[:200], translate=False)


def _is_near(address: str) -> bool:
    return any(f"//{host}" in address for host in ("127.0.0.1", "localhost", "[::1]"))
