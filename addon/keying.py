"""Put a Take on a character: one new animation for face and head, keys in bulk, all of it or nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..inference_backend.contract import MienError, Take
from .blender_types import Animated
from .blender_versions import Assignment, TakeAction
from .characters import Character
from .tracks import Track, owners_of, tracks_of

LINEAR = 1
"""Code of linear interpolation in foreach_set; the same in all versions."""

log = logging.getLogger(__name__)


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


def key_take(character: Character, take: Take, start_frame: float, name: str = "Mien") -> Keyed:
    """Key row k of the take at frame start_frame + k, in a new action that becomes the active one.

    The take must be at the scene's rate. Actions that were active stay in the file. Raises KeyingFailed, and leaves
    everything as it was, where Blender does not allow it.
    """
    frames = start_frame + np.arange(len(take), dtype=np.float64)
    owners = owners_of(character)
    check_free(owners)
    made = TakeAction(name)
    before = [Assignment(owner) for owner in owners]
    sliders = _Sliders()
    try:
        tracks = tracks_of(character, take)
        _write(made, tracks, frames, sliders)
        for assignment in before:
            made.assign(assignment.owner)
    except Exception as error:
        sliders.restore()
        for assignment in before:
            assignment.restore()
        made.remove()
        if isinstance(error, MienError):
            raise
        log.exception("keying failed")
        raise KeyingFailed(f"Blender refused the keys ({error}); nothing was changed.") from error
    for assignment in before:
        assignment.keep()
    parts = tuple(Part(owner, *made.place_of(owner)) for owner in owners)
    return Keyed(tuple(made.actions), parts, len(tracks), len(take))


def _write(made: TakeAction, tracks: list[Track], frames: np.ndarray, sliders: _Sliders) -> None:
    """Fill the new action."""
    curves: dict[Animated, Any] = {}
    for track in tracks:
        if track.owner not in curves:
            curves[track.owner] = made.curves_of(track.owner)
        sliders.widen(track)
        _write_curve(curves[track.owner], track.path, track.index, frames, track.values)


def _write_curve(curves: Any, path: str, index: int, frames: np.ndarray, values: np.ndarray) -> None:
    """Write one F-curve of linear keys."""
    curve = curves.new(path, index=index)
    points = curve.keyframe_points
    points.add(len(frames))
    points.foreach_set("co", np.column_stack([frames, values]).astype(np.float32).ravel())
    points.foreach_set("interpolation", np.full(len(frames), LINEAR, np.int32))
    curve.update()


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
