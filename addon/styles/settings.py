"""What the user sets for the style besides its text: what is mixed with it, and how it changes over time."""

from __future__ import annotations

from typing import Any, cast

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ...inference_backend.contract import MAX_FADE_S, MienError
from .. import blender_versions, chosen
from ..blender_types import Context

KINDS = {"TEXT": "text", "STYLE": "style", "ACTION": "action", "TAKE": "take", "FILE": "path"}
"""Kind of a part -> the property that names what it is."""


def _saved_names(_part: bpy.types.PropertyGroup, _context: Context, typed: str) -> list[str]:
    from . import places  # it reads files, which is for when somebody types

    return [e.style.name for e in places.entries() if typed.casefold() in e.style.name.casefold()]


def _take_names(_part: bpy.types.PropertyGroup, context: Context, typed: str) -> list[str]:
    from ..takes import storage

    try:
        character = chosen.character(context)
    except MienError:
        return []
    names = [item.name for item in storage.takes_of(storage.owner_of(character))]
    return [name for name in names if typed.casefold() in name.casefold()]


class MIEN_PG_style_part(bpy.types.PropertyGroup):
    """One thing that is mixed into the style."""

    kind: EnumProperty(
        name="Kind",
        items=[
            ("TEXT", "Text", "Another style text", "FONT_DATA", 0),
            ("STYLE", "Saved Style", "A style that comes with Mien or was saved", "PRESET", 1),
            ("ACTION", "Action", "A performance on this character: an action", "ACTION", 2),
            ("TAKE", "Take", "A take of this character", "REC", 3),
            ("FILE", "File", "A performance in a file: .npz, .csv (Live Link Face) or .json (Audio2Face)", "FILE", 4),
        ],
    )
    use: BoolProperty(name="Use", description="Mix this part in", default=True)
    weight: FloatProperty(
        name="Weight",
        description="How much this part counts; the style text counts 1",
        default=1.0,
        min=0.0,
        soft_max=2.0,
        max=100.0,
        precision=2,
    )
    text: StringProperty(name="Text", description="Style in words")
    style: StringProperty(name="Style", description="Name of a saved style", search=_saved_names, search_options=set())
    action: PointerProperty(
        name="Action", description="Action to take the style from; empty: the active one", type=bpy.types.Action
    )
    take: StringProperty(
        name="Take", description="Name of a take of the character", search=_take_names, search_options=set()
    )
    path: StringProperty(
        name="File",
        description="File to take the style from",
        subtype="FILE_PATH",
        options=blender_versions.RELATIVE_PATH,
    )
    start_s: FloatProperty(
        name="Start", description="Where the excerpt begins", min=0.0, subtype="TIME_ABSOLUTE", unit="TIME_ABSOLUTE"
    )
    duration_s: FloatProperty(
        name="Duration",
        description="Length of the excerpt, 2 to 30 s; 0: to the end, and the middle 30 s of what is longer",
        min=0.0,
        subtype="TIME_ABSOLUTE",
        unit="TIME_ABSOLUTE",
    )

    @property
    def label(self) -> str:
        """What the part is, in short."""
        value = getattr(self, KINDS[self.kind])
        if self.kind == "ACTION":
            return value.name if value else "Active Action"
        return bpy.path.basename(value) if self.kind == "FILE" else value


class MIEN_PG_styles(bpy.types.PropertyGroup):
    """What is mixed with the style text, and the style timeline; saved with the scene."""

    parts: CollectionProperty(type=MIEN_PG_style_part)
    active_part: IntProperty(name="Active Part", options={"HIDDEN"})
    text_weight: FloatProperty(
        name="Text Weight",
        description="How much the style text counts beside the parts",
        default=1.0,
        min=0.0,
        soft_max=2.0,
        max=100.0,
    )
    use_markers: BoolProperty(
        name="Style Markers",
        description=(
            "Change the style at the scene's markers: a marker's name is a style, in words or by the name of a saved "
            "one. Where one begins with 'style:', only such markers count"
        ),
    )
    fade_s: FloatProperty(
        name="Cross-Fade",
        description="Time in which one style becomes the next",
        default=0.5,
        min=0.0,
        soft_max=3.0,
        max=MAX_FADE_S,
        subtype="TIME_ABSOLUTE",
        unit="TIME_ABSOLUTE",
    )


def styles_of(scene: bpy.types.Scene) -> Any:
    """Return the mix and the timeline of a scene."""
    return cast(Any, scene).mien_styles


_CLASSES = (MIEN_PG_style_part, MIEN_PG_styles)


def register() -> None:
    """Add the groups to Blender's data."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    cast(Any, bpy.types.Scene).mien_styles = PointerProperty(type=MIEN_PG_styles)


def unregister() -> None:
    """Undo register."""
    del cast(Any, bpy.types.Scene).mien_styles
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
