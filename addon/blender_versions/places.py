"""Where the animation of a data-block lies: in an action, and from Blender 4.4 on in a slot of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from ..blender_types import Animated

SLOTTED_ACTIONS = bpy.app.version >= (4, 4, 0)
"""From 4.4 on one action animates several data-blocks, each through a slot of its own."""

MARK = "mien"
"""Custom property of the actions that Mien made; before 4.4 it holds the name of the data-block that it animates."""

Place = tuple[Any, Any]
"""An action, and the slot in it that animates a data-block; before 4.4 the slot is None."""


def active_place(owner: Animated) -> Place | None:
    """Return the active action of a data-block and its slot; None without."""
    data: Any = owner.animation_data
    if data is None or data.action is None or (SLOTTED_ACTIONS and data.action_slot is None):
        return None
    return data.action, getattr(data, "action_slot", None)


def places_in(actions: Iterable[Any], owners: Iterable[Animated]) -> dict[Animated, Place]:
    """Find where actions animate the data-blocks: where they are used, or else by the data-block's name."""
    found: dict[Animated, Place] = {}
    listed = list(actions)
    for owner in owners:
        for action in listed:
            slot = _slot_for(action, owner)
            if slot is not None or (not SLOTTED_ACTIONS and _animates(action, owner)):
                found[owner] = action, slot
                break
    return found


def _slot_for(action: Any, owner: Animated) -> Any:
    if not SLOTTED_ACTIONS:
        return None
    active = active_place(owner)
    if active and active[0] == action:
        return active[1]
    return next((s for s in action.slots if s.target_id_type == owner.id_type and s.name_display == owner.name), None)


def _animates(action: Any, owner: Animated) -> bool:
    data: Any = owner.animation_data
    used = [data.action, *(strip.action for track in data.nla_tracks for strip in track.strips)] if data else []
    return action in used or (action.id_root == owner.id_type and action.get(MARK) == owner.name)


def _ensure_bag(action: Any, slot: Any) -> Any:
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def place_curves(place: Place) -> Any:
    """Return the collection of F-curves of an action for one slot, made where it is missing."""
    action, slot = place
    return action.fcurves if slot is None else _ensure_bag(action, slot).fcurves


def copy_curve(curves: Any, source: Any, path: str) -> bool:
    """Copy an F-curve to another path; False where this Blender cannot (before 5.0)."""
    if not hasattr(curves, "new_from_fcurve"):
        return False
    curves.new_from_fcurve(source, data_path=path)
    return True


def set_strip_slot(strip: Any, slot: Any) -> None:
    """Say which slot of its action an NLA strip plays."""
    if slot is not None:
        strip.action_slot = slot


def rest_value(owner: Animated) -> float:
    """Value that the NLA starts from for a shape key, before any strip: 1 from Blender 5.0 on, 0 before; others: 0."""
    if not isinstance(owner, bpy.types.Key):
        return 0.0
    described: Any = bpy.types.ShapeKey.bl_rna
    return described.properties["value"].default


class Assignment:
    """What animates a data-block now, to be put back if something goes wrong."""

    def __init__(self, owner: Animated) -> None:
        self.owner = owner
        data: Any = owner.animation_data
        self.had_data = data is not None
        self.action = data.action if data else None
        self.slot = getattr(data, "action_slot", None) if data else None

    def keep(self) -> None:
        """Give the action a fake user, so that it survives being replaced."""
        if self.action:
            self.action.use_fake_user = True

    def restore(self) -> None:
        """Assign it again."""
        data: Any = self.owner.animation_data
        if data is None:
            return
        data.action = self.action
        if self.slot is not None:
            data.action_slot = self.slot
        if not self.had_data:
            self.owner.animation_data_clear()


def action_curves(owner: Animated) -> list[bpy.types.FCurve]:
    """List the F-curves that the active action holds for a data-block."""
    data: Any = owner.animation_data
    if data is None or data.action is None:
        return []
    if not SLOTTED_ACTIONS:
        return list(data.action.fcurves)
    bags = [strip.channelbag(data.action_slot) for layer in data.action.layers for strip in layer.strips]
    return [curve for bag in bags if bag for curve in bag.fcurves]


def place(action: bpy.types.Action, slot_handle: int) -> Place:
    """Find a slot by its handle (0 before 4.4); raises RuntimeError where it is gone."""
    return action, _slot(action, slot_handle)


def assign_place(owner: Animated, place: Place) -> None:
    """Make an action and a slot in it the active animation of a data-block."""
    data: Any = owner.animation_data or owner.animation_data_create()
    data.action, slot = place
    if slot is not None:
        data.action_slot = slot


def holds(action: bpy.types.Action, slot_handle: int) -> bool:
    """Tell whether an action still has the slot."""
    return not SLOTTED_ACTIONS or any(slot.handle == slot_handle for slot in action.slots)  # type: ignore[attr-defined]


def curves_in(action: Any, slot_handle: int) -> list[bpy.types.FCurve]:
    """List the F-curves of one slot of an action."""
    if not SLOTTED_ACTIONS:
        return list(action.fcurves)
    slot = _slot(action, slot_handle)
    bags = [strip.channelbag(slot) for layer in action.layers for strip in layer.strips]
    return [curve for bag in bags if bag for curve in bag.fcurves]


def _slot(action: Any, slot_handle: int) -> Any:
    if not SLOTTED_ACTIONS:
        return None
    slot = next((slot for slot in action.slots if slot.handle == slot_handle), None)
    if slot is None:
        raise RuntimeError(f"The action '{action.name}' has lost a slot.")
    return slot


def curves_for(action: Any, owner: Animated) -> list[bpy.types.FCurve]:
    """List the F-curves of any action that are for a data-block: of its own slot, or of the only one that fits.

    Before 4.4 an action has no slots and is for one kind of data-block.
    """
    if not SLOTTED_ACTIONS:
        return list(action.fcurves) if action.id_root in (owner.id_type, "UNSPECIFIED") else []
    fitting = [slot for slot in action.slots if slot.target_id_type in (owner.id_type, "UNSPECIFIED")]
    named = [slot for slot in fitting if slot.name_display == owner.name] or (fitting if len(fitting) == 1 else [])
    return [curve for slot in named for curve in curves_in(action, slot.handle)]
