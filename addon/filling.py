"""Fill a take's actions with keys, curve by curve; nothing plays them meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import blender_versions, fcurves, stretches
from .blender_types import Animated
from .blender_versions import TakeAction
from .fcurves import Keys
from .slices import Work
from .tracks import Track


def lines(tracks: Sequence[Track], frames: np.ndarray, rows: slice) -> list[Keys]:
    """Give each track a key at every frame; tracks that move in the same way share theirs."""
    shared: dict[bytes, Keys] = {}
    found = []
    for track in tracks:
        values = np.ascontiguousarray(track.values[rows], np.float32)
        found.append(shared.setdefault(values.tobytes(), Keys(frames, values)))
    return found


def fill(made: TakeAction, tracks: Sequence[Track], keys: Sequence[Keys]) -> Work[None]:
    """Write the keys of each track as all that its curve holds."""
    smoothing: dict[Animated, dict[tuple[str, int], int]] = {track.owner: {} for track in tracks}
    for owner in smoothing:
        made.curves_of(owner)
        yield 0.0  # it may have copied an action
    twins: dict[int, Track] = {}
    for number, (track, own) in enumerate(zip(tracks, keys, strict=True), 1):
        curves, twin = made.curves_of(track.owner), twins.setdefault(id(own), track)
        if _copy(made, curves, track, twin):
            smoothing[track.owner][track.path, track.index] = smoothing[twin.owner][twin.path, twin.index]
        else:
            curve = curves.find(track.path, index=track.index) or curves.new(track.path, index=track.index)
            smoothing[track.owner][track.path, track.index] = fcurves.write(curve, own)
        yield number / len(tracks)
    for owner, before in smoothing.items():
        fcurves.smooth(made.curves_of(owner), before)


def merge(made: TakeAction, tracks: Sequence[Track], keys: Sequence[Keys]) -> Work[None]:
    """Write the keys of each track between the first and the last of them, and remember that stretch."""
    for number, (track, own) in enumerate(zip(tracks, keys, strict=True), 1):
        curves, first, last = made.curves_of(track.owner), own.frames[0], own.frames[-1]
        curve = curves.find(track.path, index=track.index) or curves.new(track.path, index=track.index)
        fcurves.merge(curve, own, first, last)
        stretches.note(made.slot_of(track.owner), track.path, track.index, first, last)
        yield number / len(tracks)


def _copy(made: TakeAction, curves: Any, track: Track, twin: Track) -> bool:
    """Copy the curve of a track that has the same keys, which is much quicker than to write them again."""
    if twin is track or twin.index != track.index or curves.find(track.path, index=track.index):
        return False
    source = made.curves_of(twin.owner).find(twin.path, index=twin.index)
    return blender_versions.copy_curve(curves, source, track.path)
