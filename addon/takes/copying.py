"""Copy groups of properties, and a whole take with its actions."""

from __future__ import annotations

import uuid
from typing import Any

from . import storage
from .storage import Owner, StoredTake

_ITS_OWN = frozenset({"uid", "name", "playing", "before", "solo", "pinned", "muted"})
"""What a copy of a take does not take over."""


def copy_group(source: Any, target: Any, left_out: frozenset[str] = frozenset()) -> None:
    """Copy all properties of a group to another of its kind, those of groups and lists within it too."""
    for definition in source.bl_rna.properties:
        name = definition.identifier
        if name in left_out or name == "rna_type":
            continue
        if definition.type == "COLLECTION":
            _copy_list(getattr(source, name), getattr(target, name))
        elif definition.type == "POINTER" and definition.is_readonly:
            copy_group(getattr(source, name), getattr(target, name))
        elif not definition.is_readonly:
            setattr(target, name, getattr(source, name))


def duplicate(owner: Owner, item: StoredTake) -> StoredTake:
    """Copy a take, with its actions as they are, and put it below; what plays goes on."""
    items, uid = owner.mien_takes, item.uid
    name = storage.free_name(owner, item.name)
    copy = items.add()
    source = storage.at(owner, uid)  # the list may have moved in memory
    copy_group(source, copy, _ITS_OWN)
    copy.uid, copy.name = uuid.uuid4().hex, name
    _copy_actions(copy)
    copied, place = copy.uid, storage.place_of(owner, uid) + 1
    items.move(len(items) - 1, place)
    storage.select_playing(owner)
    return storage.at(owner, copied)


def _copy_list(source: Any, target: Any) -> None:
    target.clear()
    for element in source:
        copy_group(element, target.add())


def _copy_actions(item: StoredTake) -> None:
    """Let a copied take have actions of its own."""
    copies: dict[Any, Any] = {}
    for part in item.parts:
        if part.action and part.action not in copies:
            copies[part.action] = part.action.copy()
            copies[part.action].name = item.name
        part.action = copies.get(part.action)
