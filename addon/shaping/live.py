"""Key the take anew when one of its numbers changes: at once where that is quick, else when the hand comes to rest.

Whoever stores takes connects a function that gives the work; here is only when.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import bpy

from ...inference_backend.contract import MienError
from .. import generation, slices
from ..blender_types import Context
from ..slices import Slices, Work

Rekey = Callable[[Context, Any, Any], Work[Any] | None]
"""Called with the context, the object that owns the group, and the changed group; gives work that keys anew, if any."""
Place = tuple[str, str]
"""Full name of the object that owns a group, and the group's path in it."""

QUICK_S = 0.09
"""A take that is keyed in less is keyed within the change itself, so that one undo step takes back both."""
REST_S = 0.3
"""So long nothing may change before a slower one is keyed."""

_rekey: Rekey | None = None
_took_s: dict[Place, float] = {}
_waiting: Place | None = None
_due_s = 0.0
_paused = False


def connect(rekey: Rekey | None) -> None:
    """Set who keys a take anew; None: nobody."""
    global _rekey
    _rekey = rekey
    _took_s.clear()


def changed(group: Any) -> None:
    """Take note of a change."""
    global _waiting, _due_s
    if _rekey is None or _paused or group.mode == "ACTIVE":  # the user's own action is written only when he says so
        return
    place = group.id_data.name_full, group.path_from_id()
    is_quick = _took_s.get(place, 0.0) < QUICK_S and slices.current is None
    if (is_quick or bpy.app.background) and _is_keyed(place):
        return
    _waiting, _due_s = place, time.monotonic() + REST_S
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=REST_S)


@contextmanager
def paused() -> Iterator[None]:
    """Take no note of changes meanwhile."""
    global _paused
    _paused = True
    try:
        yield
    finally:
        _paused = False


def work_at(context: Context, place: Place) -> Work[Any]:
    """Give the work that keys the take of a group anew: none where it is gone or does not play. Raises MienError."""
    owner = next((o for o in bpy.data.objects if o.name_full == place[0]), None)
    work = None
    if owner is not None and _rekey is not None:
        with suppress(ValueError):  # the take was deleted meanwhile
            work = _rekey(context, owner, owner.path_resolve(place[1]))
    return (yield from work) if work else None


def took(place: Place, busy_s: float) -> None:
    """Remember how long it was to key a take."""
    _took_s[place] = busy_s


def register() -> None:
    """Begin with nothing that waits to be keyed."""
    forget()


def unregister() -> None:
    """Let go of what waits."""
    forget()


def forget() -> None:
    """Key nothing any more."""
    global _waiting
    _waiting = None
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)


def _is_keyed(place: Place) -> bool:
    """Key within the change, as long as that is quick; tell whether it is done, or cannot be."""
    going = Slices(work_at(bpy.context, place))
    try:
        done = going.go_on(float("inf") if bpy.app.background else QUICK_S)
    except MienError as error:
        generation.show(bpy.context, None, str(error), failed=True)
        return True
    took(place, going.busy_s)
    if not done:
        going.close()
    elif going.result and going.result.notes:
        generation.show(bpy.context, None, " ".join(going.result.notes))
    return done


def _tick() -> float | None:
    """Key once nothing has changed for a while; names tell what, for objects may be gone by now."""
    global _waiting
    left = _due_s - time.monotonic()
    if _waiting is not None and left > 0:
        return left
    if slices.current is not None:
        return REST_S
    place, _waiting = _waiting, None
    if place is not None:
        window = bpy.context.window_manager.windows[0]
        with suppress(RuntimeError), bpy.context.temp_override(window=window):  # the panel says what goes wrong
            bpy.ops.mien.shape_take("INVOKE_DEFAULT", True, owner=place[0], path=place[1])  # type: ignore[attr-defined]
    return None
