"""The panels of takes; they only draw."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ...inference_backend.contract import MienError
from ...rigs import curve_picture
from ..blender_types import Context
from . import choosing, keymap, pictures, storage

TILE_UNITS = 5.0
"""Height of the picture of curves, and width of each of its tiles, in widget units."""
LABEL_UNITS = 3.0
MOST_TILES = 8
_UNIT_PX = 20.0


class MIEN_MT_takes(bpy.types.Menu):
    """More that can be done with a take."""

    bl_idname = "MIEN_MT_takes"
    bl_label = "Takes"

    def draw(self, _context: Context) -> None:
        """Draw the menu."""
        layout = cast(Any, self.layout)
        layout.operator("mien.regenerate_take", icon="FILE_REFRESH")
        layout.operator("mien.regenerate_take", text="Four Variations of It", icon="RENDERLAYERS").variations = 4
        layout.operator("mien.choose_take", icon="CHECKMARK")
        layout.separator()
        layout.operator("mien.switch_take", icon="PLAY")
        layout.operator("mien.reset_take", icon="LOOP_BACK")


class MIEN_PT_takes(bpy.types.Panel):
    """The takes of the character."""

    bl_idname = "MIEN_PT_takes"
    bl_label = "Takes"
    bl_category = "Mien"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "MIEN_PT_take"
    bl_order = 10

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Need a character."""
        return _owner(context) is not None

    def draw(self, context: Context) -> None:
        """Draw the list, and the selected take under it."""
        layout, owner = cast(Any, self.layout), _owner(context)
        row = layout.row()
        row.template_list("MIEN_UL_takes", "", owner, "mien_takes", owner, "mien_take_index", rows=5)
        _draw_side(row.column(align=True))
        layout.operator("mien.generate", text="Four Variations", icon="RENDERLAYERS").variations = 4
        item = storage.selected(owner)
        if item is None:
            return
        _draw_compare(layout, context, item)
        _draw_facts(layout, item)
        _draw_picture(layout, context, item)


class MIEN_PT_take_sound(bpy.types.Panel):
    """Hear and see a take in time."""

    bl_idname = "MIEN_PT_take_sound"
    bl_label = "Sound and Playback"
    bl_category = "Mien"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "MIEN_PT_takes"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        """Draw the buttons."""
        column = cast(Any, self.layout).column(align=True)
        column.operator("mien.add_take_sound", icon="SEQ_SEQUENCER")
        column.operator("mien.sync_to_audio", icon="PLAY_SOUND", depress=context.scene.sync_mode == "AUDIO_SYNC")
        column.operator("mien.preview_take", icon="PREVIEW_RANGE", depress=context.scene.use_preview_range)


def _owner(context: Context) -> storage.Owner | None:
    try:
        return choosing.owner_in(context)
    except MienError:
        return None


def _draw_side(column: Any) -> None:
    column.operator("mien.regenerate_take", text="", icon="FILE_REFRESH")
    column.operator("mien.duplicate_take", text="", icon="DUPLICATE")
    column.operator("mien.delete_take", text="", icon="REMOVE")
    column.menu("MIEN_MT_takes", text="", icon="DOWNARROW_HLT")
    column.separator()
    column.operator("mien.move_take", text="", icon="TRIA_UP").direction = "UP"
    column.operator("mien.move_take", text="", icon="TRIA_DOWN").direction = "DOWN"


def _draw_compare(layout: Any, context: Context, item: storage.StoredTake) -> None:
    row = layout.row(align=True)
    key = keymap.key_name(context)
    row.operator("mien.toggle_take", text=f"A/B ({key})" if key else "A/B", icon="ARROW_LEFTRIGHT")
    row.operator("mien.solo_take", text="Solo", icon="SOLO_ON" if item.solo else "SOLO_OFF", depress=item.solo)
    if item.batch:
        row.operator("mien.choose_take", text="Keep Only This", icon="CHECKMARK")


def _draw_facts(layout: Any, item: storage.StoredTake) -> None:
    column = layout.column(align=True)
    row = column.row(align=True)
    for stars in range(1, 6):
        icon = "SOLO_ON" if stars <= item.rating else "SOLO_OFF"
        row.operator("mien.rate_take", text="", icon=icon, emboss=False).stars = stars
    row.label(text=f"Seed {item.seed}")
    column.label(text=item.style or "No style", icon="GREASEPENCIL")
    column.label(text=bpy.path.basename(item.sound) or "No sound", icon="SOUND")


def _draw_picture(layout: Any, context: Context, item: storage.StoredTake) -> None:
    """Draw what each region does, beside its name; as many tiles as the sidebar is wide."""
    icons = pictures.icons_of(item, tiles_in(context))
    row = layout.row(align=True)
    row.alignment = "LEFT"
    names = row.column(align=True)
    names.ui_units_x = LABEL_UNITS
    names.scale_y = TILE_UNITS / len(curve_picture.ROWS)
    for name in curve_picture.ROWS:
        names.label(text=name.capitalize())
    for icon in icons:
        row.template_icon(icon_value=icon, scale=TILE_UNITS)


def tiles_in(context: Context) -> int:
    """Count the tiles that fit into the sidebar."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    units = (context.region.width if context.region else 300.0) / scale / _UNIT_PX
    return max(1, min(MOST_TILES, int((units - LABEL_UNITS - 2.5) / TILE_UNITS)))


_CLASSES = (MIEN_MT_takes, MIEN_PT_takes, MIEN_PT_take_sound)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
