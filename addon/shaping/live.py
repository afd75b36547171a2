"""Key the take anew when one of its numbers changes: at once where that is quick, else when the hand comes to rest.

Whoever stores takes connects a function that does it; here is only when.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bpy

from ..blender_types import Context

Rekey = Callable[[Context, Any, Any], None]
"""Called with the context, the object that owns the group, and the changed group."""

QUICK_S = 0.1
"""A take that was keyed in less is keyed within the change itself, so that one undo step takes back both."""
REST_S = 0.3
"""So long nothing may change before a slower one is keyed."""

_rekey: Rekey | None = None
_took_s: dict[str, float] = {}
_waiting: tuple[str, str] | None = None
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
    if bpy.app.background or _took_s.get("/".join(place), 0.0) < QUICK_S:
        _key(place)
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


def _tick() -> float | None:
    """Key once nothing has changed for a while; names tell what, for objects may be gone by now."""
    global _waiting
    left = _due_s - time.monotonic()
    if _waiting is not None and left > 0:
        return left
    place, _waiting = _waiting, None
    if place is not None:
        _key(place)
        bpy.ops.ed.undo_push(message="Shape Take")
    return None


def _key(place: tuple[str, str]) -> None:
    owner = next((o for o in bpy.data.objects if o.name_full == place[0]), None)
    if owner is None or _rekey is None:
        return
    try:
        group: Any = owner.path_resolve(place[1])
    except ValueError:  # the take was deleted meanwhile
        return
    start = time.monotonic()
    _rekey(bpy.context, owner, group)
    _took_s["/".join(place)] = time.monotonic() - start
