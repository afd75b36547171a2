"""The panel about the head: its limits, and gestures placed by hand. It only draws."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ...inference_backend.contract import MienError
from .. import chosen
from ..blender_types import Context


class MIEN_PT_head(bpy.types.Panel):
    """Gestures, and how the head turns."""

    bl_idname = "MIEN_PT_head"
    bl_label = "Head"
    bl_category = "Mien"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_order = 40
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Show it where there is a head to turn."""
        try:
            character = chosen.character(context)
        except MienError:
            return False
        return bool(character.armature and character.bones.chain)

    def draw(self, context: Context) -> None:
        """Draw the next gesture, then the limits."""
        layout = cast(Any, self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        gesture = context.scene.mien_gesture
        for name in ("kind", "amount", "speed_hz", "count", "flip"):
            layout.prop(gesture, name)
        row = layout.row(align=True)
        row.operator("mien.add_gesture", text="Add at Cursor", icon="ADD").where = "CURSOR"
        row.operator("mien.add_gesture", text="At Markers", icon="MARKER_HLT").where = "MARKERS"
        row = layout.row(align=True)
        row.operator("mien.remove_gestures", text="Remove Here", icon="REMOVE").which = "HERE"
        row.operator("mien.remove_gestures", text="Remove All", icon="X").which = "ALL"
        layout.separator()
        armature = chosen.character(context).armature
        head = cast(Any, armature).mien_head
        layout.prop(head, "neck_share", slider=True)
        layout.prop(head, "use_limits")
        if head.use_limits:
            column = layout.column(align=True)
            for name in ("up", "down", "aside", "tilt"):
                column.prop(head, name)


register, unregister = bpy.utils.register_classes_factory((MIEN_PT_head,))
