"""Push takes down into the NLA, as Blender does, so that all lines of a batch play one after another."""

from __future__ import annotations

import math
from typing import Any

import bpy

from .. import blender_versions, layers
from ..blender_types import Animated
from ..blender_versions import Assignment

TRACK = "Mien Batch"
"""Name of the tracks; lines that overlap in time come into several of them."""


def push_down(owner: Animated, name: str) -> None:
    """Put the active action into a strip where its keys lie; nothing is active then."""
    data: Any = owner.animation_data
    if data is None or data.action is None:
        return
    action, slot = data.action, getattr(data, "action_slot", None)
    curves = blender_versions.action_curves(owner)
    low = math.floor(min((curve.range()[0] for curve in curves), default=1.0))
    high = math.ceil(max((curve.range()[1] for curve in curves), default=2.0))
    track = _free_track(data, low, max(high, low + 1))
    strip = track.strips.new(name, low, action)
    if slot is not None:
        strip.action_slot = slot
    _hold(track)
    layers.let_play_beside(action)
    data.action = None


def give_back(before: Assignment, takes: set[bpy.types.Action]) -> None:
    """Let an action play again that was active before and holds no take: animation by hand goes on over the strips."""
    if before.action is not None and before.action not in takes:
        before.restore()


def _hold(track: Any) -> None:
    """Hold each line's last pose until the next one begins, and the first line's first pose before it."""
    strips = sorted(track.strips, key=lambda strip: strip.frame_start)
    for index, strip in enumerate(strips):
        strip.extrapolation = "HOLD_FORWARD" if index else "HOLD"


def _free_track(data: Any, low: float, high: float) -> Any:
    """Find the first of the batch's tracks with room, or make one."""
    for track in data.nla_tracks:
        is_ours = track.name.rpartition(".")[0] == TRACK or track.name == TRACK
        if is_ours and all(strip.frame_end <= low or strip.frame_start >= high for strip in track.strips):
            return track
    track = data.nla_tracks.new()
    track.name = TRACK
    return track
