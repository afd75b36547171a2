"""Which takes the user means: those of the character that the panel shows, and the one selected there."""

from __future__ import annotations

from typing import Any

import bpy

from ...inference_backend.contract import MienError
from .. import chosen, generation
from ..blender_types import Context
from ..reports import sentence_of
from ..slices import Work
from . import applying, storage
from .applying import Applied
from .storage import Owner, StoredTake


class NoTake(MienError):
    """There is no take to do something with."""

    kind = "no_take"


def owner_in(context: Context) -> Owner:
    """Return the object that holds the takes of the chosen character; raise NoCharacter."""
    return storage.owner_of(chosen.character(context))


def take_in(context: Context) -> tuple[Owner, StoredTake]:
    """Return the selected take and its owner; raise NoCharacter or NoTake."""
    owner = owner_in(context)
    item = storage.selected(owner)
    if item is None:
        raise NoTake(f"'{owner.name}' has no takes yet; press Generate.")
    return owner, item


def other_in(context: Context) -> tuple[Owner, StoredTake]:
    """Return the take that played before; raise NoCharacter or NoTake."""
    owner = owner_in(context)
    item = next((item for item in storage.takes_of(owner) if item.before), None)
    if item is None:
        raise NoTake("There is no other take to compare with; switch to a second one first.")
    return owner, item


def on_select(owner: Any, context: Context) -> None:
    """Play the take that was clicked in the list; what goes wrong is said in the panel."""
    item = storage.selected(owner)
    if item is None or item.playing:
        return
    try:
        bpy.ops.mien.play_take("INVOKE_DEFAULT", owner=owner.name_full, uid=item.uid)  # type: ignore[attr-defined]
    except RuntimeError as error:
        generation.show(context, None, sentence_of(error), failed=True)


def on_shape(context: Context, owner: Any, group: Any) -> Work[Applied] | None:
    """Give the work that keys a take anew whose shape was changed, if it plays; others are keyed when played next."""
    item = next((item for item in storage.takes_of(owner) if item.shaping == group), None)
    if item is None or not item.playing or not item.parts:
        return None
    return applying.rekeying(context.scene, owner, item)
