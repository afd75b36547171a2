"""Put a Take on a character: one animation for face and head, keys in bulk, all of it or nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..inference_backend.contract import MienError, Take
from ..rigs.parts import part_of
from . import blender_versions, fcurves, layers, sparse, stretches
from .blender_types import Animated
from .blender_versions import Assignment, Place, TakeAction
from .characters import Character
from .fcurves import Keys
from .manner import ACTIVE, OWN_ACTION, Manner
from .tracks import Track, owners_of, tracks_of

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
    """Key row k of the take at frame start_frame + k, for the rows chosen, in the manner that is asked for.

    The take must be at the scene's rate. `into` names the actions of the same take from before: they are written
    anew, with what the user added to them left there, and keep their names and users. Other actions that were active
    stay in the file. Raises KeyingFailed, and leaves everything as it was, where Blender does not allow it.
    """
    check_free(owners_of(character))
    try:
        with ExitStack() as undo:
            keyed = _key(character, take, start_frame, name, manner, rows, list(into), undo)
            undo.pop_all()
    except MienError:
        raise
    except Exception as error:
        log.exception("keying failed")
        raise KeyingFailed(f"Blender refused the keys ({error}); nothing was changed.") from error
    return keyed


def _key(
    character: Character,
    take: Take,
    start_frame: float,
    name: str,
    manner: Manner,
    rows: slice,
    into: list[Any],
    undo: ExitStack,
) -> Keyed:
    existing = _places(owners_of(character), manner, into)
    made = TakeAction(name, existing, next((action for action, _ in existing.values()), None))
    undo.callback(made.remove)
    tracks = [track for track in tracks_of(character, take) if _is_of(track, manner.parts)]
    frames = (start_frame + np.arange(len(take), dtype=np.float64))[rows]
    if not len(frames) or not tracks:
        raise KeyingFailed("Nothing of the take lies in the frame range and the chosen parts; widen them.")
    sliders = _Sliders()
    undo.callback(sliders.restore)
    keys = _keys_of(tracks, take, frames, rows, manner)
    _write(made, tracks, keys, manner, sliders)
    owners = list(dict.fromkeys(track.owner for track in tracks))
    before = [Assignment(owner) for owner in owners]
    for assignment in before:
        undo.callback(assignment.restore)
        old, _ = existing.get(assignment.owner, (None, None))
        _play(assignment.owner, made.slot_of(assignment.owner), old, name, manner, undo)
    own = [owner for owner in owners if _is_own(owner, existing, manner, into)]
    _settle(made, before, manner, into)
    parts = tuple(Part(owner, *made.place_of(owner)) for owner in own)
    actions = tuple(dict.fromkeys(part.action for part in parts))
    return Keyed(actions, parts, len(tracks), len(frames), sum(len(each.frames) for each in keys))


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


def _keys_of(tracks: list[Track], take: Take, frames: np.ndarray, rows: slice, manner: Manner) -> list[Keys]:
    """Make the keys of each track."""
    if manner.max_error is None:
        return [Keys(frames, track.values[rows]) for track in tracks]
    return sparse.keys_of(tracks, take, frames, rows, manner.max_error)


def _write(made: TakeAction, tracks: list[Track], keys: list[Keys], manner: Manner, sliders: _Sliders) -> None:
    """Fill the actions."""
    curves: dict[Animated, Any] = {}
    for track, own in zip(tracks, keys, strict=True):
        if track.owner not in curves:
            curves[track.owner] = made.curves_of(track.owner)
        sliders.widen(track)
        curve = curves[track.owner].find(track.path, index=track.index)
        curve = curve or curves[track.owner].new(track.path, index=track.index)
        if manner.mode == ACTIVE:
            fcurves.merge(curve, own, own.frames[0], own.frames[-1])
            stretches.note(made.slot_of(track.owner), track.path, track.index, own.frames[0], own.frames[-1])
        else:
            fcurves.write(curve, own)


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
