"""The button that puts the style on the timeline."""

from __future__ import annotations

import bpy

from ...inference_backend.contract import MienError
from ..blender_types import Context
from ..properties import settings_of
from ..reports import Outcome, attempt
from . import asked, places, timeline
from .settings import styles_of

LONGEST_NAME = 63
"""Bytes that Blender keeps of a marker's name."""


class MIEN_OT_add_style_marker(bpy.types.Operator):
    """Add a marker at the current frame that changes the style from there on; its name is the style."""

    bl_idname = "mien.add_style_marker"
    bl_label = "Add Style Marker"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a style text."""
        cls.poll_message_set("Write the style first that begins here.")
        return bool(settings_of(context.scene).style.strip())

    def execute(self, context: Context) -> Outcome:
        """Add it, and let markers count."""
        return {"FINISHED"} if attempt(self, lambda: _add(context.scene)) else {"CANCELLED"}


def _add(scene: bpy.types.Scene) -> None:
    name = _name(settings_of(scene).style.strip())
    if any(mark.name.lower().startswith(timeline.PREFIX) for mark in scene.timeline_markers):
        name = f"{timeline.PREFIX} {name}"
    if len(name.encode()) > LONGEST_NAME:
        raise MienError(
            f"A marker's name holds {LONGEST_NAME} letters; save this style under a short name, and use that."
        )
    for frame, _ in asked.marks(scene):
        if frame == scene.frame_current:
            raise MienError(f"There is a style marker at frame {frame} already; rename that one.")
    scene.timeline_markers.new(name, frame=scene.frame_current)
    styles_of(scene).use_markers = True


def _name(text: str) -> str:
    """Name a style by the saved one that has this text, if the text is too long for a marker."""
    if len(text.encode()) <= LONGEST_NAME:
        return text
    return next((entry.style.name for entry in places.entries() if entry.text == text), text)


register, unregister = bpy.utils.register_classes_factory((MIEN_OT_add_style_marker,))
