"""What the user sets about heads: for a character its limits, for a scene the next gesture."""

from __future__ import annotations

import math
from typing import Any, cast

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty

from ...rigs.neck import NECK_SHARE
from ..blender_types import Context
from ..shaping import live


def _changed(group: Any, _context: Context) -> None:
    """Let all takes of the character be keyed anew: the one that plays now, the others when they are played."""
    for item in getattr(group.id_data, "mien_takes", ()):
        item.keyed_as = ""
        if item.playing:
            live.changed(item.shaping)


def _limit(name: str, degrees: float, description: str) -> Any:
    return FloatProperty(
        name=name,
        description=description,
        default=math.radians(degrees),
        min=math.radians(1.0),
        max=math.radians(120.0),
        subtype="ANGLE",
        update=_changed,
    )


class MIEN_PG_head(bpy.types.PropertyGroup):
    """How the head of an armature turns."""

    neck_share: FloatProperty(
        name="Neck Share",
        description="Part of the head's rotation that the neck bones carry; the head bone carries the rest",
        default=NECK_SHARE,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        update=_changed,
    )
    use_limits: BoolProperty(
        name="Limits", description="Hold the head's rotation within limits, softly", default=False, update=_changed
    )
    up: _limit("Up", 50.0, "Farthest that the head looks up")
    down: _limit("Down", 40.0, "Farthest that the chin drops")
    aside: _limit("Aside", 47.0, "Farthest that the head turns to either side")
    tilt: _limit("Tilt", 30.0, "Farthest that the head tips towards either shoulder")


class MIEN_PG_gesture(bpy.types.PropertyGroup):
    """The next gesture."""

    kind: EnumProperty(
        name="Gesture",
        items=[
            ("nod", "Nod", "Down and up again"),
            ("shake", "Shake", "From side to side"),
            ("tilt", "Tilt", "Towards a shoulder and back"),
        ],
    )
    amount: FloatProperty(
        name="Amount",
        description="How far the first swing goes",
        default=math.radians(10.0),
        min=math.radians(0.5),
        max=math.radians(45.0),
        subtype="ANGLE",
    )
    speed_hz: FloatProperty(
        name="Speed",
        description="Swings in a second; a neck's greatest speed is never passed",
        default=1.6,
        min=0.2,
        max=4.0,
    )
    count: IntProperty(name="Count", description="Number of swings", default=2, min=1, max=12)
    flip: BoolProperty(name="Flip", description="Begin upwards, or to the other side")


_CLASSES = (MIEN_PG_head, MIEN_PG_gesture)


def register() -> None:
    """Add both groups to Blender's data."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    cast(Any, bpy.types.Object).mien_head = PointerProperty(type=MIEN_PG_head, override={"LIBRARY_OVERRIDABLE"})
    cast(Any, bpy.types.Scene).mien_gesture = PointerProperty(type=MIEN_PG_gesture)


def unregister() -> None:
    """Undo register."""
    del cast(Any, bpy.types.Scene).mien_gesture
    del cast(Any, bpy.types.Object).mien_head
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
