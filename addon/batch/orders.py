"""Turn a line into an order for the backend: find the character, the sound, and all that the scene decides."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import bpy

from ...inference_backend.contract import BadSound, Request
from ...inference_backend.formats import style_file
from .. import characters, sounds
from ..blender_types import Context
from ..generation import Order
from ..preferences import launch_of
from ..properties import settings_of
from ..sounds import Excerpt
from ..styles import asked, places
from ..styles.settings import styles_of
from .lines import BadLine, Line


def order_of(context: Context, scene: bpy.types.Scene, line: Line, folder: Path, *, by_markers: bool = False) -> Order:
    """Read a line into an order; raise MienError where something is missing or wrong.

    by_markers: a line without cues of its own changes its style at the scene's markers.
    """
    if line.problem:
        raise BadLine(line.problem)
    character = characters.find(character_object(scene, line.character), scene)
    with context.temp_override(scene=scene):
        excerpt = _excerpt(context, scene, line, folder)
        launch = launch_of(context)
        said = _said(context, line, excerpt, by_markers)
    fps = sounds.frame_rate(scene)
    request = Request(seed=line.seed, fps=fps, start_s=excerpt.start_s, duration_s=excerpt.duration_s, **said)
    return Order(scene.name, character.name, excerpt, request, launch)


def _said(context: Context, line: Line, excerpt: Excerpt, by_markers: bool) -> dict[str, Any]:
    """Give the fields of a request that say the style and its amounts, of which the line's own win."""
    saved = places.entries()
    fields = asked.named(context, line.style, saved) | dict(line.amounts)
    if line.cues or not by_markers:
        return fields | {"cues": tuple(asked.cue(context, start_s, name, saved) for start_s, name in line.cues)}
    return fields | {"cues": asked.marked(context, excerpt.start_frame), "fade_s": styles_of(context.scene).fade_s}


def styles_used(scene: bpy.types.Scene, line: Line, *, by_markers: bool) -> list[object]:
    """List what a line's style depends on besides its own words: saved styles as they are now, and markers."""
    marks = asked.marks(scene) if by_markers and not line.cues else []
    names = {line.style, *(name for _, name in line.cues), *(name for _, name in marks)}
    saved = [style_file.dumps(entry.style).decode() for entry in places.entries() if entry.style.name in names]
    return [*saved, *([marks, styles_of(scene).fade_s] if marks else [])]


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
