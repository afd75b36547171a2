"""The panel of exports; it only draws."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ..blender_types import Context
from ..sentences import sentence
from .engines import ENGINES
from .operators import folder_missing
from .settings import export_settings_of


class MIEN_PT_export(bpy.types.Panel):
    """One click to each engine, and every other file."""

    bl_idname = "MIEN_PT_export"
    bl_label = "Export"
    bl_category = "Mien"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 90

    def draw(self, context: Context) -> None:
        """Draw the engines first."""
        layout = cast(Any, self.layout)
        settings = export_settings_of(context.scene)
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "folder")
        row = layout.row(align=True)
        for engine in list(ENGINES.values())[1:]:
            row.operator("mien.export_for", text=engine.label).engine = engine.id
        row = layout.row(align=True)
        for suffix, label in ((".csv", "Live Link CSV"), (".json", "A2F JSON"), (".usd", "USD")):
            row.operator("mien.export_for", text=label, translate=False).suffix = suffix
        layout.operator("mien.export", text="Export As…", icon="EXPORT")
        if reason := folder_missing(context.scene):
            sentence(layout, context, reason, "INFO")
        column = layout.column(heading="Engines")
        column.prop(settings, "deform_only")
        column.prop(settings, "skip_armature")


def register() -> None:
    """Register the panel."""
    bpy.utils.register_class(MIEN_PT_export)


def unregister() -> None:
    """Undo register."""
    bpy.utils.unregister_class(MIEN_PT_export)
