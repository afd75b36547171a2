"""The buttons that make a take, cancel it, and apply it."""

from __future__ import annotations

import dataclasses
import time
from typing import Any, cast

import bpy
from bpy.props import FloatProperty, IntProperty, StringProperty

from ..inference_backend.contract import MAX_VARIATIONS, Cancelled, MienError
from . import characters, generation, slices
from .blender_types import Context
from .reports import Outcome, attempt, sentence_of
from .slices import Work
from .slicing import Sliced
from .takes import landing
from .ticking import Ticking


class Waiting(Ticking):
    """What operators have in common that wait for takes: a timer that drains the job, and the end of it."""

    def order(self, context: Context) -> generation.Order:
        """Say what is to be made; raise MienError where that is not known."""
        raise NotImplementedError

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Start, and go on from a timer."""
        if not attempt(cast(Any, self), lambda: generation.begin(self.order(context))):
            return {"CANCELLED"}
        generation.show(context, generation.current)
        return self._start_timer(context)

    def modal(self, context: Context, event: bpy.types.Event) -> Outcome:
        """Drain the job at each tick of the timer."""
        current = generation.current
        if event.type == "ESC" and event.value == "PRESS" and current:
            current.cancel()
            return {"RUNNING_MODAL"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        if current is None:  # ended from elsewhere
            self._remove_timer(context)
            return {"CANCELLED"}
        current.step()
        if current.outcome is None:
            generation.show(context, current)  # without news too: the time that is left goes down
            return {"PASS_THROUGH"}
        self._remove_timer(context)
        outcome = self._end(context, in_slices=True)
        return {"FINISHED"} if outcome == {"RUNNING_MODAL"} else outcome  # another operator goes on with it

    def cancel(self, context: Context) -> None:
        """Leave when Blender opens another file or closes the window."""
        self._remove_timer(context)
        generation.finish(context)

    def execute(self, context: Context) -> Outcome:
        """Do it all at once, waiting; for scripts and background mode."""
        if not attempt(cast(Any, self), lambda: generation.begin(self.order(context))):
            return {"CANCELLED"}
        current = generation.current
        try:
            while current is not None and current.outcome is None:
                time.sleep(0.01)
                current.step()
        except KeyboardInterrupt:
            generation.finish(context)
            raise
        return self._end(context)

    def _end(self, context: Context, *, in_slices: bool = False) -> Outcome:
        """Report a failure, or apply the take in one undo step."""
        current = generation.current
        generation.finish(context)
        if current is None or not isinstance(current.outcome, tuple):
            outcome = current.outcome if current else None
            cast(Any, self).report({"INFO"} if isinstance(outcome, Cancelled) else {"ERROR"}, str(outcome))
            return {"CANCELLED"}
        order = current.order
        try:
            return bpy.ops.mien.apply_take(  # type: ignore[attr-defined]
                "INVOKE_DEFAULT" if in_slices else "EXEC_DEFAULT",
                True,  # its own undo step
                scene=order.scene,
                character=order.character,
                start_frame=order.excerpt.start_frame,
                action_name=order.title,
            )
        except RuntimeError as error:
            sentence = sentence_of(error)
            generation.show(context, None, sentence, failed=True)
            cast(Any, self).report({"ERROR"}, sentence)
            return {"CANCELLED"}


class MIEN_OT_generate(Waiting, bpy.types.Operator):
    """Perform the sound with the style and key the take on the character."""

    bl_idname = "mien.generate"
    bl_label = "Generate"
    bl_options = {"REGISTER"}  # no undo step of its own: only apply_take changes anything

    variations: IntProperty(
        name="Variations",
        description="Takes to make at once, of this seed and those after it",
        default=1,
        min=1,
        max=MAX_VARIATIONS,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Say why not, where not."""
        reason = generation.disabled_reason(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def order(self, context: Context) -> generation.Order:
        """Read it from the settings."""
        return dataclasses.replace(generation.place(context), variations=self.variations)


class MIEN_OT_cancel(bpy.types.Operator):
    """Stop making the take; nothing in the scene changes."""

    bl_idname = "mien.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, _context: Context) -> bool:
        """Ask for something to cancel."""
        cls.poll_message_set("No take is being made.")
        return generation.current is not None or slices.current is not None

    def execute(self, _context: Context) -> Outcome:
        """Close the connection, or stop keying; the operator that waits reports it."""
        if generation.current:
            generation.current.cancel()
        slices.stop(slices.CANCELLED)
        return {"FINISHED"}


class MIEN_OT_apply_take(Sliced, bpy.types.Operator):
    """Keep the last take with a character and let it play it."""

    bl_idname = "mien.apply_take"
    bl_label = "Apply Take"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}
    outlives_undo = True

    scene: StringProperty(options={"HIDDEN"})
    character: StringProperty(options={"HIDDEN"})
    action_name: StringProperty(name="Action", default="Mien")
    start_frame: FloatProperty(name="Start Frame", default=1.0)

    @classmethod
    def poll(cls, _context: Context) -> bool:
        """Ask for a take."""
        cls.poll_message_set("There is no take yet; press Generate.")
        return generation.last is not None

    def work(self, _context: Context) -> Work[landing.Applied]:
        """Write all keys, or none."""
        scene = bpy.data.scenes.get(self.scene)
        target = _local(scene, self.character) if scene else None
        if scene is None or target is None:
            raise MienError(f"'{self.character}' was deleted or renamed meanwhile; choose a character and try again.")
        if generation.last is None:
            raise MienError("There is no take yet; press Generate.")
        character = characters.find(target, scene)
        return landing.landing(scene, character, generation.last, self.action_name, self.start_frame)

    def tell(self, context: Context, result: landing.Applied) -> None:
        """Say what has come, in the panel too."""
        count = len(generation.last.takes) if generation.last else 1
        notes = [*landing.told(result, count), *_notes(result.character), *result.notes]
        generation.show(context, None, " ".join(notes))
        self.report({"WARNING"} if len(notes) > 1 else {"INFO"}, " ".join(notes))


def _local(scene: bpy.types.Scene, name: str) -> bpy.types.Object | None:
    """Find an object by name; an override and the linked object behind it share theirs."""
    named = [candidate for candidate in scene.objects if candidate.name == name]
    return min(named, key=lambda candidate: candidate.library is not None, default=None)


def _notes(character: characters.Character) -> list[str]:
    """List what the user should know about a take that was keyed."""
    notes = characters.warnings(character)
    if character.bones.head is None:
        notes.insert(0, "No head bone was found, so the head's rotation was left out.")
    return notes


_CLASSES = (
    MIEN_OT_generate,
    MIEN_OT_cancel,
    MIEN_OT_apply_take,
)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
