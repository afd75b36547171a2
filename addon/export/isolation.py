"""Make the character alone what Blender's exporters see, and put everything back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from ..blender_types import Animated, Context
from ..blender_versions import action_curves
from ..characters import Character
from ..tracks import owners_of


def frame_range(character: Character) -> tuple[int, int] | None:
    """Whole frames around all that plays on a character: its keys and its NLA strips; None without any."""
    spans = [span for owner in _owners(character) for span in _spans(owner)]
    if not spans:
        return None
    return math.floor(min(low for low, _ in spans)), math.ceil(max(high for _, high in spans))


def clip_name(character: Character) -> str:
    """Name of the animation in the file: the active action's, or that of the first NLA strip that plays."""
    for owner in _owners(character):
        data: Any = owner.animation_data
        if data is not None and data.action is not None:
            return data.action.name
    strips = [strip for owner in _owners(character) for strip in _playing(owner)]
    return min(strips, key=lambda strip: strip.frame_start).name if strips else "Mien"


@contextmanager
def isolated(context: Context, character: Character, armature_name: str = "") -> Iterator[None]:
    """Select the character alone and let the scene's range cover its keys; put everything back afterwards."""
    scene, layer = context.scene, context.view_layer
    before = (scene.frame_start, scene.frame_end, scene.frame_current, scene.frame_subframe)
    selected, active, mode = list(context.selected_objects), layer.objects.active, _leave_mode(context)
    hidden = _select(context, members(character))
    keys = frame_range(character)
    try:
        with _named(scene, clip_name(character)), _named(character.armature, armature_name):
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


def members(character: Character) -> list[Any]:
    """List the armature, all meshes that it deforms or carries, and the face."""
    armature = character.armature
    faces = [mesh.object for mesh in character.meshes]
    if armature is None:
        return faces
    bodies = [o for o in armature.children_recursive if o.type in {"MESH", "EMPTY"}]
    return list(dict.fromkeys([armature, *faces, *bodies]))


def _owners(character: Character) -> list[Animated]:
    """List what may be animated: all that a take moves, and the armature whose other bones move too."""
    armature = [character.armature] if character.armature else []
    return list(dict.fromkeys([*owners_of(character), *armature]))


def _spans(owner: Animated) -> list[tuple[float, float]]:
    keys = [(curve.range()[0], curve.range()[1]) for curve in action_curves(owner)]
    return keys + [(strip.frame_start, strip.frame_end) for strip in _playing(owner)]


def _playing(owner: Animated) -> list[Any]:
    """List the NLA strips that are not muted; the strip whose action is being tweaked is in the active action."""
    data: Any = owner.animation_data
    if data is None or not data.use_nla:
        return []
    return [s for track in data.nla_tracks if not track.mute for s in track.strips if not s.mute]


@contextmanager
def _named(block: Any, name: str) -> Iterator[None]:
    """Call a data-block otherwise for a while: Blender's FBX names the clip after the scene, for instance."""
    if block is None or not name or block.name == name or not block.is_editable:
        yield
        return
    before = block.name
    other = type(block).bl_rna.identifier
    taken = next((b for b in _all(other) if b.name == name and b.library is None and b != block), None)
    if taken is not None:
        taken.name = f"{name} (kept)"
    block.name = name
    try:
        yield
    finally:
        block.name = before
        if taken is not None:
            taken.name = name


def _all(kind: str) -> Any:
    return bpy.data.scenes if kind == "Scene" else bpy.data.objects


def _leave_mode(context: Context) -> Any:
    """Go to object mode and return the mode that was on."""
    mode = context.object.mode if context.object else "OBJECT"
    if mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    return mode


def _select(context: Context, chosen: list[Any]) -> list[Any]:
    """Select exactly these, showing hidden ones; return those that were hidden in this view layer."""
    hidden = []
    for other in context.selected_objects:
        other.select_set(False)
    for member in chosen:
        if member.name not in context.view_layer.objects:
            continue
        if member.hide_get():
            member.hide_set(False)
            hidden.append(member)
        member.select_set(True)
    if chosen and chosen[0].name in context.view_layer.objects:
        context.view_layer.objects.active = chosen[0]
    return hidden
