"""Mien in Blender's own menus: Object, Pose, Add, and File > Export. What is in menus is found by the search (F3)."""

from __future__ import annotations

from typing import Any, cast

import bpy

from .blender_types import Context
from .export.engines import ENGINES


class MIEN_MT_mien(bpy.types.Menu):
    """Everything that Mien does."""

    bl_idname = "MIEN_MT_mien"
    bl_label = "Mien"

    def draw(self, _context: Context) -> None:
        """Draw the next take, then menus for the rest."""
        layout = cast(Any, self.layout)
        layout.operator("mien.generate", icon="PLAY")
        layout.operator("mien.generate", text="Four Variations", icon="RENDERLAYERS").variations = 4
        layout.operator("mien.cancel", icon="CANCEL")
        layout.separator()
        layout.menu("MIEN_MT_styles", text="Style")
        layout.operator("mien.add_style_marker", icon="MARKER")
        layout.separator()
        for menu in _MENUS[1:]:
            layout.menu(menu.bl_idname)


class MIEN_MT_take(bpy.types.Menu):
    """What can be done with the selected take."""

    bl_idname = "MIEN_MT_take"
    bl_label = "Take"

    def draw(self, _context: Context) -> None:
        """Draw making, choosing, keys, sound."""
        layout = cast(Any, self.layout)
        layout.operator("mien.regenerate_take", icon="FILE_REFRESH")
        layout.operator("mien.toggle_take", icon="ARROW_LEFTRIGHT")
        layout.operator("mien.switch_take", icon="PLAY")
        layout.operator("mien.solo_take", icon="SOLO_OFF")
        layout.operator("mien.pin_take", icon="PINNED")
        layout.operator("mien.duplicate_take", icon="DUPLICATE")
        layout.operator("mien.choose_take", icon="CHECKMARK")
        layout.operator("mien.delete_take", icon="REMOVE")
        layout.separator()
        layout.operator("mien.key_take", icon="KEYINGSET")
        layout.operator("mien.reset_take", icon="LOOP_BACK")
        layout.operator("mien.reset_shaping", icon="LOOP_BACK")
        layout.operator("mien.clear", icon="X")
        layout.separator()
        layout.operator("mien.add_take_sound", icon="SEQ_SEQUENCER")
        layout.operator("mien.sync_to_audio", icon="PLAY_SOUND")
        layout.operator("mien.preview_take", icon="PREVIEW_RANGE")


class MIEN_MT_character(bpy.types.Menu):
    """What moves the character, and gestures of its head."""

    bl_idname = "MIEN_MT_character"
    bl_label = "Character"

    def draw(self, _context: Context) -> None:
        """Draw the mapping, then the gestures."""
        layout = cast(Any, self.layout)
        layout.operator("mien.preflight", icon="VIEWZOOM")
        layout.operator("mien.mapping_edit", icon="GREASEPENCIL")
        layout.operator("mien.mapping_reset", icon="LOOP_BACK")
        layout.operator("mien.mapping_save", icon="EXPORT")
        layout.operator("mien.mapping_load", icon="IMPORT")
        layout.separator()
        layout.operator("mien.add_gesture", text="Add Gesture at Cursor", icon="ADD").where = "CURSOR"
        layout.operator("mien.add_gesture", text="Add Gestures at Markers", icon="MARKER_HLT").where = "MARKERS"
        layout.operator("mien.remove_gestures", text="Remove Gestures Here", icon="REMOVE").which = "HERE"
        layout.operator("mien.remove_gestures", text="Remove All Gestures", icon="X").which = "ALL"


class MIEN_MT_batch(bpy.types.Menu):
    """Many lines in one go."""

    bl_idname = "MIEN_MT_batch"
    bl_label = "Batch"

    def draw(self, _context: Context) -> None:
        """Draw it in the order of use."""
        layout = cast(Any, self.layout)
        layout.operator("mien.find_lines", icon="VIEWZOOM")
        layout.operator("mien.check_lines", icon="CHECKMARK")
        layout.operator("mien.run_batch", icon="PLAY")
        layout.operator("mien.cancel_batch", icon="CANCEL")


class MIEN_MT_export(bpy.types.Menu):
    """Files for engines and other programs."""

    bl_idname = "MIEN_MT_export"
    bl_label = "Export"

    def draw(self, _context: Context) -> None:
        """Draw the engines first."""
        layout = cast(Any, self.layout)
        for engine in list(ENGINES.values())[1:]:
            layout.operator("mien.export_for", text=engine.label).engine = engine.id
        for suffix, label in ((".csv", "Live Link CSV"), (".json", "A2F JSON"), (".usd", "USD")):
            layout.operator("mien.export_for", text=label, translate=False).suffix = suffix
        layout.operator("mien.export", text="Export As…", icon="EXPORT")


class MIEN_MT_backend(bpy.types.Menu):
    """Where takes are made."""

    bl_idname = "MIEN_MT_backend"
    bl_label = "Backend"

    def draw(self, _context: Context) -> None:
        """Draw what the preferences have too."""
        layout = cast(Any, self.layout)
        layout.operator("mien.check_backend", icon="CHECKMARK")
        layout.operator("mien.stop_backend", icon="X")
        layout.operator("mien.open_log", icon="TEXT")
        layout.operator("mien.copy_diagnostics", icon="COPYDOWN")


def _in_mode(self: Any, _context: Context) -> None:
    self.layout.separator()
    self.layout.menu(MIEN_MT_mien.bl_idname)


def _in_add(self: Any, _context: Context) -> None:
    self.layout.operator("mien.add_demo_character", text="Mien Demo Character", icon="USER")


def _in_export(self: Any, _context: Context) -> None:
    self.layout.operator("mien.export", text="Character with Performance (Mien)")


_MENUS = (MIEN_MT_mien, MIEN_MT_take, MIEN_MT_character, MIEN_MT_batch, MIEN_MT_export, MIEN_MT_backend)
PLACES = {
    "VIEW3D_MT_object": _in_mode,
    "VIEW3D_MT_pose": _in_mode,
    "VIEW3D_MT_add": _in_add,
    "TOPBAR_MT_file_export": _in_export,
}
"""Menus of Blender's own, and what draws Mien into them."""


def register() -> None:
    """Add Mien to the menus."""
    for menu in _MENUS:
        bpy.utils.register_class(menu)
    for name, drawn in PLACES.items():
        getattr(bpy.types, name).append(drawn)


def unregister() -> None:
    """Undo register."""
    for name, drawn in PLACES.items():
        getattr(bpy.types, name).remove(drawn)
    for menu in reversed(_MENUS):
        bpy.utils.unregister_class(menu)
