"""The panel of the mapping: what was found, and the table where the user says otherwise."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ...inference_backend.contract import CHANNELS, MienError
from .. import chosen
from ..blender_types import Context
from . import operators, table


class MIEN_UL_drives(bpy.types.UIList):
    """Rows of the mapping: on or off, the target, and what it follows."""

    bl_idname = "MIEN_UL_drives"

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _name: Any, *_more: Any
    ) -> None:
        """Draw one row."""
        icons = {"SHAPE": "SHAPEKEY_DATA", "PROPERTY": "PROPERTIES", "BONE": "BONE_DATA"}
        layout.use_property_split = False
        row = layout.row(align=True)
        row.prop(item, "enabled", text="")
        names = row.split(factor=0.55, align=True)
        names.active = item.enabled
        names.label(text=item.bone if item.kind == "BONE" else item.target, icon=icons[item.kind], translate=False)
        names.prop(item, "formula", text="", emboss=False)

    def filter_items(self, _context: Any, data: Any, name: str) -> tuple[list[int], list[int]]:
        """Find rows by their target or formula."""
        wanted = self.filter_name.lower()
        rows = getattr(data, name)
        shown = self.bitflag_filter_item
        texts = (f"{row.target} {row.bone} {row.formula}".lower() for row in rows)
        return ([shown if wanted in text else 0 for text in texts] if wanted else []), []


class MIEN_PT_mapping(bpy.types.Panel):
    """What moves what on the character."""

    bl_idname = "MIEN_PT_mapping"
    bl_label = "Mapping"
    bl_category = "Mien"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_parent_id = "MIEN_PT_take"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 50

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Show it where there is a character to speak of."""
        return operators.keeper_in(context) is not None

    def draw(self, context: Context) -> None:
        """Draw what was found, then the table."""
        layout = cast(Any, self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        group = table.group_of(operators.keeper_in(context))
        _draw_found(layout, context)
        if not group.made:
            layout.prop(group, "eyes")
        layout.operator("mien.preflight", icon="VIEWZOOM")
        row = layout.row(align=True)
        row.operator("mien.mapping_save", text="Save", icon="EXPORT")
        row.operator("mien.mapping_load", text="Load", icon="IMPORT")
        if group.made:
            row.operator("mien.mapping_reset", text="Reset", icon="LOOP_BACK")
            _draw_table(layout, context, group)
        else:
            row.operator("mien.mapping_edit", text="Edit", icon="GREASEPENCIL")


def _draw_found(layout: Any, context: Context) -> None:
    try:
        found = chosen.character(context)
    except MienError:
        layout.label(text="No face was recognised.", icon="INFO")
        return
    column = layout.column(align=True)
    column.label(text=found.mapping.name or "Own mapping", icon="ARMATURE_DATA")
    column.label(text=f"{len(found.channels)} of {len(CHANNELS)} channels", icon="BLANK1")
    if found.visemes:
        column.label(text=f"The mouth by {len(found.visemes)} visemes", icon="BLANK1")
    if found.substitutes:
        column.label(text=f"{len(found.substitutes)} channels by stand-ins", icon="BLANK1")
    if found.resolved.problems:
        column.label(text=f"{len(found.resolved.problems)} rows move nothing", icon="ERROR")


def _draw_table(layout: Any, context: Context, group: Any) -> None:
    row = layout.row()
    row.template_list("MIEN_UL_drives", "", group, "drives", group, "active", rows=6)
    column = row.column(align=True)
    column.operator("mien.mapping_add", text="", icon="ADD")
    column.operator("mien.mapping_remove", text="", icon="REMOVE")
    column.separator()
    column.operator("mien.mapping_move", text="", icon="TRIA_UP").direction = "UP"
    column.operator("mien.mapping_move", text="", icon="TRIA_DOWN").direction = "DOWN"
    if 0 <= group.active < len(group.drives):
        _draw_row(layout, context, group.drives[group.active])
    owner = operators.keeper_in(context)
    layout.label(text="Bones")
    column = layout.column()
    if owner.type == "ARMATURE":
        column.prop_search(group, "head", owner.data, "bones")
    else:
        column.prop(group, "head", icon="BONE_DATA")
    column.prop(group, "necks", icon="BONE_DATA", placeholder="Automatic")


def _draw_row(layout: Any, context: Context, item: Any) -> None:
    owner = operators.keeper_in(context)
    bones = owner.data if owner.type == "ARMATURE" else None
    column = layout.column()
    column.prop(item, "kind")
    if item.kind != "BONE":
        column.prop(item, "target")
    if item.kind != "SHAPE":
        for name in ("bone", "pivot") if item.kind == "BONE" else ("bone",):
            if bones:
                column.prop_search(item, name, bones, "bones")
            else:
                column.prop(item, name)
    if item.kind == "BONE":
        column.prop(item, "axis")
    column.prop(item, "formula")
    column.prop(item, "factor")
    column.prop(item, "use_limits")
    if item.use_limits:
        column.prop(item, "low")
        column.prop(item, "high")
    if error := table.row_error(item):
        column.label(text=error, icon="ERROR")


_CLASSES = (MIEN_UL_drives, MIEN_PT_mapping)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
