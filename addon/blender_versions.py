"""Everything that differs between the Blender versions that Mien runs on, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from .blender_types import Animated, Context

SLOTTED_ACTIONS = bpy.app.version >= (4, 4, 0)
"""From 4.4 on one action animates several data-blocks, each through a slot of its own."""

RELATIVE_PATH: set[Any] = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
"""Options of a path property that may begin with //; earlier versions allow that everywhere."""

MARK = "mien"
"""Custom property of the actions that Mien made; before 4.4 it holds the name of the data-block that it animates."""


Place = tuple[Any, Any]
"""An action, and the slot in it that animates a data-block; before 4.4 the slot is None."""


class TakeAction:
    """Animation for several data-blocks: one slotted action, or before 4.4 one action each, of one name.

    What lies in `existing` places already is written anew in a copy, which takes the original's place at `finish`;
    until then nothing has happened. Data-blocks without a place get one in `home`, or else in a new action.
    """

    def __init__(self, name: str, existing: dict[Animated, Place] | None = None, home: Any = None) -> None:
        self.name = name
        self.actions: list[bpy.types.Action] = []
        self._existing = existing or {}
        self._home = home
        self._copies: dict[Any, Any] = {}
        self._places: dict[Animated, Place] = {}

    def curves_of(self, owner: Animated) -> Any:
        """Make room for one data-block's animation and return its collection of F-curves; nothing is assigned yet."""
        action, slot = self._places[owner] = self._place_of(owner)
        return action.fcurves if slot is None else _ensure_bag(action, slot).fcurves

    def slot_of(self, owner: Animated) -> Place:
        """Return action and slot of a data-block that curves_of was called for."""
        return self._places[owner]

    def originals(self) -> list[Any]:
        """List the actions that `finish` replaces."""
        return list(self._copies)

    def finish(self) -> None:
        """Let copies take the place of what they were made from, everywhere in the file."""
        for old, copy in self._copies.items():
            name = old.name
            if old.library is None:
                old.user_remap(copy)
                bpy.data.actions.remove(old)
            copy.name = name
        self._copies.clear()

    def place_of(self, owner: Animated) -> tuple[bpy.types.Action, int]:
        """Tell where a data-block's animation lies: the action, and the handle of its slot (0 before 4.4)."""
        action, slot = self._places[owner]
        return action, slot.handle if slot else 0

    def remove(self) -> None:
        """Delete the actions again; those that they were copied from are as they were."""
        for action in self.actions:
            bpy.data.actions.remove(action)

    def _place_of(self, owner: Animated) -> Place:
        if owner in self._existing:
            action, slot = self._existing[owner]
            copy = self._copied(action)
            return copy, slot and next(s for s in copy.slots if s.handle == slot.handle)
        if not SLOTTED_ACTIONS:
            made: Any = self._new()
            made.id_root = owner.id_type
            made[MARK] = owner.name
            return made, None
        action = self._shared()
        return action, action.slots.new(owner.id_type, owner.name)

    def _shared(self) -> Any:
        """Return the action for all data-blocks without a place of their own."""
        if self._home is not None:
            return self._copied(self._home)
        fresh = [action for action in self.actions if action not in self._copies.values()]
        return fresh[0] if fresh else self._new()

    def _copied(self, action: Any) -> Any:
        if action not in self._copies:
            self._copies[action] = action.copy()
            self._copies[action].use_fake_user = action.use_fake_user
            self.actions.append(self._copies[action])
        return self._copies[action]

    def _new(self) -> Any:
        made: Any = bpy.data.actions.new(self.name)
        made[MARK] = ""
        self.actions.append(made)
        return made


def remove_unused(actions: Iterable[Any]) -> None:
    """Delete the actions that nothing uses."""
    for action in list(actions):
        if action.users == int(action.use_fake_user):
            bpy.data.actions.remove(action)


def is_take(action: Any) -> bool:
    """Tell whether Mien made an action."""
    return action is not None and MARK in action


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


def strips(scene: bpy.types.Scene) -> list[Any]:
    """List all sequencer strips of a scene, those inside meta strips included."""
    editor: Any = scene.sequence_editor
    if editor is None:
        return []
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def strip_collection_name(scene: bpy.types.Scene) -> str:
    """Name the property of the sequence editor that holds its strips, for a search field."""
    return "strips" if hasattr(scene.sequence_editor, "strips") else "sequences"


def strip_handles(strip: Any) -> tuple[float, float]:
    """Frames of a strip's left and right handle."""
    if bpy.app.version >= (5, 1, 0) and hasattr(strip, "left_handle"):
        return strip.left_handle, strip.right_handle
    return strip.frame_final_start, strip.frame_final_end


def strip_content_start(strip: Any) -> float:
    """Return the frame at which the strip's sound itself begins, under the left handle or before it."""
    if bpy.app.version >= (5, 1, 0) and hasattr(strip, "content_start"):
        return strip.content_start
    return strip.frame_start


def is_retimed(strip: Any) -> bool:
    """Tell whether the strip plays its sound at another speed than recorded."""
    return len(getattr(strip, "retiming_keys", ())) > 2 or getattr(strip, "speed_factor", 1.0) != 1.0


def sequencer_scene(context: Context) -> bpy.types.Scene:
    """Return the scene whose sequencer the user sees: from 5.0 on it need not be the active one."""
    return getattr(context, "sequencer_scene", None) or context.scene


def sound_start(strip: Any) -> float:
    """Return the frame at which the first sample of a strip's sound file would be heard."""
    scene_fps = bpy.context.scene.render.fps / bpy.context.scene.render.fps_base
    return strip_content_start(strip) - strip.animation_offset_start + getattr(strip, "sound_offset", 0.0) * scene_fps


def new_sound(editor: Any, name: str, path: str, channel: int, frame: int) -> Any:
    """Add a sound strip; raises RuntimeError where this Blender cannot."""
    strips_of = editor.strips if hasattr(editor, "strips") else editor.sequences
    return strips_of.new_sound(name, path, channel, frame)


def trim(strip: Any, first: int, last: int) -> None:
    """Let a strip play only what lies between two frames; its sound stays where it is."""
    if bpy.app.version >= (5, 1, 0) and hasattr(strip, "left_handle"):
        strip.left_handle, strip.right_handle = max(first, int(strip.left_handle)), min(last, int(strip.right_handle))
        return
    strip.frame_final_start = max(first, strip.frame_final_start)
    strip.frame_final_end = min(last, strip.frame_final_end)
