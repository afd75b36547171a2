"""The buttons of the batch: find lines, perform them all, stop."""

from __future__ import annotations

import time

import bpy

from ..blender_types import Context
from ..reports import Outcome, attempt
from ..ticking import Ticking
from . import session
from .settings import batch_of, progress_of


class MIEN_OT_find_lines(bpy.types.Operator):
    """List the lines of the sequencer's strips or of the table, and who speaks them."""

    bl_idname = "mien.find_lines"
    bl_label = "Find Lines"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Read them."""

        def find() -> None:
            count = session.find_lines(context)
            session.show(context, None)
            unknown = sum(not line.speaker for line in batch_of(context.scene).lines)
            told = f", {unknown} of them without a speaker" if unknown else ""
            self.report({"WARNING"} if unknown or not count else {"INFO"}, f"{count} lines{told}.")

        return {"FINISHED"} if attempt(self, find) else {"CANCELLED"}


class MIEN_OT_check_lines(bpy.types.Operator):
    """Look for mistakes in all lines that are ticked, their sounds, styles and files, and perform none."""

    bl_idname = "mien.check_lines"
    bl_label = "Check Lines"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Say why not, where not."""
        return _can_run(cls, context)

    def execute(self, context: Context) -> Outcome:
        """Show what is wrong in the list."""

        def check() -> None:
            wrong, count = session.check(context)
            told = f"{wrong} of {count} lines have a problem." if wrong else f"All {count} lines can be performed."
            session.show(context, None, told, failed=bool(wrong))
            self.report({"WARNING"} if wrong else {"INFO"}, told)

        return {"FINISHED"} if attempt(self, check) else {"CANCELLED"}


class MIEN_OT_run_batch(Ticking, bpy.types.Operator):
    """Perform all lines that are ticked; their takes come into the lists of their characters as one undo step."""

    bl_idname = "mien.run_batch"
    bl_label = "Perform Lines"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Say why not, where not."""
        return _can_run(cls, context)

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Start, and go on from a timer."""
        if not attempt(self, lambda: session.begin(context)):
            return {"CANCELLED"}
        session.show(context, session.current)
        return self._start_timer(context)

    def modal(self, context: Context, event: bpy.types.Event) -> Outcome:
        """Go on at each tick of the timer."""
        batch = session.current
        if batch is None:  # ended from elsewhere; an undo step here would follow an undo and make redo impossible
            self._remove_timer(context)
            return {"CANCELLED"}
        if event.type == "ESC" and event.value == "PRESS":
            return self._end(context)
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        if batch.step(context):
            session.show(context, batch)
        return self._end(context) if batch.finished else {"PASS_THROUGH"}

    def cancel(self, context: Context) -> None:
        """Leave when Blender opens another file or closes the window."""
        self._remove_timer(context)
        session.finish(context)

    def execute(self, context: Context) -> Outcome:
        """Do it all at once, waiting; for scripts and background mode."""
        if not attempt(self, lambda: session.begin(context)):
            return {"CANCELLED"}
        try:
            while (batch := session.current) is not None and not batch.finished:
                if not batch.step(context):
                    time.sleep(0.01)
        except KeyboardInterrupt:
            session.finish(context)
            raise
        return self._end(context)

    def _end(self, context: Context) -> Outcome:
        self._remove_timer(context)
        message = session.finish(context)
        self.report({"WARNING"} if progress_of(context).failed else {"INFO"}, message)
        return {"FINISHED"}


def _can_run(operator: type[bpy.types.Operator], context: Context) -> bool:
    reason = session.disabled_reason(context)
    if reason:
        operator.poll_message_set(reason)
    return not reason


class MIEN_OT_cancel_batch(bpy.types.Operator):
    """Stop the batch; lines that are done stay, the others can be performed later."""

    bl_idname = "mien.cancel_batch"
    bl_label = "Cancel Batch"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, _context: Context) -> bool:
        """Ask for a batch."""
        cls.poll_message_set("No batch is running.")
        return session.current is not None

    def execute(self, context: Context) -> Outcome:
        """Stop it; the operator that waits ends at its next tick."""
        session.finish(context)
        return {"FINISHED"}


_CLASSES = (MIEN_OT_find_lines, MIEN_OT_check_lines, MIEN_OT_run_batch, MIEN_OT_cancel_batch)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
