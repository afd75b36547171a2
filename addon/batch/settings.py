"""What the user sets for a batch, its lines, and how it comes along."""

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

from .. import blender_versions
from ..blender_types import Context
from .sequencer import DEFAULT_PATTERN


def _may_be_character(_speaker: bpy.types.PropertyGroup, candidate: Any) -> bool:
    return candidate.type in {"MESH", "ARMATURE", "EMPTY"}


class MIEN_PG_speaker(bpy.types.PropertyGroup):
    """A name in the strips, and the character that it means."""

    character: PointerProperty(
        name="Character",
        description="Who speaks the strips of this name; empty: leave them out",
        type=bpy.types.Object,
        poll=_may_be_character,
    )
    style: StringProperty(name="Style", description="Style of this speaker's lines that name none themselves")
    lines: IntProperty()


class MIEN_PG_batch_line(bpy.types.PropertyGroup):
    """A line of the batch; its name is the strip's or the table's."""

    use: BoolProperty(name="Perform", description="Perform this line with the batch", default=True)
    speaker: StringProperty(name="Speaker")
    style: StringProperty(name="Style", description="Style of this line; empty: the speaker's")
    state: StringProperty()
    message: StringProperty()
    entry: StringProperty()  # JSON of its last result, to leave it out when it is done


class MIEN_PG_batch(bpy.types.PropertyGroup):
    """The batch of a scene."""

    source: EnumProperty(
        name="Lines",
        items=[
            ("STRIPS", "Strips", "Sound strips of the sequencer; their names say who speaks"),
            ("TABLE", "Table", "A CSV file with a row for each line"),
        ],
    )
    table_path: StringProperty(
        name="Table",
        description="CSV file: columns sound, character, style, cues, seed, start_frame, range, output, …",
        subtype="FILE_PATH",
        options=blender_versions.RELATIVE_PATH,
    )
    pattern: StringProperty(
        name="Names",
        description=(
            "How strips are named: {character} and {style} stand for themselves, * for anything; "
            "for example '{character} ({style}) *'"
        ),
        default=DEFAULT_PATTERN,
    )
    speakers: CollectionProperty(type=MIEN_PG_speaker)
    speaker_index: IntProperty(options={"SKIP_SAVE"})
    lines: CollectionProperty(type=MIEN_PG_batch_line)
    line_index: IntProperty(options={"SKIP_SAVE"})
    place: EnumProperty(
        name="Takes",
        items=[
            ("STRIPS", "NLA Strips", "Each line plays in a strip of its own, so that all are heard and seen"),
            ("ACTIVE", "Last One Plays", "All are in the character's list of takes, and the last one plays"),
            ("LIST", "List Only", "All are in the character's list of takes, and nothing is keyed yet"),
        ],
    )
    seed: IntProperty(name="Seed", description="Another seed is another batch of takes", min=0, max=2**31 - 1)
    use_markers: BoolProperty(
        name="Style Markers",
        description="Change the style at the scene's markers, as in Style Timeline, in lines that have no cues",
    )
    forms: EnumProperty(
        name="Files",
        description="Files to write for each line into the export folder; none, one or several",
        items=[
            ("unreal", "Unreal", "FBX for Unreal"),
            ("unity", "Unity", "FBX for Unity"),
            ("godot", "glTF", "Binary glTF for Godot and others"),
            ("csv", "CSV", "Live Link Face CSV"),
            ("json", "JSON", "Audio2Face JSON"),
        ],
        options={"ENUM_FLAG"},
    )
    only_new: BoolProperty(
        name="Skip Finished",
        description="Perform only lines that are new, changed, failed, or whose take was deleted",
        default=True,
    )


class MIEN_PG_batch_progress(bpy.types.PropertyGroup):
    """How a batch comes along; not part of undo."""

    running: BoolProperty(options={"SKIP_SAVE"})
    fraction: FloatProperty(options={"SKIP_SAVE"}, min=0.0, max=1.0)
    text: StringProperty(options={"SKIP_SAVE"})
    message: StringProperty(options={"SKIP_SAVE"})
    failed: BoolProperty(options={"SKIP_SAVE"})


def batch_of(scene: bpy.types.Scene) -> Any:
    """Return the batch of a scene."""
    return cast(Any, scene).mien_batch


def progress_of(context: Context) -> Any:
    """Return the progress of this Blender's batch."""
    return cast(Any, context.window_manager).mien_batch


_CLASSES = (MIEN_PG_speaker, MIEN_PG_batch_line, MIEN_PG_batch, MIEN_PG_batch_progress)


def register() -> None:
    """Add the groups to Blender's data."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    cast(Any, bpy.types.Scene).mien_batch = PointerProperty(type=MIEN_PG_batch)
    cast(Any, bpy.types.WindowManager).mien_batch = PointerProperty(type=MIEN_PG_batch_progress)


def unregister() -> None:
    """Undo register."""
    del cast(Any, bpy.types.WindowManager).mien_batch
    del cast(Any, bpy.types.Scene).mien_batch
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
