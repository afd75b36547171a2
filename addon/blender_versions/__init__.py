"""Everything that differs between the Blender versions that Mien runs on, and nothing else."""

from __future__ import annotations

from typing import Any

import bpy

from .places import (
    MARK,
    SLOTTED_ACTIONS,
    Assignment,
    Place,
    action_curves,
    active_place,
    assign_place,
    copy_curve,
    curves_for,
    curves_in,
    holds,
    place,
    place_curves,
    places_in,
    rest_value,
    set_strip_slot,
)
from .sequencer import (
    is_retimed,
    new_sound,
    sequencer_scene,
    sound_start,
    strip_collection_name,
    strip_content_start,
    strip_handles,
    strips,
    trim,
)
from .take_action import UNFINISHED, TakeAction, is_take, remove_unfinished, remove_unused

RELATIVE_PATH: set[Any] = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
"""Options of a path property that may begin with //; earlier versions allow that everywhere."""

__all__ = [
    "MARK",
    "RELATIVE_PATH",
    "SLOTTED_ACTIONS",
    "UNFINISHED",
    "Assignment",
    "Place",
    "TakeAction",
    "action_curves",
    "active_place",
    "assign_place",
    "copy_curve",
    "curves_for",
    "curves_in",
    "holds",
    "is_retimed",
    "is_take",
    "new_sound",
    "place",
    "place_curves",
    "places_in",
    "remove_unfinished",
    "remove_unused",
    "rest_value",
    "sequencer_scene",
    "set_strip_slot",
    "sound_start",
    "strip_collection_name",
    "strip_content_start",
    "strip_handles",
    "strips",
    "trim",
]
