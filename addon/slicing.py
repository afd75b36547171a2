"""Operators that work in slices while the window lives on; one undo step at the end, none when cancelled."""

from __future__ import annotations

from typing import Any, cast

import bpy

from ..inference_backend.contract import MienError
from . import generation, slices
from .blender_types import Context
from .properties import progress_of
from .reports import Outcome, attempt
from .slices import Slices, Work
from .ticking import Ticking


class Sliced(Ticking):
    """What they have in common: in a window a timer does slice after slice, elsewhere all is done at once."""

    outlives_undo = False
    """Whether work that an undo stops is begun anew."""
    _slices: Slices | None = None

    def work(self, context: Context) -> Work[Any]:
        """Give the work; raises MienError."""
        raise NotImplementedError

    def tell(self, context: Context, result: Any) -> None:
        """Say what was done."""

    def execute(self, context: Context) -> Outcome:
        """Do it all at once; for scripts and background mode."""
        done = attempt(cast(Any, self), lambda: self.tell(context, slices.whole(self.work(context))))
        return {"FINISHED"} if done else {"CANCELLED"}

    def invoke(self, context: Context, _event: bpy.types.Event) -> Outcome:
        """Do the first slice, and the others from a timer."""
        if bpy.app.background or context.window is None:
            return self.execute(context)
        outcome = self._begin(context)
        return self._start_timer(context, slices.TICK_S) if outcome == {"RUNNING_MODAL"} else outcome

    def modal(self, context: Context, event: bpy.types.Event) -> Outcome:
        """Do a slice at each tick of the timer; Esc leaves all as it was."""
        going = cast(Slices, self._slices)
        if event.type == "ESC" and event.value == "PRESS" and going is slices.current:
            slices.stop(slices.CANCELLED)
        elif event.type != "TIMER":
            return {"PASS_THROUGH"}
        if going is slices.current:
            outcome = self._go_on(context, going)
        elif going.again and self.outlives_undo:
            outcome = self._begin(context)
        else:
            generation.show(context, None, going.said)
            outcome = {"CANCELLED"}
        if outcome == {"RUNNING_MODAL"}:
            return {"PASS_THROUGH"}
        self._remove_timer(context)
        return outcome

    def cancel(self, context: Context) -> None:
        """Leave when Blender opens another file or closes the window."""
        self._remove_timer(context)
        if self._slices is slices.current:
            slices.stop()

    def _begin(self, context: Context) -> Outcome:
        try:
            self._slices = slices.begin(self.work(context))
        except MienError as error:
            return self._failed(context, error)
        return self._go_on(context, self._slices)

    def _go_on(self, context: Context, going: Slices) -> Outcome:
        """Do a slice; return RUNNING_MODAL where it was not the last one."""
        ended = True
        try:
            ended = going.go_on()
        except MienError as error:
            return self._failed(context, error)
        finally:
            if ended:
                slices.end(going)
        progress = progress_of(context)  # what was said last comes again where nothing else is said
        if not ended:
            generation.show(context, going, progress.message, failed=progress.failed)
            return {"RUNNING_MODAL"}
        if progress.running:
            generation.show(context, None, progress.message, failed=progress.failed)
        self.tell(context, going.result)
        return {"FINISHED"}

    def _failed(self, context: Context, error: MienError) -> Outcome:
        generation.show(context, None, str(error), failed=True)
        cast(Any, self).report({"ERROR"}, str(error))
        return {"CANCELLED"}
