"""The buttons beside the list of takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ...inference_backend.contract import MAX_VARIATIONS, MienError
from .. import generation
from ..blender_types import Context
from ..operators import Waiting
from ..properties import progress_of
from ..reports import Outcome, attempt
from ..slices import Work
from ..slicing import Sliced
from . import applying, choosing, copying, remaking, removing, soloing, storage

UNDOABLE: set[Any] = {"REGISTER", "UNDO"}


def _reason(look: Callable[[Context], Any], context: Context) -> str:
    try:
        look(context)
    except MienError as error:
        return str(error)
    return ""


class OnTake:
    """An operator on the selected take: says in its poll where there is none."""

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a take."""
        reason = _reason(choosing.take_in, context)
        if reason:
            cls.poll_message_set(reason)  # type: ignore[attr-defined]
        return not reason

    def execute(self, context: Context) -> Outcome:
        """Do it, or say why not."""
        done = attempt(cast(Any, self), lambda: self.act(context, *choosing.take_in(context)))
        return {"FINISHED"} if done else {"CANCELLED"}

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Do what the button says."""
        raise NotImplementedError


class SlicedOnTake(Sliced, OnTake):
    """One that works in slices."""

    def tell(self, _context: Context, result: applying.Applied) -> None:
        """Report what the user should know."""
        if result.notes:
            cast(Any, self).report({"WARNING"}, " ".join(result.notes))


class MIEN_OT_switch_take(SlicedOnTake, bpy.types.Operator):
    """Let the character play the selected take, with all edits made to its keys."""

    bl_idname = "mien.switch_take"
    bl_label = "Play Take"
    bl_options = UNDOABLE

    def work(self, context: Context) -> Work[applying.Applied]:
        """Assign its actions."""
        return applying.playing(context.scene, *choosing.take_in(context))


class MIEN_OT_play_take(Sliced, bpy.types.Operator):
    """Let a character play a take that was clicked in the list; what goes wrong is said in the panel."""

    bl_idname = "mien.play_take"
    bl_label = "Play Take"
    bl_options = {"UNDO", "INTERNAL"}

    owner: StringProperty()
    uid: StringProperty()

    def work(self, context: Context) -> Work[applying.Applied]:
        """Assign its actions."""
        owner = next(each for each in bpy.data.objects if each.name_full == self.owner)
        return applying.playing(context.scene, owner, storage.at(owner, self.uid))

    def tell(self, context: Context, result: applying.Applied) -> None:
        """Say what the user should know."""
        if result.notes or progress_of(context).failed:
            generation.show(context, None, " ".join(result.notes))


class MIEN_OT_reset_take(SlicedOnTake, bpy.types.Operator):
    """Write the keys of the selected take anew, as generated and shaped; keys edited by hand are kept in the file."""

    bl_idname = "mien.reset_take"
    bl_label = "Reset Keys"
    bl_options = UNDOABLE

    def work(self, context: Context) -> Work[applying.Applied]:
        """Key it anew."""
        return applying.rekeying(context.scene, *choosing.take_in(context))


class MIEN_OT_toggle_take(Sliced, bpy.types.Operator):
    """Swap the take that plays with the one before, to compare them; the key for it is in Mien's preferences."""

    bl_idname = "mien.toggle_take"
    bl_label = "A/B Takes"
    bl_options = UNDOABLE

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for two takes."""
        reason = _reason(choosing.other_in, context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def work(self, context: Context) -> Work[applying.Applied]:
        """Swap them."""
        return applying.playing(context.scene, *choosing.other_in(context))

    def tell(self, context: Context, result: applying.Applied) -> None:
        """Name the one that plays now."""
        item = storage.playing(storage.owner_of(result.character))
        said = [f"Playing '{item.name}'."] if item else []
        self.report({"WARNING"} if result.notes else {"INFO"}, " ".join([*said, *result.notes]))


class MIEN_OT_solo_take(OnTake, bpy.types.Operator):
    """Play only the selected take: strips of other takes in the NLA are muted; again to undo that."""

    bl_idname = "mien.solo_take"
    bl_label = "Solo Take"
    bl_options = UNDOABLE

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Solo it, or end that."""
        (soloing.unsolo(context, owner) if item.solo else soloing.solo(context, owner, item))


class MIEN_OT_duplicate_take(OnTake, bpy.types.Operator):
    """Copy the selected take with its shape, and with its keys as they are now."""

    bl_idname = "mien.duplicate_take"
    bl_label = "Duplicate Take"
    bl_options = UNDOABLE

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Copy it and let the copy play."""
        copy = copying.duplicate(owner, item)
        applying.apply(context.scene, owner, copy)


class MIEN_OT_delete_take(OnTake, bpy.types.Operator):
    """Delete the selected take and its keys; pinned takes are kept."""

    bl_idname = "mien.delete_take"
    bl_label = "Delete Take"
    bl_options = UNDOABLE

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a take that is not pinned."""
        reason = _reason(lambda c: removing.check(choosing.take_in(c)[1]), context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Delete it."""
        removing.delete(context, owner, item)


class MIEN_OT_choose_take(OnTake, bpy.types.Operator):
    """Keep the selected take and delete the other variations made together with it, but for pinned ones."""

    bl_idname = "mien.choose_take"
    bl_label = "Keep Only This Variation"
    bl_options = UNDOABLE

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Delete the others."""
        count = removing.keep_only(context, owner, item)
        self.report({"INFO"}, f"{count} variations were deleted.")


class MIEN_OT_move_take(OnTake, bpy.types.Operator):
    """Move the selected take in the list."""

    bl_idname = "mien.move_take"
    bl_label = "Move Take"
    bl_options = UNDOABLE

    direction: EnumProperty(
        name="Direction", items=[("UP", "Up", "Towards the top"), ("DOWN", "Down", "Towards the bottom")]
    )

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Move it by one place, where there is one."""
        place = owner.mien_take_index
        wanted = place + (-1 if self.direction == "UP" else 1)
        if 0 <= wanted < len(owner.mien_takes):
            owner.mien_takes.move(place, wanted)
            owner.mien_take_index = wanted


class MIEN_OT_rate_take(OnTake, bpy.types.Operator):
    """Rate the selected take; the same again takes the rating away."""

    bl_idname = "mien.rate_take"
    bl_label = "Rate Take"
    bl_options = UNDOABLE

    stars: IntProperty(name="Stars", min=0, max=5, default=5)

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Set its stars."""
        item.rating = 0 if item.rating == self.stars else self.stars


class MIEN_OT_pin_take(OnTake, bpy.types.Operator):
    """Keep the selected take from being deleted, or let go of it."""

    bl_idname = "mien.pin_take"
    bl_label = "Pin Take"
    bl_options = UNDOABLE

    def act(self, context: Context, owner: storage.Owner, item: storage.StoredTake) -> None:
        """Pin or unpin it."""
        item.pinned = not item.pinned


class MIEN_OT_regenerate_take(Waiting, bpy.types.Operator):
    """Make the selected take again with a new seed: same sound, style and shape."""

    bl_idname = "mien.regenerate_take"
    bl_label = "Regenerate with a New Seed"
    bl_options = {"REGISTER"}  # no undo step of its own: only apply_take changes anything

    variations: IntProperty(
        name="Variations",
        description="Takes to make at once, each with a seed of its own",
        default=1,
        min=1,
        max=MAX_VARIATIONS,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a take, its sound, and an idle backend."""
        reason = _reason(lambda c: remaking.check(*choosing.take_in(c)), context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def order(self, context: Context) -> generation.Order:
        """Read it from the take."""
        return remaking.order(context, *choosing.take_in(context), self.variations)


_CLASSES = (
    MIEN_OT_switch_take,
    MIEN_OT_play_take,
    MIEN_OT_reset_take,
    MIEN_OT_toggle_take,
    MIEN_OT_solo_take,
    MIEN_OT_duplicate_take,
    MIEN_OT_delete_take,
    MIEN_OT_choose_take,
    MIEN_OT_move_take,
    MIEN_OT_rate_take,
    MIEN_OT_pin_take,
    MIEN_OT_regenerate_take,
)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
