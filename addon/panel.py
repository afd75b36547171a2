"""The panel in the sidebar of the 3D view; it only draws."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ..inference_backend.contract import MienError
from . import blender_versions, characters, chosen, generation, sounds
from .blender_types import Context
from .properties import progress_of, settings_of
from .sentences import sentence
from .styles import panel as styles_panel
from .waiting import forecast


class MIEN_PT_take(bpy.types.Panel):
    """Everything about the next take."""

    bl_idname = "MIEN_PT_take"
    bl_label = "Mien"
    bl_category = "Mien"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context: Context) -> None:
        """Draw from top to bottom in the order of use."""
        layout = cast(Any, self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        said = _draw_character(layout, context)
        _draw_sound(layout, context)
        _draw_style(layout, context)
        _draw_generate(layout, context, said)


def _draw_character(layout: Any, context: Context) -> str:
    """Draw what was found; return the sentence that says why nothing was."""
    layout.prop(settings_of(context.scene), "character")
    try:
        found = chosen.character(context)
    except MienError as error:
        sentence(layout, context, str(error), "INFO")
        layout.operator("mien.add_demo_character", icon="USER")
        return str(error)
    column = layout.column(align=True)
    column.label(text=f"{found.name}: {len(found.channels)} of 52 channels", icon="CHECKMARK")
    more = f" and {len(found.meshes) - 1} more" if found.meshes[1:] else ""
    if found.meshes:
        column.label(text=f"Mesh: {found.meshes[0].object.name}{more}", icon="BLANK1")
    column.label(text=f"Head: {', '.join(found.bones.chain) or 'no bones found'}", icon="BLANK1")
    if found.unmapped:
        sentence(column, context, f"Missing: {', '.join(found.unmapped)}", "BLANK1")
    for warning in characters.warnings(found):
        sentence(column, context, warning, "ERROR")
    return ""


def _draw_sound(layout: Any, context: Context) -> None:
    settings = settings_of(context.scene)
    layout.row().prop(settings, "source", expand=True)
    if settings.source == "FILE":
        layout.prop(settings, "sound_path")
        layout.prop(settings, "start_frame")
        return
    scene = sounds.strip_scene(context)
    if scene.sequence_editor is None:
        layout.label(text="The sequencer has no strips.", icon="INFO")
        return
    layout.prop_search(settings, "strip", scene.sequence_editor, blender_versions.strip_collection_name(scene))


def _draw_style(layout: Any, context: Context) -> None:
    settings = settings_of(context.scene)
    styles_panel.draw_text(layout, context)
    for name in ("strength", "head_motion", "seed"):
        layout.prop(settings, name)


def _draw_generate(layout: Any, context: Context, said: str) -> None:
    """Draw the button, or in its place how far it is: under a mouse that rests, a grey button would stay grey after."""
    progress = progress_of(context)
    row = layout.row(align=True)
    row.scale_y = 1.4
    if progress.running:
        row.progress(factor=progress.fraction, text=forecast.told(progress.phase, progress.left_s))
        row.operator("mien.cancel", text="", icon="CANCEL")
    else:
        row.operator("mien.generate", icon="PLAY")
    if progress.message and not progress.running:
        sentence(layout, context, progress.message, "ERROR" if progress.failed else "CHECKMARK")
    reason = generation.disabled_reason(context)
    if reason and not progress.running and reason not in (progress.message, said):
        sentence(layout, context, reason, "INFO")


def register() -> None:
    """Register the panel."""
    bpy.utils.register_class(MIEN_PT_take)


def unregister() -> None:
    """Undo register."""
    bpy.utils.unregister_class(MIEN_PT_take)
