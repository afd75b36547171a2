"""What the settings ask of the style: the mix and the cues of a request."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import bpy

from ...inference_backend import formats, references
from ...inference_backend.contract import Cue, Ingredient, MienError, Take
from ...inference_backend.formats.style_file import SavedStyle
from ...inference_backend.generator import style_space
from .. import characters, client
from ..blender_types import Context
from ..preferences import launch_of
from ..service import Launch
from . import library, performance, places, timeline
from .settings import styles_of


class BadPart(MienError):
    """A part of the mix names nothing that can be mixed."""

    kind = "bad_part"


def style_fields(context: Context, character: characters.Character, start_frame: float, text: str) -> dict[str, Any]:
    """Give the fields of a request that say the style; slow where files are read. Raises MienError."""
    wanted = styles_of(context.scene)
    parts = mix(context, character)
    if text and parts and wanted.text_weight != 1.0:
        own = (Ingredient(text=text, weight=wanted.text_weight),) if wanted.text_weight else ()
        text, parts = "", own + parts
    return {"style": text, "mix": parts, "cues": cues(context, start_frame), "fade_s": wanted.fade_s}


def mix(context: Context, character: characters.Character) -> tuple[Ingredient, ...]:
    """Read all parts of the mix that are in use."""
    check(context.scene)
    used = [part for part in styles_of(context.scene).parts if part.use and part.weight > 0]
    return tuple(ingredient for part in used for ingredient in _ingredients(part, context, character))


def check(scene: bpy.types.Scene) -> None:
    """Raise BadPart where a part in use names nothing; quick, for a panel asks at each redraw."""
    for part in styles_of(scene).parts:
        if part.use and part.kind != "ACTION" and not part.label.strip():
            raise BadPart("A part of the style mix is empty; choose what it is, or remove it.")


def cues(context: Context, start_frame: float) -> tuple[Cue, ...]:
    """Make the cues that the scene's markers ask for, where they do."""
    return marked(context, start_frame) if styles_of(context.scene).use_markers else ()


def marked(context: Context, start_frame: float) -> tuple[Cue, ...]:
    """Make cues of the scene's markers that name styles."""
    scene, saved = context.scene, places.entries()
    rate = scene.render.fps / scene.render.fps_base
    return timeline.cues(marks(scene), start_frame, rate, lambda start_s, name: cue(context, start_s, name, saved))


def marks(scene: bpy.types.Scene) -> list[tuple[int, str]]:
    """List the scene's markers that name styles; those that switch cameras do not."""
    return timeline.named((marker.frame, marker.name) for marker in scene.timeline_markers if not marker.camera)


def cue(context: Context, start_s: float, name: str, saved: list[library.Entry]) -> Cue:
    """Make a cue of a saved style's name, or of words."""
    try:
        style = library.find(name, saved).style
    except library.NoStyle:
        return Cue(start_s, style=name)
    return Cue(start_s, mix=_of_saved(context, style, 1.0))


def named(context: Context, text: str, saved: list[library.Entry]) -> dict[str, Any]:
    """Give the fields of a request for a saved style, its amounts too, where the text is its name; else the words."""
    try:
        entry = library.find(text, saved)
    except library.NoStyle:
        return {"style": text}
    said = {"style": entry.text} if entry.text else {"mix": _of_saved(context, entry.style, 1.0)}
    return {**said, **entry.style.amounts}


def _ingredients(part: Any, context: Context, character: characters.Character) -> tuple[Ingredient, ...]:
    if part.kind == "TEXT":
        return (Ingredient(text=part.text, weight=part.weight),)
    if part.kind == "STYLE":
        return _of_saved(context, places.entry(part.style).style, part.weight)
    take = performed(part, context, character)
    references.check(take, part.label)
    return (references.ingredient(take, part.weight),)


def performed(part: Any, context: Context, character: characters.Character) -> Take:
    """Read the performance that a part names, cut as it says; of what is too long, the middle."""
    if part.kind == "ACTION":
        whole = performance.of_action(character, part.action, context.scene)
    elif part.kind == "TAKE":
        whole = performance.of_take(character, part.take)
    else:
        path = Path(bpy.path.abspath(part.path))
        if path.suffix.lower() in references.FILMS:
            raise BadPart(f"{path.name} is a film; press Read Film in the style mix, which makes a saved style of it.")
        whole = _of_file(path, path.stat().st_mtime_ns if path.is_file() else 0)
    excerpt = references.excerpt(whole, part.start_s, part.duration_s or None)
    spare_s = excerpt.duration_s - references.LONGEST_S
    if not part.duration_s and spare_s > 0:
        return references.excerpt(excerpt, spare_s / 2, references.LONGEST_S)
    return excerpt


@lru_cache(maxsize=4)
def _of_file(path: Path, _changed_ns: int) -> Take:
    return formats.read(path)


def _of_saved(context: Context, style: SavedStyle, weight: float) -> tuple[Ingredient, ...]:
    """Give what to mix for a saved style, in the style space of the model that will read it."""
    launch = launch_of(context)
    if isinstance(launch, Launch):
        return style.ingredients(style_space.installed(), weight)
    space = client.last_health.get(launch.url, {}).get("environment", {}).get("style_space", "")
    if not space and not style.is_of_texts:
        raise BadPart(
            f"Whether the server can read the style '{style.name}' is not known yet; "
            "press Check Backend in Mien's preferences."
        )
    return style.ingredients(space, weight)
