"""The buttons of the mapping: make a table of it, edit, save and load it, and look before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ...inference_backend.contract import MienError
from ...inference_backend.formats import flame_map
from ...rigs import flame
from ...rigs.profile import BadMapping, Mapping, from_json, to_json
from .. import characters, chosen
from ..blender_types import Context
from ..reports import Outcome, attempt
from . import preflight, table

SUFFIX = ".mien-mapping.json"
REPORT = "Mien Preflight"
"""Name of the text that a preflight is written into."""


def keeper_in(context: Context) -> Any:
    """Return the object that keeps the mapping of the chosen character, also of one that is not recognised yet."""
    start = chosen.chosen_object(context)
    try:
        return characters.find(start, context.scene).owner
    except characters.NoCharacter:
        return characters.owner_of(start)


class _OnCharacter:
    """Needs a chosen object."""

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a character."""
        owner = keeper_in(context)
        said = "Choose a character: select its face mesh or its armature."
        if owner is not None and owner.library is not None:
            said = f"'{owner.name}' is linked; make a library override of it (Object > Library Override) and try again."
        cls.poll_message_set(said)  # type: ignore[attr-defined]
        return owner is not None and owner.library is None


class _OnTable(_OnCharacter):
    """Needs a table."""

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a table of the user's own."""
        owner = keeper_in(context)
        cls.poll_message_set("Press Edit Mapping first; what Mien found is then yours to change.")  # type: ignore[attr-defined]
        return owner is not None and table.group_of(owner).made


class MIEN_OT_mapping_edit(_OnCharacter, bpy.types.Operator):
    """Write what was found into a table of your own, which then rules."""

    bl_idname = "mien.mapping_edit"
    bl_label = "Edit Mapping"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Fill the table."""
        owner = keeper_in(context)
        table.write(table.group_of(owner), characters.detected(owner, context.scene))
        return {"FINISHED"}


class MIEN_OT_mapping_reset(_OnTable, bpy.types.Operator):
    """Throw the table away; what Mien finds by itself rules again."""

    bl_idname = "mien.mapping_reset"
    bl_label = "Reset Mapping"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Empty the table."""
        table.clear(table.group_of(keeper_in(context)))
        return {"FINISHED"}


class MIEN_OT_mapping_add(_OnTable, bpy.types.Operator):
    """Add a row to the table."""

    bl_idname = "mien.mapping_add"
    bl_label = "Add Row"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Add it at the end, active."""
        group = table.group_of(keeper_in(context))
        group.drives.add().formula = "jawOpen"
        group.active = len(group.drives) - 1
        return {"FINISHED"}


class MIEN_OT_mapping_remove(_OnTable, bpy.types.Operator):
    """Remove the active row from the table."""

    bl_idname = "mien.mapping_remove"
    bl_label = "Remove Row"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Remove it."""
        group = table.group_of(keeper_in(context))
        if not 0 <= group.active < len(group.drives):
            self.report({"ERROR"}, "There is no active row; choose one in the list.")
            return {"CANCELLED"}
        group.drives.remove(group.active)
        group.active = max(0, group.active - 1)
        return {"FINISHED"}


class MIEN_OT_mapping_move(_OnTable, bpy.types.Operator):
    """Move the active row up or down."""

    bl_idname = "mien.mapping_move"
    bl_label = "Move Row"
    bl_options = {"REGISTER", "UNDO"}

    direction: EnumProperty(items=[("UP", "Up", "Move it up"), ("DOWN", "Down", "Move it down")])

    def execute(self, context: Context) -> Outcome:
        """Swap it with its neighbour."""
        group = table.group_of(keeper_in(context))
        aim = group.active + (-1 if self.direction == "UP" else 1)
        if not (0 <= aim < len(group.drives) and 0 <= group.active < len(group.drives)):
            return {"CANCELLED"}
        group.drives.move(group.active, aim)
        group.active = aim
        return {"FINISHED"}


class MIEN_OT_mapping_save(_OnCharacter, bpy.types.Operator):
    """Save what moves what as a file, to share it or to use it on characters of the same kind."""

    bl_idname = "mien.mapping_save"
    bl_label = "Save Mapping"

    filepath: StringProperty(subtype="FILE_PATH")
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Ask where to."""
        if not self.filepath:
            self.filepath = f"{keeper_in(context).name}{SUFFIX}"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Context) -> Outcome:
        """Write the file."""
        return {"FINISHED"} if attempt(self, lambda: self._save(context)) else {"CANCELLED"}

    def _save(self, context: Context) -> None:
        owner = keeper_in(context)
        mapping = table.mapping_of(owner) or characters.detected(owner, context.scene)
        path = Path(bpy.path.abspath(self.filepath))
        try:
            path.write_text(to_json(mapping), encoding="utf-8")
        except OSError as error:
            raise MienError(f"The mapping could not be saved to {path} ({error.strerror}).") from error
        self.report({"INFO"}, f"Saved {len(mapping.drives)} rows to {path.name}.")


class MIEN_OT_mapping_load(_OnCharacter, bpy.types.Operator):
    """Load a saved mapping for this character, or a FLAME map (.npz) for a rig with FLAME's expressions."""

    bl_idname = "mien.mapping_load"
    bl_label = "Load Mapping"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(subtype="FILE_PATH")
    filter_glob: StringProperty(default="*.json;*.npz", options={"HIDDEN"})

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Ask which."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Context) -> Outcome:
        """Fill the table from the file; nothing changes where it cannot be read."""
        return {"FINISHED"} if attempt(self, lambda: self._load(context)) else {"CANCELLED"}

    def _load(self, context: Context) -> None:
        path, owner = Path(bpy.path.abspath(self.filepath)), keeper_in(context)
        mapping = _of_flame(path, owner, context) if path.suffix.lower() == ".npz" else _of_file(path)
        table.write(table.group_of(owner), mapping)
        self.report({"INFO"}, f"Loaded {len(mapping.drives)} rows from {path.name}.")


def _of_file(path: Path) -> Mapping:
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path.name} cannot be read; choose a mapping that was saved by Mien.") from error


def _of_flame(path: Path, owner: Any, context: Context) -> Mapping:
    """Add what a FLAME map says to what was found on the character."""
    read = flame_map.read(path)
    names = [name for mesh in characters.anatomy_of(owner, context.scene).shapes for name in mesh]
    found = characters.detected(owner, context.scene)
    return flame.mapped(found, names, read.expression, read.jaw, f"FLAME by {path.name}")


class MIEN_OT_preflight(bpy.types.Operator):
    """Say which channels will move, by what, and which will not and why; shape keys are looked at vertex by vertex."""

    bl_idname = "mien.preflight"
    bl_label = "Check Character"

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a character."""
        return chosen.is_there(cls, context)

    def execute(self, context: Context) -> Outcome:
        """Write the report into a text and its summary into the status bar."""
        found = preflight.report(chosen.character(context))
        text = bpy.data.texts.get(REPORT) or bpy.data.texts.new(REPORT)
        text.clear()
        text.write(found.text())
        worth_a_look = found.warnings or found.moving < len(found.findings)
        told = f"{found.summary} The text '{REPORT}' tells all." if worth_a_look else found.summary
        self.report({"WARNING"} if worth_a_look else {"INFO"}, told)
        return {"FINISHED"}


_CLASSES = (
    MIEN_OT_mapping_edit,
    MIEN_OT_mapping_reset,
    MIEN_OT_mapping_add,
    MIEN_OT_mapping_remove,
    MIEN_OT_mapping_move,
    MIEN_OT_mapping_save,
    MIEN_OT_mapping_load,
    MIEN_OT_preflight,
)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
