"""Remember which stretches of the user's own curves Mien wrote, so that they can be cleared again."""

from __future__ import annotations

import json
from typing import Any

from . import fcurves
from .blender_versions import Place

_STRETCHES = "mien_stretches"  # custom property of an action: JSON list of slot, path, index, first and last frame


def note(place: Place, path: str, index: int, first: float, last: float) -> None:
    """Remember one stretch."""
    action, slot = place
    written = json.loads(action.get(_STRETCHES, "[]"))
    row = [slot.handle if slot else 0, path, index, first, last]
    if row not in written:
        action[_STRETCHES] = json.dumps([*written, row])


def clear(place: Place, curves: Any) -> list[tuple[str, int]]:
    """Remove the keys of all stretches of one slot; return path and index of curves that are gone altogether."""
    action, slot = place
    handle = slot.handle if slot else 0
    written = json.loads(action.get(_STRETCHES, "[]"))
    gone = []
    for _, path, index, first, last in (row for row in written if row[0] == handle):
        curve = curves.find(path, index=index)
        if curve and not fcurves.cut(curve, first, last):
            curves.remove(curve)
            gone.append((path, index))
    left = [row for row in written if row[0] != handle]
    if left:
        action[_STRETCHES] = json.dumps(left)
    elif _STRETCHES in action:
        del action[_STRETCHES]
    return gone
