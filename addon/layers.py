"""Strips of the NLA that play takes: put there, told apart from others, taken away again."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

import bpy
import numpy as np

from . import blender_versions, fcurves
from .blender_types import Animated
from .blender_versions import Place, is_take
from .manner import ACTION, LAYER, Manner

REST = "Mien Rest"
"""Name of the strip under all others that holds shape keys at 0, where Blender would start from 1."""
_BLEND = "mien_blend"  # custom property of a data-block: how its active action was blended before a layer came under it
_MODE = "mien_mode"  # custom property of an action: where it was put when it was keyed
_BESIDE = "mien_beside"  # custom property of an action: it plays with whatever take is on


def strips_of(owner: Animated, actions: Iterable[Any] | None = None) -> list[tuple[Any, Any]]:
    """List the tracks and strips that play these actions on a data-block, or any action of Mien's."""
    data: Any = owner.animation_data
    wanted = None if actions is None else list(actions)
    pairs = [(track, strip) for track in data.nla_tracks for strip in track.strips] if data else []
    return [(t, s) for t, s in pairs if (is_take(s.action) if wanted is None else s.action in wanted)]


def put(owner: Animated, place: Place, old: Any, name: str, manner: Manner, undo: ExitStack) -> None:
    """Play an action in a strip; one that plays `old`, which the action will replace, is used again where it lies."""
    if owner.animation_data is None:
        owner.animation_data_create()
    action, slot = place
    _add_rest(owner, place, undo)
    present = strips_of(owner, [old]) if old else []
    moved = 0.0
    if present:
        strip = present[0][1]
        moved = strip.frame_start - strip.action_frame_start
    else:
        track = _free_track(owner, name, _span(place)) or _new_track(owner, name, undo)
        strip = track.strips.new(name, math.floor(_span(place)[0]), action)
        undo.callback(_remove_strip, track, strip)
        blender_versions.set_strip_slot(strip, slot)
    _undo_changes(strip, undo)
    first, last = _span(place)
    _fit(strip, (first, last), first + moved, first + moved + (last - first) * strip.scale)
    strip.extrapolation = "NOTHING"
    strip.blend_type = additive(owner) if manner.mode == LAYER else manner.blend
    strip.mute = False
    _set_influence(strip, manner.influence)
    if manner.beside:
        let_play_beside(action)


def remember_mode(action: Any, mode: str) -> None:
    """Note in an action where it was put."""
    action[_MODE] = mode


def let_play_beside(action: Any) -> None:
    """Let an action's strips go on playing whatever take is on."""
    action[_BESIDE] = True


def is_pushed_down(owner: Animated, action: Any) -> bool:
    """Tell whether the user pushed an action down that Mien had made the active one: then it stays in its strip."""
    if action is None or action.get(_MODE) != ACTION or owner.animation_data.action == action:
        return False
    return bool(strips_of(owner, [action]))


def is_beside(action: Any) -> bool:
    """Tell whether an action plays with whatever take is on."""
    return action is not None and bool(action.get(_BESIDE))


def hush(owner: Animated, actions: Iterable[Any], undo: ExitStack) -> None:
    """Mute the strips of all takes but those that play these actions, and what is no take."""
    playing = list(actions)
    for track, strip in strips_of(owner):
        if track.name != REST and strip.action not in playing and not is_beside(strip.action) and not strip.mute:
            undo.callback(setattr, strip, "mute", False)
            strip.mute = True


def blend_active(owner: Animated) -> None:
    """Let the active action, which Blender plays over all strips, add to layers below it instead of covering them.

    Where no layer plays any more, it is blended as it was before.
    """
    data: Any = owner.animation_data
    layered = any(
        not strip.mute and not track.mute and strip.blend_type == additive(owner) for track, strip in strips_of(owner)
    )
    if layered and data.action is not None and data.action_blend_type == "REPLACE":
        owner[_BLEND] = data.action_blend_type
        data.action_blend_type = additive(owner)
    elif not layered:
        lower(owner)


def lower(owner: Animated) -> None:
    """Blend the active action as before a layer came under it."""
    if before := owner.get(_BLEND):
        owner.animation_data.action_blend_type = before
        del owner[_BLEND]


def additive(owner: Animated) -> str:
    """Name the blending that adds to what is below; shape keys are simply added, rotations are multiplied."""
    return "ADD" if isinstance(owner, bpy.types.Key) else "COMBINE"


def take_away(owner: Animated, actions: Iterable[Any] | None = None) -> int:
    """Remove the strips that play these actions (None: any of Mien's), and tracks that are empty then; count them."""
    found = strips_of(owner, actions)
    for track, strip in found:
        track.strips.remove(strip)
        if not len(track.strips):
            owner.animation_data.nla_tracks.remove(track)
    _drop_rest(owner)
    return len(found)


def _fit(strip: Any, span: tuple[float, float], start: float, end: float) -> None:
    """Let a strip play its action from first to last key, between two frames."""
    first, last = span
    strip.action_frame_start = min(first, strip.action_frame_start)  # Blender keeps starts before ends at each step
    strip.action_frame_end = last
    strip.action_frame_start = first
    strip.frame_end = max(strip.frame_end, end)
    strip.frame_start = start
    strip.frame_end = end
    strip.action_frame_end = last


def _span(place: Place) -> tuple[float, float]:
    """First and last key of an action's slot."""
    curves = blender_versions.place_curves(place)
    ranges = np.array([curve.range() for curve in curves]).reshape(-1, 2)
    first, last = float(ranges[:, 0].min()), float(ranges[:, 1].max())
    return first, max(last, first + 1.0)  # a strip must not be empty


def _set_influence(strip: Any, influence: float) -> None:
    """Set how much of a strip is mixed in, all along it."""
    if influence >= 1.0 and not strip.use_animated_influence:
        return
    strip.use_animated_influence = True
    curve = strip.fcurves[0]
    fcurves.write(curve, fcurves.Keys(np.array([strip.frame_start]), np.array([influence])))
    strip.influence = influence


def _undo_changes(strip: Any, undo: ExitStack) -> None:
    names = ("blend_type", "extrapolation", "mute", "influence")
    before = {name: getattr(strip, name) for name in names}
    span, frames = (strip.action_frame_start, strip.action_frame_end), (strip.frame_start, strip.frame_end)

    def restore() -> None:
        for name, value in before.items():
            setattr(strip, name, value)
        _fit(strip, span, *frames)

    undo.callback(restore)


def _free_track(owner: Animated, name: str, span: tuple[float, float]) -> Any:
    """Find a track of this name that plays nothing in a stretch; its strips are all of Mien's."""
    for track in owner.animation_data.nla_tracks:
        is_ours = track.name.partition(".")[0] == name and all(is_take(strip.action) for strip in track.strips)
        clashes = any(s.frame_start <= span[1] + 1 and s.frame_end >= span[0] - 1 for s in track.strips)
        if is_ours and not clashes and len(track.strips):
            return track
    return None


def _new_track(owner: Animated, name: str, undo: ExitStack) -> Any:
    track = owner.animation_data.nla_tracks.new()
    undo.callback(_remove_track, owner, track)
    track.name = name
    return track


def _remove_strip(track: Any, strip: Any) -> None:
    track.strips.remove(strip)


def _remove_track(owner: Animated, track: Any) -> None:
    owner.animation_data.nla_tracks.remove(track)


def _add_rest(owner: Animated, place: Place, undo: ExitStack) -> None:
    """Hold shape keys that are animated at 0 where nothing below does: Blender 5 starts the NLA from 1."""
    if blender_versions.rest_value(owner) == 0.0:
        return
    data: Any = owner.animation_data
    curves = blender_versions.place_curves(_rest_place(owner, undo))
    strips = [strip for track in data.nla_tracks if track.name != REST for strip in track.strips]
    lower = [(strip.action, strip.action_slot) for strip in strips if strip.action and not is_take(strip.action)]
    taken = {curve.data_path for each in lower for curve in blender_versions.place_curves(each)}
    active = blender_versions.active_place(owner)
    wanted = {curve.data_path for each in (place, active) if each for curve in blender_versions.place_curves(each)}
    for path in sorted(wanted - taken):
        if not curves.find(path):
            fcurves.write(curves.new(path), fcurves.Keys(np.array([0.0, 1.0]), np.zeros(2)))


def _rest_place(owner: Animated, undo: ExitStack) -> Place:
    """Find the action of the strip under all takes, or make both."""
    data: Any = owner.animation_data
    for track in data.nla_tracks:
        if track.name == REST and len(track.strips):
            return track.strips[0].action, track.strips[0].action_slot
    made = blender_versions.TakeAction(REST)
    undo.callback(made.remove)
    made.curves_of(owner)
    action, slot = made.slot_of(owner)
    track = data.nla_tracks.new()
    undo.callback(_remove_track, owner, track)
    track.name = REST
    strip = track.strips.new(REST, 0, action)
    blender_versions.set_strip_slot(strip, slot)
    _fit(strip, (0.0, 1.0), 0.0, 1.0)
    return action, slot


def _drop_rest(owner: Animated) -> None:
    """Remove the strip that holds shape keys at 0 once no take lies above it."""
    data: Any = owner.animation_data
    if data is None or any(track.name != REST for track, _ in strips_of(owner)):
        return
    for track in [track for track in data.nla_tracks if track.name == REST]:
        action = track.strips[0].action if len(track.strips) else None
        data.nla_tracks.remove(track)
        if action and is_take(action) and action.users == 0:
            bpy.data.actions.remove(action)
