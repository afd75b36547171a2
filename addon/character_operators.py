"""The button that brings in the demo character."""

from __future__ import annotations

import bpy

from . import demo_character
from .blender_types import Context
from .properties import settings_of
from .reports import Outcome, attempt


class MIEN_OT_add_demo_character(bpy.types.Operator):
    """Add the demo character to the scene, choose it, and give it something to say."""

    bl_idname = "mien.add_demo_character"
    bl_label = "Add Demo Character"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Build it from its baked file."""

        def add() -> None:
            settings = settings_of(context.scene)
            settings.character = demo_character.add(context)
            if settings.source == "FILE" and not settings.sound_path:
                settings.sound_path = str(demo_character.SPEECH)

        return {"FINISHED"} if attempt(self, add) else {"CANCELLED"}


_CLASSES = (MIEN_OT_add_demo_character,)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
