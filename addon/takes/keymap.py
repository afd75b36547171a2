"""The one key that compares two takes: Y in the 3D view outside edit modes; users change it in the preferences."""

from __future__ import annotations

from typing import Any

import bpy
import rna_keymap_ui

from ..blender_types import Context

KEYMAP, OPERATOR = "3D View", "mien.toggle_take"

_added: list[tuple[Any, Any]] = []


def key_name(context: Context) -> str:
    """Name the key that swaps two takes, as the user has set it; empty without one."""
    item = _users_item(context)
    return item.to_string() if item and item.active else ""


def draw(layout: Any, context: Context) -> None:
    """Draw the key as Blender's own preferences do, to be changed, switched off and set back."""
    config, keymap, item = _users(context)
    column = layout.column()
    if item is None:
        column.label(text="Swapping takes has no key; restore the keymap '3D View' in Keymap.", icon="INFO")
        return
    column.use_property_split = False
    column.context_pointer_set("keymap", keymap)
    rna_keymap_ui.draw_kmi([], config, keymap, item, column, 0)


def _users_item(context: Context) -> Any:
    return _users(context)[2]


def _users(context: Context) -> tuple[Any, Any, Any]:
    """Find the key as the user has it: key configuration, keymap and item, of which the last may be missing."""
    config = context.window_manager.keyconfigs.user
    keymap = config.keymaps.get(KEYMAP) if config else None
    items = keymap.keymap_items if keymap else ()
    return config, keymap, next((item for item in items if item.idname == OPERATOR), None)


def register() -> None:
    """Add the key; there is no keyboard in background mode."""
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:
        return
    keymap = config.keymaps.new(name=KEYMAP, space_type="VIEW_3D")
    _added.append((keymap, keymap.keymap_items.new(OPERATOR, "Y", "PRESS")))


def unregister() -> None:
    """Undo register."""
    for keymap, item in _added:
        keymap.keymap_items.remove(item)
    _added.clear()
