"""The buttons that place gestures of the head and take them away."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty

from ...inference_backend.contract import MienError
from ...rigs.gestures import Gesture
from .. import chosen, sounds
from ..blender_types import Context
from ..reports import Outcome, attempt
from . import gesturing


def gesture_of(group: Any) -> Gesture:
    """Read the next gesture."""
    return Gesture(group.kind, group.amount, group.speed_hz, group.count, -1 if group.flip else 1)


def marked_frames(scene: bpy.types.Scene, kind: str) -> list[float]:
    """Frames of the selected markers, or else of those that are named like the gesture."""
    markers: Any = scene.timeline_markers
    selected = [float(marker.frame) for marker in markers if marker.select]
    return selected or [float(marker.frame) for marker in markers if marker.name.strip().lower().startswith(kind)]


class _OnHead(bpy.types.Operator):
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a character with a head to turn."""
        if not chosen.is_there(cls, context):
            return False
        character = chosen.character(context)
        cls.poll_message_set("The character has no head or neck bone that Mien knows.")
        return bool(character.armature and character.bones.chain)

    def _show(self, context: Context) -> None:
        context.scene.frame_set(context.scene.frame_current, subframe=context.scene.frame_subframe)


class MIEN_OT_add_gesture(_OnHead):
    """Add the gesture to whatever moves the head already, in a strip of its own."""

    bl_idname = "mien.add_gesture"
    bl_label = "Add Gesture"

    where: EnumProperty(
        name="At",
        items=[
            ("CURSOR", "Cursor", "The current frame"),
            ("MARKERS", "Markers", "The selected markers; without, those named like the gesture"),
        ],
    )

    def execute(self, context: Context) -> Outcome:
        """Place it."""

        def add() -> None:
            scene = context.scene
            gesture = gesture_of(scene.mien_gesture)
            frames = [scene.frame_current_final] if self.where == "CURSOR" else marked_frames(scene, gesture.kind)
            if not frames:
                raise MienError(f"Select timeline markers, or name some '{gesture.kind}', and try again.")
            character = chosen.character(context)
            count = gesturing.add(character, gesture, frames, sounds.frame_rate(scene))
            self._show(context)
            self.report({"INFO"}, f"{count} gesture{'s' * (count > 1)} of {gesture.duration_s:.1f} s.")

        return {"FINISHED"} if attempt(self, add) else {"CANCELLED"}


class MIEN_OT_remove_gestures(_OnHead):
    """Remove the gestures at the current frame, or all of them."""

    bl_idname = "mien.remove_gestures"
    bl_label = "Remove Gestures"

    which: EnumProperty(
        name="Which",
        items=[("HERE", "At Cursor", "Those that play at the current frame"), ("ALL", "All", "All of the character's")],
    )

    def execute(self, context: Context) -> Outcome:
        """Remove them."""

        def remove() -> None:
            scene = context.scene
            character = chosen.character(context)
            count = gesturing.remove(character, scene.frame_current_final if self.which == "HERE" else None)
            self._show(context)
            self.report({"INFO"}, f"{count} gestures were removed." if count else "No gesture plays here.")

        return {"FINISHED"} if attempt(self, remove) else {"CANCELLED"}


_CLASSES = (MIEN_OT_add_gesture, MIEN_OT_remove_gestures)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
