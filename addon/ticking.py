"""Operators that go on from a timer while the user works."""

from __future__ import annotations

from typing import Any

from .blender_types import Context
from .reports import Outcome

TICK_S = 0.1


class Ticking:
    """An operator's timer: begun with the operator, gone with it."""

    _timer: Any = None

    def _start_timer(self, context: Context, tick_s: float = TICK_S) -> Outcome:
        """Have modal called at each tick; return what invoke returns then."""
        manager = context.window_manager
        self._timer = manager.event_timer_add(tick_s, window=context.window)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def _remove_timer(self, context: Context) -> None:
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
