"""Turn a line into an order for the backend: find the character, the sound, and all that the scene decides."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import bpy

from ...inference_backend.contract import BadSound, Request
from .. import characters, sounds
from ..blender_types import Context
from ..generation import Order
from ..preferences import launch_of
from ..properties import settings_of
from ..sounds import Excerpt
from .lines import BadLine, Line


def order_of(context: Context, scene: bpy.types.Scene, line: Line, folder: Path) -> Order:
    """Read a line into an order; raise MienError where something is missing or wrong."""
    if line.problem:
        raise BadLine(line.problem)
    character = characters.find(character_object(scene, line.character), scene)
    with context.temp_override(scene=scene):
        excerpt = _excerpt(context, scene, line, folder)
        launch = launch_of(context)
    amounts: dict[str, Any] = dict(line.amounts)
    request = Request(
        style=line.style,
        seed=line.seed,
        fps=sounds.frame_rate(scene),
        start_s=excerpt.start_s,
        duration_s=excerpt.duration_s,
        **amounts,
    )
    return Order(scene.name, character.name, excerpt, request, launch)


def character_object(scene: bpy.types.Scene, name: str) -> bpy.types.Object:
    """Find the object of a character by name, whatever the case; nothing named: the chosen or only one."""
    if name:
        named = [o for o in scene.objects if o.name == name]
        named = named or [o for o in scene.objects if o.name.casefold() == name.casefold()]
        if named:
            return min(named, key=lambda o: o.library is not None)
        near = difflib.get_close_matches(name, [o.name for o in scene.objects], 1)
        hint = f"; did you mean '{near[0]}'?" if near else "; check the name."
        raise BadLine(f"The scene '{scene.name}' has no object '{name}'{hint}")
    chosen = settings_of(scene).character
    if chosen is not None:
        return chosen
    found = all_in(scene)
    if len(found) != 1:
        raise BadLine(f"The line names no character, and the scene has {len(found)} of them; name one.")
    return found[0]


def all_in(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """List the objects that stand for the characters of a scene."""
    found: dict[str, bpy.types.Object] = {}
    covered: set[str] = set()
    for candidate in scene.objects:
        if candidate.name in covered or candidate.type not in {"ARMATURE", "MESH"}:
            continue
        try:
            character = characters.find(candidate, scene)
        except characters.NoCharacter:
            continue
        covered |= {mesh.object.name for mesh in character.meshes}
        covered |= {character.name}
        found.setdefault(character.name, scene.objects[character.name])
    return list(found.values())


def _excerpt(context: Context, scene: bpy.types.Scene, line: Line, folder: Path) -> Excerpt:
    if line.strip:
        return sounds.of_strip(context, line.strip)
    path = sound_path(line, folder)
    if not path.is_file():
        raise BadSound(f"The sound file {path} does not exist.")
    start_frame = settings_of(scene).start_frame if line.start_frame is None else line.start_frame
    duration_s = None if line.end_s is None else line.end_s - line.start_s
    return Excerpt(path, start_frame, line.start_s, duration_s)


def sound_path(line: Line, folder: Path) -> Path:
    """Find a line's sound: beside the table, or where // of the .blend says."""
    if line.sound.startswith("//"):
        return Path(bpy.path.abspath(line.sound))
    path = folder / line.sound
    return path if path.is_file() else folder / line.sound.replace("\\", "/")  # a table written on Windows
