"""Write a character with its performance as FBX or glTF, every key of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ..inference_backend.contract import MienError
from .blender_types import Context
from .blender_versions import action_curves
from .characters import Character


class ExportFailed(MienError):
    """The file could not be written."""

    kind = "export_failed"


def export(context: Context, character: Character, path: Path) -> None:
    """Write the character by the path's extension: .fbx, .glb or .gltf. Raises ExportFailed."""
    writers = {".fbx": export_fbx, ".glb": export_glb, ".gltf": export_glb}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise ExportFailed(f"Mien exports .fbx and .glb, not '{path.suffix}'; change the file's extension.")
    if not path.parent.is_dir():
        raise ExportFailed(f"The folder {path.parent} does not exist; choose another one.")
    try:
        writer(context, character, path)
    except (OSError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else "unknown reason"
        raise ExportFailed(f"{path.name} could not be written: {reason}") from error
    if not path.is_file():
        raise ExportFailed(f"{path.name} could not be written to {path.parent}; choose another folder.")


def export_fbx(context: Context, character: Character, path: Path) -> None:
    """Write an FBX; import it with an animation offset of 0 to meet the same frames."""
    with _isolated(context, character):
        bpy.ops.export_scene.fbx(
            filepath=str(path),
            use_selection=True,
            object_types={"ARMATURE", "MESH", "EMPTY"},
            use_mesh_modifiers=False,  # applying them loses the shape keys
            add_leaf_bones=False,
            bake_anim=True,
            bake_anim_step=1.0,
            bake_anim_simplify_factor=0.0,
            bake_anim_use_all_bones=True,
            bake_anim_use_nla_strips=False,
            bake_anim_use_all_actions=False,
            bake_anim_force_startend_keying=True,
        )


def export_glb(context: Context, character: Character, path: Path) -> None:
    """Write a .glb (or .gltf): face and head in one animation."""
    with _isolated(context, character):
        bpy.ops.export_scene.gltf(
            filepath=str(path),
            export_format="GLTF_SEPARATE" if path.suffix.lower() == ".gltf" else "GLB",
            use_selection=True,
            export_apply=False,
            export_morph=True,
            export_morph_animation=True,
            export_animations=True,
            export_animation_mode="ACTIVE_ACTIONS",
            export_force_sampling=True,
            export_optimize_animation_size=False,
            export_frame_range=False,
        )


def frame_range(character: Character) -> tuple[int, int] | None:
    """Whole frames around all keys of the character's active animation; None without any."""
    owners = [mesh.keys for mesh in character.meshes] + ([character.armature] if character.armature else [])
    ranges = [curve.range() for owner in owners for curve in action_curves(owner)]
    if not ranges:
        return None
    return math.floor(min(low for low, _ in ranges)), math.ceil(max(high for _, high in ranges))


@contextmanager
def _isolated(context: Context, character: Character) -> Iterator[None]:
    """Select the character alone and let the scene's range cover its keys; put everything back afterwards."""
    scene, layer = context.scene, context.view_layer
    before = (scene.frame_start, scene.frame_end, scene.frame_current, scene.frame_subframe)
    selected, active, mode = list(context.selected_objects), layer.objects.active, _leave_mode(context)
    hidden = _select(context, _members(character))
    keys = frame_range(character)
    try:
        if keys:
            scene.frame_start, scene.frame_end = keys
        yield
    finally:
        scene.frame_start, scene.frame_end = before[:2]
        scene.frame_set(before[2], subframe=before[3])
        for member in hidden:
            member.hide_set(True)
        _select(context, selected)
        layer.objects.active = active
        if mode != "OBJECT":
            bpy.ops.object.mode_set(mode=mode)


def _leave_mode(context: Context) -> Any:
    """Go to object mode and return the mode that was on."""
    mode = context.object.mode if context.object else "OBJECT"
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    return mode


def _members(character: Character) -> list[Any]:
    """List the armature, all meshes that it deforms or carries, and the face."""
    armature = character.armature
    faces = [mesh.object for mesh in character.meshes]
    if armature is None:
        return faces
    bodies = [o for o in armature.children_recursive if o.type in {"MESH", "EMPTY"}]
    return list(dict.fromkeys([armature, *faces, *bodies]))


def _select(context: Context, members: list[Any]) -> list[Any]:
    """Select exactly these, showing hidden ones; return those that were hidden in this view layer."""
    hidden = []
    for other in context.selected_objects:
        other.select_set(False)
    for member in members:
        if member.name not in context.view_layer.objects:
            continue
        if member.hide_get():
            member.hide_set(False)
            hidden.append(member)
        member.select_set(True)
    if members and members[0].name in context.view_layer.objects:
        context.view_layer.objects.active = members[0]
    return hidden
