"""Write curves of keys into F-curves in bulk: at every frame, sparse, or into a stretch of what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

LINEAR, BEZIER = 1, 2
"""Codes of interpolations in foreach_set; the same in all versions."""
FREE, AUTO_CLAMPED = 0, 4
"""Codes of handle types in foreach_set; the same in all versions."""
_SMOOTHINGS = ("NONE", "CONT_ACCEL")  # by their codes
_FIELDS = ("interpolation", "handle_left_type", "handle_right_type")


@dataclass(frozen=True)
class Keys:
    """Keys of one curve: frames and values [K], float32 handles [K, 2] or None for lines from key to key."""

    frames: np.ndarray
    values: np.ndarray
    left: np.ndarray | None = None
    right: np.ndarray | None = None

    @classmethod
    def hermite(cls, frames: np.ndarray, values: np.ndarray, into: np.ndarray, out_of: np.ndarray) -> Keys:
        """Make keys from the slopes [K] by which the curve comes into each key and leaves it, a value a frame."""
        third = np.diff(frames) / 3.0
        before, after = np.r_[third[:1], third], np.r_[third, third[-1:]]
        if not len(third):
            before = after = np.ones(1)
        left = np.column_stack([frames - before, values - before * into])
        right = np.column_stack([frames + after, values + after * out_of])
        return cls(frames, values, left.astype(np.float32), right.astype(np.float32))


def write(curve: Any, keys: Keys) -> int:
    """Replace all keys of an F-curve; return the code of its smoothing of automatic handles, which is off then.

    Lines need none, and to update a curve with it takes four times as long; `smooth` sets it again.
    """
    points = curve.keyframe_points
    if len(points):
        points.clear()
    smoothing = _SMOOTHINGS.index(curve.auto_smoothing)
    curve.auto_smoothing = _SMOOTHINGS[0]  # has Blender update the curve: while it has no keys yet
    count = len(keys.frames)
    points.add(count)
    points.foreach_set("co", np.column_stack([keys.frames, keys.values]).astype(np.float32).ravel())
    if keys.left is None or keys.right is None:
        points.foreach_set("interpolation", np.full(count, LINEAR, np.int32))
    else:
        points.foreach_set("interpolation", np.full(count, BEZIER, np.int32))
        for side, handles in (("left", keys.left), ("right", keys.right)):
            points.foreach_set(f"handle_{side}_type", np.full(count, FREE, np.int32))
            points.foreach_set(f"handle_{side}", handles.ravel())
    curve.update()
    return smoothing


def smooth(curves: Any, smoothing: Mapping[tuple[str, int], int]) -> None:
    """Set the smoothing of curves by path and index; their handles are as they were until they are edited."""
    codes = np.empty(len(curves), np.int32)
    curves.foreach_get("auto_smoothing", codes)
    known = [(curve.data_path, curve.array_index) for curve in curves]
    codes[:] = [smoothing.get(name, code) for name, code in zip(known, codes, strict=True)]
    curves.foreach_set("auto_smoothing", codes)


def run_of(curve: Any) -> list[np.ndarray]:
    """Read what the run of an F-curve depends on: its keys, and their handles where a curve follows any of them."""
    points = curve.keyframe_points
    found = [np.empty(len(points), np.int32), np.empty(2 * len(points), np.float32)]
    points.foreach_get("interpolation", found[0])
    points.foreach_get("co", found[1])
    for field in ("handle_left", "handle_right") if (found[0] == BEZIER).any() else ():
        found.append(np.empty(2 * len(points), np.float32))
        points.foreach_get(field, found[-1])
    return found


def merge(curve: Any, keys: Keys, first: float, last: float) -> None:
    """Replace the keys of an F-curve between two frames, both included, and leave all others as they are."""
    kept = _without(curve, first, last)
    smoothing = write(curve, keys)
    if kept is None:
        curve.auto_smoothing = _SMOOTHINGS[smoothing]
        return
    points = curve.keyframe_points
    before, count = len(points), len(kept["co"]) // 2
    points.add(count)
    for name, data in kept.items():
        width = len(data) // count
        whole = np.empty((before + count) * width, data.dtype)
        points.foreach_get(name, whole)
        whole[before * width :] = data
        points.foreach_set(name, whole)
    points.sort()
    curve.auto_smoothing = _SMOOTHINGS[smoothing]
    curve.update()


def cut(curve: Any, first: float, last: float) -> int:
    """Remove the keys of an F-curve between two frames, both included; return how many are left."""
    kept = _without(curve, first, last)
    points = curve.keyframe_points
    points.clear()
    if kept is None:
        return 0
    points.add(len(kept["co"]) // 2)
    for name, data in kept.items():
        points.foreach_set(name, data)
    curve.update()
    return len(points)


def _without(curve: Any, first: float, last: float) -> dict[str, np.ndarray] | None:
    """Read the keys of an F-curve that lie outside of a stretch; None where there are none."""
    points = curve.keyframe_points
    count = len(points)
    if not count:
        return None
    read: dict[str, np.ndarray] = {}
    for name, kind, width in [
        *((name, np.float32, 2) for name in ("co", "handle_left", "handle_right")),
        *((name, np.int32, 1) for name in _FIELDS),
    ]:
        read[name] = np.empty(count * width, kind)
        points.foreach_get(name, read[name])
    frames = read["co"][::2]
    outside = (frames < first - 1e-3) | (frames > last + 1e-3)
    if not outside.any():
        return None
    return {name: data.reshape(count, -1)[outside].ravel() for name, data in read.items()}
