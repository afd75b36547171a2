"""The buttons that bring a character in and out: the demo character, and the export."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..inference_backend.contract import MienError
from . import characters, demo_character, export, generation
from .blender_types import Context
from .properties import settings_of
from .reports import Outcome, attempt


class MIEN_OT_add_demo_character(bpy.types.Operator):
    """Add the demo character to the scene and choose it."""

    bl_idname = "mien.add_demo_character"
    bl_label = "Add Demo Character"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Build it from its baked file."""

        def add() -> None:
            settings_of(context.scene).character = demo_character.add(context)

        return {"FINISHED"} if attempt(self, add) else {"CANCELLED"}


class MIEN_OT_export(bpy.types.Operator):
    """Export the character with its take as FBX or glTF."""

    bl_idname = "mien.export"
    bl_label = "Export Character"

    filepath: StringProperty(subtype="FILE_PATH")
    filter_glob: StringProperty(default="*.fbx;*.glb;*.gltf", options={"HIDDEN"})

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a character."""
        try:
            characters.find(generation.chosen_object(context), context.scene)
        except MienError as error:
            cls.poll_message_set(str(error))
            return False
        return True

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Ask where to."""
        if not self.filepath:
            self.filepath = f"{Path(bpy.data.filepath).stem or 'take'}.fbx"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Context) -> Outcome:
        """Write the file."""

        def write() -> None:
            character = characters.find(generation.chosen_object(context), context.scene)
            export.export(context, character, Path(bpy.path.abspath(self.filepath)))
            self.report({"INFO"}, f"Wrote {self.filepath}.")

        return {"FINISHED"} if attempt(self, write) else {"CANCELLED"}


_CLASSES = (MIEN_OT_add_demo_character, MIEN_OT_export)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
