"""What the user sets for a take, and what the panel shows while one is made."""

from __future__ import annotations

from typing import Any, cast

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import blender_versions
from .blender_types import Context


def _may_be_character(_settings: bpy.types.PropertyGroup, candidate: Any) -> bool:
    return candidate.type in {"MESH", "ARMATURE", "EMPTY"}


def _suggested_styles(_settings: bpy.types.PropertyGroup, _context: Context, typed: str) -> list[str]:
    from .styles import suggestions  # it reads files, which is for when somebody types

    return suggestions.of(typed)


def _amount(name: str, description: str) -> Any:
    return FloatProperty(name=name, description=description, default=1.0, min=0.0, max=2.0, subtype="FACTOR")


class MIEN_PG_settings(bpy.types.PropertyGroup):
    """The next take: whom, which sound, how; saved with the scene."""

    character: PointerProperty(
        name="Character",
        description="Face mesh or armature to animate; empty: the active object",
        type=bpy.types.Object,
        poll=_may_be_character,
    )
    source: EnumProperty(
        name="Sound",
        items=[
            ("FILE", "File", "A sound or film on disk"),
            ("STRIP", "Strip", "A sound strip of the sequencer, as far as it is trimmed"),
        ],
    )
    sound_path: StringProperty(
        name="Sound File",
        description="Speech to perform",
        subtype="FILE_PATH",
        options=blender_versions.RELATIVE_PATH,
    )
    strip: StringProperty(name="Strip", description="Sound strip to perform; keys start at its left handle")
    style: StringProperty(
        name="Style",
        description="How it is said, in a few words: whom, what mood, what the head does",
        search=_suggested_styles,
        search_options={"SUGGESTION"},
    )
    strength: _amount("Strength", "How much of the style: 0 is neutral, 1 as written")
    head_motion: _amount("Head Motion", "Scale of the head's rotation; 0 keeps it at rest")
    lips: _amount(
        "Lips", "How strongly the sound rules the lips: more is clearer speech, less leaves them to the style"
    )
    upper: _amount("Upper Face", "Amount of brows, lids, cheeks and nose; 0 keeps them at rest")
    gaze: _amount("Gaze", "Amount of what the eyes do; 0 lets them look ahead")
    blinks: _amount("Blinks", "How far blinks shut the eyes; 0 leaves them out")
    seed: IntProperty(name="Seed", description="Another seed is another take", default=0, min=0, max=2**31 - 1)
    start_frame: IntProperty(name="Start Frame", description="Scene frame of the sound's first moment", default=1)


class MIEN_PG_progress(bpy.types.PropertyGroup):
    """How the take that is being made comes along, and what was said last; not part of undo."""

    running: BoolProperty(options={"SKIP_SAVE"})
    fraction: FloatProperty(options={"SKIP_SAVE"}, min=0.0, max=1.0)
    phase: StringProperty(options={"SKIP_SAVE"})
    left_s: FloatProperty(options={"SKIP_SAVE"}, default=-1.0)
    message: StringProperty(options={"SKIP_SAVE"})
    failed: BoolProperty(options={"SKIP_SAVE"})


def settings_of(scene: bpy.types.Scene) -> Any:
    """Return the settings of a scene."""
    return cast(Any, scene).mien


def progress_of(context: Context) -> Any:
    """Return the progress shown in this Blender."""
    return cast(Any, context.window_manager).mien


_CLASSES = (MIEN_PG_settings, MIEN_PG_progress)


def register() -> None:
    """Add both groups to Blender's data."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    cast(Any, bpy.types.Scene).mien = PointerProperty(type=MIEN_PG_settings)
    cast(Any, bpy.types.WindowManager).mien = PointerProperty(type=MIEN_PG_progress)


def unregister() -> None:
    """Undo register."""
    del cast(Any, bpy.types.WindowManager).mien
    del cast(Any, bpy.types.Scene).mien
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
