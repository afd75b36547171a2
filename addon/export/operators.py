"""The buttons that write a character into a file: one click for an engine, or any file by its extension."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import bpy
from bpy.props import EnumProperty, StringProperty

from ...inference_backend.contract import MienError
from .. import characters, chosen
from ..blender_types import Context
from ..reports import Outcome, attempt
from .engines import ANY, ENGINES, Engine
from .isolation import clip_name
from .settings import export_settings_of
from .writing import FORMATS, SCENES, ExportFailed, export

_ENGINE = EnumProperty(
    name="For",
    description="Whose conventions of scale, names and bones the file follows",
    items=[(engine.id, engine.label, engine.description) for engine in ENGINES.values()],
)


class MIEN_OT_export(bpy.types.Operator):
    """Export the character with its performance: FBX, glTF, USD, or its curves as CSV, JSON or NPZ."""

    bl_idname = "mien.export"
    bl_label = "Export Character"

    filepath: StringProperty(subtype="FILE_PATH")
    filter_glob: StringProperty(default=";".join(f"*{suffix}" for suffix in FORMATS), options={"HIDDEN"})
    engine: _ENGINE  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a character."""
        return chosen.is_there(cls, context)

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Ask where to."""
        if not self.filepath:
            self.filepath = f"{Path(bpy.data.filepath).stem or 'take'}.fbx"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Context) -> Outcome:
        """Write the file."""
        path = Path(bpy.path.abspath(self.filepath))
        return _written(self, context, path, tuned(context.scene, ENGINES[self.engine]))


class MIEN_OT_export_for(bpy.types.Operator):
    """Export the character with one click, as this engine wants it, into the export folder."""

    bl_idname = "mien.export_for"
    bl_label = "Export for Engine"

    engine: _ENGINE  # type: ignore[valid-type]
    suffix: StringProperty(
        name="Extension", description="Form of the file, such as .csv; empty: the engine's own", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a character and a folder."""
        if not chosen.is_there(cls, context):
            return False
        reason = folder_missing(context.scene)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    @classmethod
    def description(cls, _context: Context, properties: MIEN_OT_export_for) -> str:
        """Say what the engine gets."""
        return _CURVES.get(properties.suffix, "") or ENGINES[properties.engine].description

    def execute(self, context: Context) -> Outcome:
        """Write the file."""
        engine = ENGINES[self.engine]

        def place() -> Path:
            character = chosen.character(context)
            return target(context, character, self.suffix or engine.suffix)

        try:
            path = place()
        except MienError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return _written(self, context, path, tuned(context.scene, engine))


_CURVES = {
    ".csv": "Curves alone as Live Link Face CSV, for Unreal, MetaHumans, Maya and MotionBuilder",
    ".json": "Curves alone as Audio2Face JSON",
    ".npz": "Curves alone as NumPy arrays",
    ".usd": "USD with blend shapes and skeleton",
}


def tuned(scene: bpy.types.Scene, engine: Engine) -> Engine:
    """Adapt an engine's conventions to the settings of a scene."""
    settings = export_settings_of(scene)
    if engine == ANY:
        return engine
    armature_name = engine.armature_name if settings.skip_armature else ""
    return dataclasses.replace(engine, armature_name=armature_name, deform_only=settings.deform_only)


def folder_of(scene: bpy.types.Scene) -> Path:
    """Return the export folder; raise ExportFailed where there is none."""
    named = export_settings_of(scene).folder.strip()
    if not named or (named.startswith("//") and not bpy.data.filepath):
        raise ExportFailed("Choose an export folder, or save the file: a path that begins with // lies beside it.")
    folder = Path(bpy.path.abspath(named))
    if not folder.is_dir():
        raise ExportFailed(f"The export folder {folder} does not exist; choose another one.")
    return folder


def folder_missing(scene: bpy.types.Scene) -> str:
    """Say in one sentence why there is no export folder; empty where there is one."""
    try:
        folder_of(scene)
    except MienError as error:
        return str(error)
    return ""


def target(context: Context, character: characters.Character, suffix: str) -> Path:
    """Name the file after the character and its clip."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "_", f"{character.name}_{clip_name(character)}")
    return folder_of(context.scene) / f"{name}{suffix}"


def _written(operator: bpy.types.Operator, context: Context, path: Path, engine: Engine) -> Outcome:
    def write() -> None:
        character = chosen.character(context)
        export(context, character, path, engine)
        form = f" for {engine.label}" if engine != ANY and path.suffix.lower() in SCENES else ""
        operator.report({"INFO"}, f"Wrote {path}{form}.")

    return {"FINISHED"} if attempt(operator, write) else {"CANCELLED"}


_CLASSES = (MIEN_OT_export, MIEN_OT_export_for)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
