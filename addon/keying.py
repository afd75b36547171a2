"""Put a Take on a character: one animation for face and head, keys in bulk, all of it or nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..inference_backend.contract import MienError, Take
from ..rigs.parts import part_of
from . import blender_versions, filling, layers, slices, sparse
from .blender_types import Animated
from .blender_versions import Assignment, Place, TakeAction
from .characters import Character
from .manner import ACTIVE, OWN_ACTION, Manner
from .rollback import Rollback
from .tracks import Track, owners_of, track_by_track

log = logging.getLogger(__name__)

ALL_ROWS = slice(None)


class KeyingFailed(MienError):
    """Blender refused the keys."""

    kind = "keying_failed"


@dataclass(frozen=True)
class Part:
    """Where the keys of one data-block lie: the action, and the handle of its slot (0 before Blender 4.4)."""

    owner: Animated
    action: bpy.types.Action
    slot: int


@dataclass(frozen=True)
class Keyed:
    """What was keyed."""

    actions: tuple[bpy.types.Action, ...]
    parts: tuple[Part, ...]
    curves: int
    frames: int
    keys: int


def key_take(
    character: Character,
    take: Take,
    start_frame: float,
    name: str = "Mien",
    manner: Manner = OWN_ACTION,
    rows: slice = ALL_ROWS,
    into: Iterable[bpy.types.Action] = (),
) -> Keyed:
    """Key row k of the take at frame start_frame + k, for the rows chosen, in the manner that is asked for; at once.

    The take must be at the scene's rate. `into` names the actions of the same take from before: they are written
    anew, with what the user added to them left there, and keep their names and users. Other actions that were active
    stay in the file. Raises KeyingFailed, and leaves everything as it was, where Blender does not allow it.
    """
    with all_or_nothing() as undo:
        filled = slices.whole(fill(character, take, start_frame, name, manner, undo, rows, into))
        return filled.play(undo)


@contextmanager
def all_or_nothing() -> Iterator[Rollback]:
    """Give what takes back all that was done where the block fails or is left early.

    Raises KeyingFailed for whatever Blender refuses there.
    """
    try:
        with Rollback() as undo:
            yield undo
            undo.pop_all()
    except MienError:
        raise
    except ReferenceError as error:
        raise KeyingFailed("The character or its keys were deleted meanwhile; nothing was changed.") from error
    except Exception as error:
        log.exception("keying failed")
        raise KeyingFailed(f"Blender refused the keys ({error}); nothing was changed.") from error


def fill(
    character: Character,
    take: Take,
    start_frame: float,
    name: str,
    manner: Manner,
    undo: Rollback,
    rows: slice = ALL_ROWS,
    into: Iterable[bpy.types.Action] = (),
) -> slices.Work[Filled]:
    """Fill the actions of a take, in slices, as key_take would; `undo` takes that back, and nothing plays them yet."""
    check_free(owners_of(character))
    into = list(into)
    existing = _places(owners_of(character), manner, into)
    made = TakeAction(name, existing, next((action for action, _ in existing.values()), None))
    undo.callback(made.remove)
    tracks = []
    for track in track_by_track(character, take):
        tracks += [track] if _is_of(track, manner.parts) else []
        yield 0.0
    frames = (start_frame + np.arange(len(take), dtype=np.float64))[rows]
    if not len(frames) or not tracks:
        raise KeyingFailed("Nothing of the take lies in the frame range and the chosen parts; widen them.")
    if manner.max_error is None:
        thinned, keys = 0.0, filling.lines(tracks, frames, rows)
        yield 0.0
    else:
        thinned, work = 0.5, sparse.keys_of(tracks, take, frames, rows, manner.max_error)
        keys = yield from slices.within(work, 0.0, thinned)
    write = filling.merge if manner.mode == ACTIVE else filling.fill
    yield from slices.within(write(made, tracks, keys), thinned, 1.0)
    return Filled(made, existing, tracks, name, manner, into, len(frames), sum(len(each.frames) for each in keys))


@dataclass(frozen=True)
class Filled:
    """Actions that hold all keys of a take, and that nothing plays yet."""

    made: TakeAction
    existing: dict[Animated, Place]
    tracks: list[Track]
    name: str
    manner: Manner
    into: list[Any]
    frames: int
    keys: int

    @property
    def owners(self) -> list[Animated]:
        """The data-blocks that they animate."""
        return list(dict.fromkeys(track.owner for track in self.tracks))

    @property
    def parts(self) -> tuple[Part, ...]:
        """Where the keys lie, as far as that is an action of the take's own."""
        own = [owner for owner in self.owners if _is_own(owner, self.existing, self.manner, self.into)]
        return tuple(Part(owner, *self.made.place_of(owner)) for owner in own)

    def play(self, undo: Rollback) -> Keyed:
        """Let the character play them, at once.

        Raises ReferenceError where any of it was deleted meanwhile, KeyingFailed where actions were edited that they
        replace: those edits would be lost.
        """
        for block in (*self.owners, *self.made.actions, *self.made.originals(), *self.into):
            block.name  # noqa: B018
        if not undo.edited.isdisjoint(self.made.originals()):
            raise KeyingFailed("Its keys were edited while they were written anew; nothing was changed. Try again.")
        check_free(self.owners)
        sliders = _Sliders()
        undo.callback(sliders.restore)
        for track in self.tracks:
            sliders.widen(track)
        before = [Assignment(owner) for owner in self.owners]
        for assignment in before:
            undo.callback(assignment.restore)
            old, _ = self.existing.get(assignment.owner, (None, None))
            _play(assignment.owner, self.made.slot_of(assignment.owner), old, self.name, self.manner, undo)
        parts = self.parts
        _settle(self.made, before, self.manner, self.into)
        actions = tuple(dict.fromkeys(part.action for part in parts))
        return Keyed(actions, parts, len(self.tracks), self.frames, self.keys)


def _is_own(owner: Animated, existing: dict[Animated, Place], manner: Manner, into: list[Any]) -> bool:
    """Tell whether keys lie in an action of the take's own, and not in one that the user made."""
    return manner.mode != ACTIVE or owner not in existing or existing[owner][0] in into


def _is_of(track: Track, parts: frozenset[str]) -> bool:
    """Tell whether a property shows any channel of these parts."""
    return not parts.isdisjoint(part_of(source) for source in track.sources or (track.source,))


def _places(owners: list[Animated], manner: Manner, into: Iterable[Any]) -> dict[Animated, Place]:
    """Find the actions that are written anew."""
    if manner.mode == ACTIVE:
        return {owner: place for owner in owners if (place := blender_versions.active_place(owner))}
    return blender_versions.places_in(into, owners)


def play(part: Part, name: str, manner: Manner) -> None:
    """Let a data-block play keys that are there already, and no other take; raises RuntimeError where they are not."""
    place = blender_versions.place(part.action, part.slot)
    with ExitStack() as undo:
        _play(part.owner, place, part.action, name, manner, undo)
        layers.blend_active(part.owner)
        undo.pop_all()


def _play(owner: Animated, place: Place, old: Any, name: str, manner: Manner, undo: ExitStack) -> None:
    """Let a data-block play an action, which takes the place of `old`, and no other take."""
    if manner.in_nla:
        active = blender_versions.active_place(owner)
        if active and (active[0] == old or (blender_versions.is_take(active[0]) and not manner.beside)):
            owner.animation_data.action = None
        layers.put(owner, place, old, name, manner, undo)
    elif manner.mode == ACTIVE or not layers.is_pushed_down(owner, old):
        blender_versions.assign_place(owner, place)
    if not manner.beside and manner.mode != ACTIVE:
        layers.hush(owner, [place[0], old], undo)


def _settle(made: TakeAction, before: list[Assignment], manner: Manner, into: list[Any]) -> None:
    """Do what cannot be undone, at the end: strips and actions that have been replaced go."""
    replaced = made.originals()
    for assignment in before:
        if not manner.in_nla:
            strips = [action for action in into if not layers.is_pushed_down(assignment.owner, action)]
            layers.take_away(assignment.owner, strips)
        layers.blend_active(assignment.owner)
        if assignment.action not in replaced:
            assignment.keep()
    for action in made.actions if manner.mode != ACTIVE else ():
        layers.remember_mode(action, manner.mode)
    made.finish()


def check_free(owners: list[Animated]) -> None:
    """Raise KeyingFailed where Blender would not let an action be replaced."""
    for owner in owners:
        if owner.animation_data and owner.animation_data.use_tweak_mode:
            raise KeyingFailed(f"'{owner.name}' is in tweak mode of the NLA editor; leave it (Tab) and try again.")


class _Sliders:
    """Widens the ranges of shape keys where values leave them, and can put them back."""

    def __init__(self) -> None:
        self._before: list[tuple[bpy.types.ShapeKey, float, float]] = []

    def widen(self, track: Track) -> None:
        if not isinstance(track.owner, bpy.types.Key):
            return
        block: Any = track.owner.path_resolve(track.path.removesuffix(".value"))
        low, high = float(track.values.min()), float(track.values.max())
        if block.slider_min <= low and high <= block.slider_max:
            return
        self._before.append((block, block.slider_min, block.slider_max))
        block.slider_min, block.slider_max = min(low, block.slider_min), max(high, block.slider_max)

    def restore(self) -> None:
        for block, low, high in self._before:
            block.slider_min, block.slider_max = low, high
