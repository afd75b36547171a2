"""What a stored take is made of; lives on the object that stands for its character."""

from __future__ import annotations

from typing import Any, cast

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..shaping import MIEN_PG_shaping, live
from . import choosing, storage

_OVERRIDABLE: set[Any] = {"LIBRARY_OVERRIDABLE"}
_GROWS_IN_OVERRIDES: set[Any] = {"LIBRARY_OVERRIDABLE", "USE_INSERTION"}


class MIEN_PG_keyed_part(bpy.types.PropertyGroup):
    """The action that holds a take's keys for one data-block of the character."""

    object: PointerProperty(type=bpy.types.Object, override=_OVERRIDABLE)
    kind: StringProperty(override=_OVERRIDABLE)  # OBJECT, KEY or DATA: a pointer to keys would not survive overrides
    action: PointerProperty(type=bpy.types.Action, override=_OVERRIDABLE)
    slot: IntProperty(override=_OVERRIDABLE)


class MIEN_PG_stored_take(bpy.types.PropertyGroup):
    """One performance: what was asked for, what came, and the actions that show it."""

    uid: StringProperty(override=_OVERRIDABLE)
    name: StringProperty(name="Name", override=_OVERRIDABLE, update=storage.on_rename)
    style: StringProperty(name="Style", description="The style that was asked for", override=_OVERRIDABLE)
    sound: StringProperty(name="Sound", description="The sound that was performed", override=_OVERRIDABLE)
    start_frame: FloatProperty(
        name="Start Frame", description="Scene frame of the sound's first moment", override=_OVERRIDABLE
    )
    seed: IntProperty(name="Seed", override=_OVERRIDABLE)
    rating: IntProperty(name="Rating", description="How good it is", min=0, max=5, override=_OVERRIDABLE)
    pinned: BoolProperty(name="Pinned", description="Keep this take from being deleted", override=_OVERRIDABLE)
    fps: FloatProperty(precision=3, override=_OVERRIDABLE)
    frames: IntProperty(override=_OVERRIDABLE)
    request: StringProperty(override=_OVERRIDABLE)  # JSON of all that was asked for, to make it again
    meta: StringProperty(override=_OVERRIDABLE)  # JSON of what the backend said about it
    curves: StringProperty(override=_OVERRIDABLE)  # see curve_text
    playing: BoolProperty(override=_OVERRIDABLE)
    before: BoolProperty(override=_OVERRIDABLE)  # what played before the one that plays
    solo: BoolProperty(override=_OVERRIDABLE)
    muted: StringProperty(override=_OVERRIDABLE)  # JSON of what solo changed, to put it back
    batch: StringProperty(override=_OVERRIDABLE)  # variations made at once share theirs
    parts: CollectionProperty(type=MIEN_PG_keyed_part, override=_GROWS_IN_OVERRIDES)
    shaping: PointerProperty(type=MIEN_PG_shaping, override=_OVERRIDABLE)
    fingerprint: StringProperty(override=_OVERRIDABLE)  # of the keys as Mien wrote them
    keyed_as: StringProperty(override=_OVERRIDABLE)  # the shape and the frame rate that the keys were written with


_CLASSES = (MIEN_PG_keyed_part, MIEN_PG_stored_take)


def register() -> None:
    """Add takes to Blender's objects."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    owner = cast(Any, bpy.types.Object)
    # Not in a group of their own: in Blender 5.0 a group that the library lacks is lost from overrides.
    owner.mien_takes = CollectionProperty(type=MIEN_PG_stored_take, override=_GROWS_IN_OVERRIDES)
    owner.mien_take_index = IntProperty(
        name="Take", description="The take that plays", override=_OVERRIDABLE, update=choosing.on_select
    )
    live.connect(choosing.on_shape)


def unregister() -> None:
    """Undo register."""
    live.connect(None)
    owner = cast(Any, bpy.types.Object)
    del owner.mien_take_index
    del owner.mien_takes
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
