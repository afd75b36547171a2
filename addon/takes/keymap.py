"""The one key that compares two takes: Y in the 3D view outside edit modes; users change it in the preferences."""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_types import Context

_added: list[tuple[Any, Any]] = []


def key_name(context: Context) -> str:
    """Name the key that swaps two takes, as the user has set it; empty without one."""
    item = _users_item(context)
    return item.to_string() if item and item.active else ""


def draw(layout: Any, context: Context) -> None:
    """Draw the key where it can be changed."""
    item = _users_item(context)
    if item is None:
        return
    row = layout.row()
    row.label(text="Swap the last two takes")
    row.prop(item, "type", text="", full_event=True)


def _users_item(context: Context) -> Any:
    config = context.window_manager.keyconfigs.user
    keymap = config.keymaps.get("3D View") if config else None
    return next((item for item in keymap.keymap_items if item.idname == "mien.toggle_take"), None) if keymap else None


def register() -> None:
    """Add the key; there is no keyboard in background mode."""
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:
        return
    keymap = config.keymaps.new(name="3D View", space_type="VIEW_3D")
    _added.append((keymap, keymap.keymap_items.new("mien.toggle_take", "Y", "PRESS")))


def unregister() -> None:
    """Undo register."""
    for keymap, item in _added:
        keymap.keymap_items.remove(item)
    _added.clear()
