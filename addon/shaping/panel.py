"""The panels about the selected take's shape and keys; they only draw."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ...inference_backend.contract import MienError
from ..blender_types import Context
from ..takes.choosing import take_in
from . import choosing


class _OfTake(bpy.types.Panel):
    bl_parent_id = "MIEN_PT_take"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Show it where there is a take."""
        try:
            take_in(context)
        except MienError:
            return False
        return True


class MIEN_PT_shape(_OfTake):
    """How much of each part, how calm, when."""

    bl_idname = "MIEN_PT_shape"
    bl_label = "Shape"
    bl_order = 12

    def draw(self, context: Context) -> None:
        """Draw the numbers of the selected take."""
        _, item = take_in(context)
        layout = cast(Any, self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(align=True)
        for name in choosing.GAINS:
            column.prop(item.shaping, name, slider=True)
        column = layout.column()
        column.prop(item.shaping, "smoothing_s")
        column.prop(item.shaping, "offset_frames")
        column.prop(item.shaping, "use_range")
        if item.shaping.use_range:
            column = layout.column(align=True)
            column.prop(item.shaping, "first_frame")
            column.prop(item.shaping, "last_frame")
        layout.operator("mien.reset_shaping", icon="LOOP_BACK")


class MIEN_PT_keys(_OfTake):
    """Where the keys go and how many there are."""

    bl_idname = "MIEN_PT_keys"
    bl_label = "Keys"
    bl_order = 14

    def draw(self, context: Context) -> None:
        """Draw the manner of the selected take."""
        _, item = take_in(context)
        group = item.shaping
        layout = cast(Any, self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(group, "mode")
        if group.mode == "STRIP":
            layout.prop(group, "blend")
        if group.mode in {"STRIP", "LAYER"}:
            layout.prop(group, "influence", slider=True)
        layout.prop(group, "density")
        if group.density == "SPARSE":
            layout.prop(group, "max_error")
        layout.column().prop(group, "parts")
        row = layout.row(align=True)
        row.operator("mien.key_take", icon="KEYINGSET")
        row.operator("mien.clear", icon="X")


_CLASSES = (MIEN_PT_shape, MIEN_PT_keys)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
