"""Delete takes with the actions that nothing else uses."""

from __future__ import annotations

from typing import Any

import bpy

from ...inference_backend.contract import MienError
from ..blender_types import Context
from . import applying, soloing, storage
from .storage import Owner, StoredTake


class TakePinned(MienError):
    """A pinned take was to be deleted."""

    kind = "take_pinned"


def check(item: StoredTake) -> None:
    """Raise TakePinned where a take must not be deleted."""
    if item.pinned:
        raise TakePinned(f"The take '{item.name}' is pinned; unpin it to delete it.")


def delete(context: Context, owner: Owner, item: StoredTake) -> None:
    """Delete a take; if it plays, the one before it goes on. Raises TakePinned."""
    check(item)
    uid = item.uid
    if item.solo:
        soloing.unsolo(context, owner)
    if storage.at(owner, uid).playing:
        _play_another(context, owner, uid)
    _forget(owner, storage.at(owner, uid))
    storage.select_playing(owner)


def keep_only(context: Context, owner: Owner, item: StoredTake) -> int:
    """Let a take play and delete the other variations that came with it, but for pinned ones; count them."""
    uid, batch = item.uid, item.batch
    if not batch:
        raise MienError(f"The take '{item.name}' came alone; there are no variations to choose from.")
    applying.apply(context.scene, owner, item)
    others = [other.uid for other in storage.takes_of(owner) if other.batch == batch and other.uid != uid]
    others = [other for other in others if not storage.at(owner, other).pinned]
    for other in others:
        delete(context, owner, storage.at(owner, other))
    storage.at(owner, uid).batch = ""
    return len(others)


def _play_another(context: Context, owner: Owner, uid: str) -> None:
    """Let the take play that played before, or the nearest one; without any, the character is at rest."""
    items = storage.takes_of(owner)
    place = storage.place_of(owner, uid)
    nearest = sorted(range(len(items)), key=lambda index: (not items[index].before, abs(index - place)))
    following = [items[index] for index in nearest if items[index].uid != uid]
    if following:
        applying.apply(context.scene, owner, following[0])
    for part in storage.at(owner, uid).parts:
        animated = applying.animated_by(part)
        data: Any = animated.animation_data if animated else None
        if data and part.action and data.action == part.action:
            data.action = None
    applying.show(context.scene)


def _forget(owner: Owner, item: StoredTake) -> None:
    """Remove a take from the list, and its actions from the file where nothing else uses them."""
    actions = {part.action for part in item.parts if part.action}
    owner.mien_takes.remove(storage.place_of(owner, item.uid))
    for action in actions:
        action.use_fake_user = False
        if action.users == 0:
            bpy.data.actions.remove(action)
