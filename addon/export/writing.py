"""Write a character with its performance into a file; the extension says which form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from ...inference_backend import formats
from ...inference_backend.contract import MienError, Take
from ..blender_types import Context
from ..characters import Character
from .engines import ANY, Engine
from .isolation import isolated
from .played import played


class ExportFailed(MienError):
    """The file could not be written."""

    kind = "export_failed"


def export(context: Context, character: Character, path: Path, engine: Engine = ANY, take: Take | None = None) -> None:
    """Write what plays on the character, frame for frame, by the path's extension. Raises ExportFailed.

    Curves alone are those of the take, where one is given.
    """
    check_form(path)
    if not path.parent.is_dir():
        raise ExportFailed(f"The folder {path.parent} does not exist; choose another one.")
    try:
        if path.suffix.lower() in _WRITERS:
            _WRITERS[path.suffix.lower()](context, character, path, engine)
        else:
            formats.write(take or played(context, character), path)
    except (OSError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else "unknown reason"
        raise ExportFailed(f"{path.name} could not be written: {reason}") from error
    if not path.is_file():
        raise ExportFailed(f"{path.name} could not be written to {path.parent}; choose another folder.")


def check_form(path: Path) -> None:
    """Raise ExportFailed where the extension names no format, or this Blender cannot write it."""
    if path.suffix.lower() not in FORMATS:
        raise ExportFailed(f"Mien exports {', '.join(FORMATS)}, not '{path.suffix}'; change the file's extension.")
    if (writer := _WRITERS.get(path.suffix.lower())) and not _is_there(*_OPERATORS[writer]):
        raise ExportFailed(
            f"This Blender has no exporter for {path.suffix} files; "
            "enable its add-on, or take Blender from blender.org."
        )


def _is_there(module: str, operator: str) -> bool:
    return operator in dir(getattr(bpy.ops, module))


def _fbx(context: Context, character: Character, path: Path, engine: Engine) -> None:
    """Write an FBX; import it with an animation offset of 0 to meet the same frames."""
    with isolated(context, character, engine.armature_name):
        bpy.ops.export_scene.fbx(
            filepath=str(path),
            use_selection=True,
            object_types={"ARMATURE", "MESH", "EMPTY"},
            apply_scale_options=engine.fbx_scale,
            mesh_smooth_type=engine.smoothing,
            use_mesh_modifiers=False,  # applying them loses the shape keys
            use_armature_deform_only=engine.deform_only,
            add_leaf_bones=False,
            bake_anim=True,
            bake_anim_step=1.0,
            bake_anim_simplify_factor=0.0,
            bake_anim_use_all_bones=True,
            bake_anim_use_nla_strips=False,  # one clip of all that plays, NLA strips included
            bake_anim_use_all_actions=False,
            bake_anim_force_startend_keying=True,
        )


def _gltf(context: Context, character: Character, path: Path, engine: Engine) -> None:
    """Write a .glb or .gltf: all that plays on face and head, in one animation."""
    with isolated(context, character, engine.armature_name):
        bpy.ops.export_scene.gltf(
            filepath=str(path),
            export_format="GLTF_SEPARATE" if path.suffix.lower() == ".gltf" else "GLB",
            use_selection=True,
            export_apply=False,
            export_morph=True,
            export_morph_animation=True,
            export_animations=True,
            export_animation_mode="SCENE",
            export_anim_scene_split_object=False,  # else face and head become two animations
            export_def_bones=engine.deform_only,
            export_anim_slide_to_zero=engine.from_zero,
            export_force_sampling=True,
            export_optimize_animation_size=False,
            export_frame_range=True,
        )


def _usd(context: Context, character: Character, path: Path, engine: Engine) -> None:
    """Write a .usd, .usda, .usdc or .usdz: shape keys as blend shapes of a skeleton's animation."""
    with isolated(context, character):
        bpy.ops.wm.usd_export(
            filepath=str(path),
            selected_objects_only=True,
            export_animation=True,
            export_armatures=True,
            only_deform_bones=engine.deform_only,
            export_shapekeys=True,
            export_lights=False,
            export_cameras=False,
        )


_WRITERS: dict[str, Callable[[Context, Character, Path, Engine], None]] = {
    ".fbx": _fbx,
    ".glb": _gltf,
    ".gltf": _gltf,
    ".usd": _usd,
    ".usda": _usd,
    ".usdc": _usd,
    ".usdz": _usd,
}
# Add-ons can be off, and distributions build Blender without some formats.
_OPERATORS: dict[Callable[..., None], tuple[str, str]] = {
    _fbx: ("export_scene", "fbx"),
    _gltf: ("export_scene", "gltf"),
    _usd: ("wm", "usd_export"),
}
SCENES: tuple[str, ...] = tuple(_WRITERS)
"""Extensions of files that hold the character itself."""
FORMATS: tuple[str, ...] = (*SCENES, *formats.EXTENSIONS)
"""Extensions of all that can be exported; the last ones hold curves alone."""
