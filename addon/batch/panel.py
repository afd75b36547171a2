"""The panel of the batch; it only draws."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ..blender_types import Context
from ..sentences import sentence
from . import session
from .settings import batch_of, progress_of

_ICONS = {"": "BLANK1", "waiting": "TIME", "done": "CHECKMARK", "kept": "CHECKMARK", "failed": "ERROR"}


class MIEN_UL_speakers(bpy.types.UIList):
    """Names in the strips and the characters that they mean."""

    bl_idname = "MIEN_UL_speakers"

    def draw_item(
        self, _context: Context, layout: Any, _data: Any, item: Any, _icon: int, _active: Any, _property: str
    ) -> None:
        """Draw one speaker."""
        layout.use_property_split = False
        row = layout.split(factor=0.4, align=True)
        row.label(text=f"{item.name} ({item.lines})", translate=False)
        row = row.split(factor=0.55, align=True)
        row.prop(item, "character", text="")
        row.prop(item, "style", text="", placeholder="Style")


class MIEN_UL_batch_lines(bpy.types.UIList):
    """The lines of the batch."""

    bl_idname = "MIEN_UL_batch_lines"

    def draw_item(
        self, _context: Context, layout: Any, data: Any, item: Any, _icon: int, _active: Any, _property: str
    ) -> None:
        """Draw one line."""
        layout.use_property_split = False
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        names = row.split(factor=0.5, align=True)
        names.active = item.use
        names.label(text=item.name, icon=_ICONS.get(item.state, "BLANK1"), translate=False)
        if data.source == "STRIPS":
            names.prop(item, "style", text="", placeholder="Style")
        else:
            names.label(text=item.style, translate=False)


class MIEN_PT_batch(bpy.types.Panel):
    """Many lines in one go."""

    bl_idname = "MIEN_PT_batch"
    bl_label = "Batch"
    bl_category = "Mien"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 80

    def draw(self, context: Context) -> None:
        """Draw in the order of use."""
        layout = cast(Any, self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = batch_of(context.scene)
        layout.row().prop(settings, "source", expand=True)
        layout.prop(settings, "pattern" if settings.source == "STRIPS" else "table_path")
        row = layout.row(align=True)
        row.operator("mien.find_lines", icon="VIEWZOOM")
        row.operator("mien.check_lines", icon="CHECKMARK")
        if settings.lines:
            _draw_lists(layout, context, settings)
        _draw_options(layout, context, settings)
        _draw_run(layout, context)


def _draw_lists(layout: Any, context: Context, settings: Any) -> None:
    if settings.source == "STRIPS":
        layout.template_list(
            MIEN_UL_speakers.bl_idname, "", settings, "speakers", settings, "speaker_index", rows=2, maxrows=5
        )
    layout.template_list(
        MIEN_UL_batch_lines.bl_idname, "", settings, "lines", settings, "line_index", rows=4, maxrows=10
    )
    if settings.line_index < len(settings.lines) and (message := settings.lines[settings.line_index].message):
        failed = settings.lines[settings.line_index].state == "failed"
        sentence(layout, context, message, "ERROR" if failed else "INFO")


def _draw_options(layout: Any, context: Context, settings: Any) -> None:
    layout.prop(settings, "place")
    if settings.source == "STRIPS":
        layout.prop(settings, "seed")
    layout.prop(settings, "use_markers")
    layout.label(text="Files")
    files = layout.grid_flow(row_major=True, columns=3, even_columns=True, align=True)
    files.use_property_split = False
    for form in settings.bl_rna.properties["forms"].enum_items:
        files.prop_enum(settings, "forms", form.identifier)
    if settings.forms:
        layout.prop(cast(Any, context.scene).mien_export, "folder")
    layout.prop(settings, "only_new")


def _draw_run(layout: Any, context: Context) -> None:
    progress = progress_of(context)
    row = layout.row(align=True)
    row.scale_y = 1.4
    row.operator("mien.run_batch", icon="PLAY")
    row.operator("mien.cancel_batch", text="", icon="CANCEL")
    if progress.running:
        layout.progress(factor=progress.fraction, text=progress.text)
    elif progress.message:
        sentence(layout, context, progress.message, "ERROR" if progress.failed else "CHECKMARK")
    elif reason := session.disabled_reason(context):
        sentence(layout, context, reason, "INFO")


_CLASSES = (MIEN_UL_speakers, MIEN_UL_batch_lines, MIEN_PT_batch)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
