"""The buttons of saved and recent styles: use, save, delete, bring in, give away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, StringProperty

from ...inference_backend.formats import style_file
from ..blender_types import Context
from ..properties import settings_of
from ..reports import Outcome, attempt
from . import library, places, recent, saving
from .settings import styles_of


class MIEN_OT_use_style(bpy.types.Operator):
    """Use a saved style: its words become the style text, and the amounts saved with it are set."""

    bl_idname = "mien.use_style"
    bl_label = "Use Style"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}  # of no use without a name, which the menu gives

    name: StringProperty(name="Style", description="Name of a saved style")

    @classmethod
    def description(cls, _context: Context, properties: Any) -> str:
        """Tell the words of the style as the tooltip."""
        found = [entry for entry in places.entries() if entry.style.name == properties.name]
        return " + ".join(part.text or f"[{part.reference}]" for e in found for part in e.style.made_of)

    def execute(self, context: Context) -> Outcome:
        """Write it into the settings."""
        return {"FINISHED"} if attempt(self, lambda: use(context.scene, places.entry(self.name))) else {"CANCELLED"}


def use(scene: bpy.types.Scene, entry: library.Entry) -> None:
    """Make a saved style that of the next take; one that is more than a text becomes a part of the mix."""
    settings, styles = settings_of(scene), styles_of(scene)
    settings.style = entry.text
    if not entry.text:
        styles.parts.clear()
        part = styles.parts.add()
        part.kind, part.style = "STYLE", entry.style.name
    for name, amount in entry.style.amounts.items():
        setattr(settings, name, amount)


class MIEN_OT_use_recent_style(bpy.types.Operator):
    """Use this style again."""

    bl_idname = "mien.use_recent_style"
    bl_label = "Use Recent Style"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    text: StringProperty(name="Style")

    def execute(self, context: Context) -> Outcome:
        """Write it into the settings."""
        settings_of(context.scene).style = self.text
        return {"FINISHED"}


class MIEN_OT_clear_recent_styles(bpy.types.Operator):
    """Forget the recent styles; saved ones stay."""

    bl_idname = "mien.clear_recent_styles"
    bl_label = "Clear Recent Styles"

    def execute(self, _context: Context) -> Outcome:
        """Empty the list."""
        recent.forget(places.recent_file())
        return {"FINISHED"}


class MIEN_OT_save_style(bpy.types.Operator):
    """Save the style text and what is mixed with it under a name."""

    bl_idname = "mien.save_style"
    bl_label = "Save Style"

    name: StringProperty(name="Name", description="A style of yours that has this name is replaced")
    with_amounts: BoolProperty(
        name="With Amounts", description="Save strength, lips, upper face, gaze, blinks and head motion too"
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a style."""
        cls.poll_message_set("There is no style to save; write one, or mix one.")
        return bool(settings_of(context.scene).style.strip() or len(styles_of(context.scene).parts))

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Ask for the name; propose the first words."""
        self.name = " ".join(settings_of(context.scene).style.split()[:4]).strip(",;").capitalize()
        return context.window_manager.invoke_props_dialog(self)  # type: ignore[return-value]

    def execute(self, context: Context) -> Outcome:
        """Write the file; what has references is made by the model first, in the background."""
        done = attempt(self, lambda: saving.save(context, self.name, with_amounts=self.with_amounts))
        return {"FINISHED"} if done else {"CANCELLED"}


class MIEN_OT_delete_style(bpy.types.Operator):
    """Delete a style of yours from the list and the disk."""

    bl_idname = "mien.delete_style"
    bl_label = "Delete Style"
    bl_options = {"REGISTER", "INTERNAL"}

    name: StringProperty(name="Style")

    def invoke(self, context: Context, event: bpy.types.Event) -> Outcome:
        """Ask again: it cannot be undone."""
        return context.window_manager.invoke_confirm(self, event)  # type: ignore[return-value]

    def execute(self, _context: Context) -> Outcome:
        """Delete the file."""
        return {"FINISHED"} if attempt(self, lambda: library.delete(places.entry(self.name))) else {"CANCELLED"}


class MIEN_OT_import_style(bpy.types.Operator):
    """Bring in styles that somebody shared, and use the last of them."""

    bl_idname = "mien.import_style"
    bl_label = "Import Styles"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"})
    filter_glob: StringProperty(default=f"*{style_file.EXTENSION}", options={"HIDDEN"})

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Ask which; files that were dropped are known already."""
        if self.directory and self.files:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Context) -> Outcome:
        """Copy all of them into the library, or none if one is damaged."""
        names = [Path(self.directory, file.name) for file in self.files if file.name]
        chosen = names or [Path(bpy.path.abspath(self.filepath))]

        def bring_in() -> None:
            for style in [style_file.read(path) for path in chosen]:
                library.save(style, places.own_folder())
                use(context.scene, places.entry(style.name))
                self.report({"INFO"}, f"The style '{style.name}' is saved and in use.")

        return {"FINISHED"} if attempt(self, bring_in) else {"CANCELLED"}


class MIEN_OT_export_style(bpy.types.Operator):
    """Write a saved style as a file to share."""

    bl_idname = "mien.export_style"
    bl_label = "Export Style"
    bl_options = {"REGISTER", "INTERNAL"}

    name: StringProperty(name="Style", options={"HIDDEN"})
    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default=f"*{style_file.EXTENSION}", options={"HIDDEN"})

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Ask where to."""
        self.filepath = f"{bpy.path.clean_name(self.name)}{style_file.EXTENSION}"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, _context: Context) -> Outcome:
        """Write the file."""

        def write() -> None:
            path = Path(bpy.path.ensure_ext(bpy.path.abspath(self.filepath), style_file.EXTENSION))
            style_file.write(places.entry(self.name).style, path)
            self.report({"INFO"}, f"Wrote {path}.")

        return {"FINISHED"} if attempt(self, write) else {"CANCELLED"}


class MIEN_FH_styles(bpy.types.FileHandler):
    """Style files can be dropped on the 3D view."""

    bl_idname = "MIEN_FH_styles"
    bl_label = "Mien Style"
    bl_import_operator = "mien.import_style"
    bl_file_extensions = style_file.EXTENSION

    @classmethod
    def poll_drop(cls, context: Context) -> bool:
        """Take files in the 3D view."""
        return bool(context.area and context.area.type == "VIEW_3D")


_CLASSES: Sequence[type] = (
    MIEN_OT_use_style,
    MIEN_OT_use_recent_style,
    MIEN_OT_clear_recent_styles,
    MIEN_OT_save_style,
    MIEN_OT_delete_style,
    MIEN_OT_import_style,
    MIEN_OT_export_style,
    MIEN_FH_styles,
)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
