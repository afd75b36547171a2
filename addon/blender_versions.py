"""Everything that differs between the Blender versions that Mien runs on, and nothing else."""

from __future__ import annotations

from typing import Any

import bpy

from .blender_types import Animated, Context

SLOTTED_ACTIONS = bpy.app.version >= (4, 4, 0)
"""From 4.4 on one action animates several data-blocks, each through a slot of its own."""

RELATIVE_PATH: set[Any] = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
"""Options of a path property that may begin with //; earlier versions allow that everywhere."""


class TakeAction:
    """A new animation for several data-blocks: one slotted action, or before 4.4 one action each, of one name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.actions: list[bpy.types.Action] = []
        self._slots: dict[Animated, Any] = {}

    def curves_of(self, owner: Animated) -> Any:
        """Make room for one data-block's animation and return its collection of F-curves; nothing is assigned yet."""
        if not SLOTTED_ACTIONS:
            action: Any = bpy.data.actions.new(self.name)
            action.id_root = owner.id_type
            self.actions.append(action)
            self._slots[owner] = action
            return action.fcurves
        action = self.actions[0] if self.actions else bpy.data.actions.new(self.name)
        if not self.actions:
            self.actions.append(action)
            action.layers.new("Layer").strips.new(type="KEYFRAME")
        slot = action.slots.new(owner.id_type, owner.name)
        self._slots[owner] = slot
        return action.layers[0].strips[0].channelbag(slot, ensure=True).fcurves

    def assign(self, owner: Animated) -> None:
        """Make this the active animation of a data-block that curves_of was called for."""
        data: Any = owner.animation_data or owner.animation_data_create()
        if not SLOTTED_ACTIONS:
            data.action = self._slots[owner]
            return
        data.action = self.actions[0]
        data.action_slot = self._slots[owner]

    def place_of(self, owner: Animated) -> tuple[bpy.types.Action, int]:
        """Tell where a data-block's animation lies: the action, and the handle of its slot (0 before 4.4)."""
        return (self.actions[0], self._slots[owner].handle) if SLOTTED_ACTIONS else (self._slots[owner], 0)

    def remove(self) -> None:
        """Delete the actions again."""
        for action in self.actions:
            bpy.data.actions.remove(action)


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


def assign(owner: Animated, action: bpy.types.Action, slot_handle: int) -> None:
    """Let an action animate a data-block through a slot; raises RuntimeError where the slot is gone or does not fit."""
    slot = _slot(action, slot_handle)
    data: Any = owner.animation_data or owner.animation_data_create()
    data.action = action
    if SLOTTED_ACTIONS:
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
