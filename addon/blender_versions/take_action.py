"""Actions for takes, made in the way of this Blender."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import bpy

from ..blender_types import Animated
from .places import MARK, SLOTTED_ACTIONS, Place, place_curves

UNFINISHED = "mien_unfinished"
"""Custom property of actions that are not filled yet: undo may bring such a one back, which nothing uses."""


class TakeAction:
    """Animation for several data-blocks: one slotted action, or before 4.4 one action each, of one name.

    What lies in `existing` places already is written anew in a copy, which takes the original's place at `finish`;
    until then nothing has happened, and a file that is saved has nothing of it. Data-blocks without a place get one in
    `home`, or else in a new action.
    """

    def __init__(self, name: str, existing: dict[Animated, Place] | None = None, home: Any = None) -> None:
        self.name = name
        self.actions: list[bpy.types.Action] = []
        self._existing = {owner: (action, slot and slot.handle) for owner, (action, slot) in (existing or {}).items()}
        self._home = home
        self._copies: dict[Any, Any] = {}
        self._places: dict[Animated, Place] = {}

    def curves_of(self, owner: Animated) -> Any:
        """Return the collection of F-curves for one data-block, made where there is none; nothing is assigned yet."""
        if owner not in self._places:
            self._places[owner] = self._place_of(owner)
        return place_curves(self._places[owner])

    def slot_of(self, owner: Animated) -> Place:
        """Return action and slot of a data-block that curves_of was called for."""
        return self._places[owner]

    def originals(self) -> list[Any]:
        """List the actions that `finish` replaces."""
        return list(self._copies)

    def finish(self) -> None:
        """Let copies take the place of what they were made from, everywhere in the file."""
        for action in self.actions:
            del action[UNFINISHED]
        for old, copy in self._copies.items():
            name = old.name
            copy.use_fake_user = old.use_fake_user
            if old.library is None:
                old.user_remap(copy)
                bpy.data.actions.remove(old)
            copy.name = name
        self._copies.clear()

    def place_of(self, owner: Animated) -> tuple[bpy.types.Action, int]:
        """Tell where a data-block's animation lies: the action, and the handle of its slot (0 before 4.4)."""
        action, slot = self._places[owner]
        return action, slot.handle if slot else 0

    def remove(self) -> None:
        """Delete the actions again; those that they were copied from are as they were."""
        for action in self.actions:
            with suppress(ReferenceError):  # somebody purged what nothing used yet
                bpy.data.actions.remove(action)

    def _place_of(self, owner: Animated) -> Place:
        if owner in self._existing:
            action, handle = self._existing[owner]
            copy = self._copied(action)
            return copy, handle and next(slot for slot in copy.slots if slot.handle == handle)
        if not SLOTTED_ACTIONS:
            made: Any = self._new()
            made.id_root = owner.id_type
            made[MARK] = owner.name
            return made, None
        action = self._shared()
        return action, action.slots.new(owner.id_type, owner.name)

    def _shared(self) -> Any:
        """Return the action for all data-blocks without a place of their own."""
        if self._home is not None:
            return self._copied(self._home)
        fresh = [action for action in self.actions if action not in self._copies.values()]
        return fresh[0] if fresh else self._new()

    def _copied(self, action: Any) -> Any:
        if action not in self._copies:
            self._copies[action] = self._noted(action.copy())
            self._copies[action].use_fake_user = False
        return self._copies[action]

    def _new(self) -> Any:
        made: Any = bpy.data.actions.new(self.name)
        made[MARK] = ""
        return self._noted(made)

    def _noted(self, made: Any) -> Any:
        made[UNFINISHED] = True
        self.actions.append(made)
        return made


def remove_unfinished() -> None:
    """Delete the actions that were being filled when an undo step was made."""
    for action in [action for action in bpy.data.actions if UNFINISHED in action]:
        bpy.data.actions.remove(action)


def remove_unused(actions: Iterable[Any]) -> None:
    """Delete the actions that nothing uses."""
    for action in list(actions):
        if action.users == int(action.use_fake_user):
            bpy.data.actions.remove(action)


def is_take(action: Any) -> bool:
    """Tell whether Mien made an action."""
    return action is not None and MARK in action
