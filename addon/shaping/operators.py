"""The buttons of shaping: key the take as set, set all back, clear."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import StringProperty

from ...inference_backend.contract import MienError
from .. import chosen, clearing, generation
from ..blender_types import Context
from ..reports import Outcome, attempt
from ..slices import Work
from ..slicing import Sliced
from ..takes.choosing import take_in
from . import choosing, live


class _OnTake(bpy.types.Operator):
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a take."""
        try:
            take_in(context)
        except MienError as error:
            cls.poll_message_set(str(error))
            return False
        return True


class MIEN_OT_key_take(Sliced, _OnTake):
    """Key the take as it is shaped here, in the place that is chosen."""

    bl_idname = "mien.key_take"
    bl_label = "Key Take"

    def work(self, context: Context) -> Work[Any]:
        """Write its keys anew."""
        from ..takes import applying

        return applying.rekeying(context.scene, *take_in(context))

    def tell(self, _context: Context, result: Any) -> None:
        """Count the keys."""
        said = f"{result.keyed.keys:,} keys on {result.character.name}."
        self.report({"INFO"}, " ".join([said, *result.notes]))


class MIEN_OT_shape_take(Sliced, bpy.types.Operator):
    """Let the keys of a take follow its shape."""

    bl_idname = "mien.shape_take"
    bl_label = "Shape Take"
    bl_options = {"UNDO", "INTERNAL"}

    owner: StringProperty()
    path: StringProperty()

    def work(self, context: Context) -> Work[Any]:
        """Write its keys anew."""
        return live.work_at(context, (self.owner, self.path))

    def tell(self, context: Context, result: Any) -> None:
        """Say what the user should know."""
        if self._slices:
            live.took((self.owner, self.path), self._slices.busy_s)
        if result and result.notes:
            generation.show(context, None, " ".join(result.notes))


class MIEN_OT_reset_shaping(_OnTake):
    """Set everything about the take's shape back."""

    bl_idname = "mien.reset_shaping"
    bl_label = "Reset Shape"

    def execute(self, context: Context) -> Outcome:
        """Set it back, and key it once."""
        _, item = take_in(context)
        group: Any = item.shaping
        with live.paused():
            for name in choosing.SHAPE_NAMES:
                group.property_unset(name)
        live.changed(group)
        return {"FINISHED"}


class MIEN_OT_clear(bpy.types.Operator):
    """Remove what Mien keyed on the character, and nothing else; its takes stay in the list."""

    bl_idname = "mien.clear"
    bl_label = "Clear"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a character."""
        return chosen.is_there(cls, context)

    def execute(self, context: Context) -> Outcome:
        """Remove it."""

        def clear() -> None:
            character = chosen.character(context)
            count = clearing.clear(character)
            choosing.stop_playing(character)
            context.scene.frame_set(context.scene.frame_current, subframe=context.scene.frame_subframe)
            self.report({"INFO"}, f"{count} curves were cleared." if count else "There was nothing of Mien's to clear.")

        return {"FINISHED"} if attempt(self, clear) else {"CANCELLED"}


_CLASSES = (MIEN_OT_key_take, MIEN_OT_shape_take, MIEN_OT_reset_shaping, MIEN_OT_clear)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
