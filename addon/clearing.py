"""Take off a character what Mien keyed, and nothing else."""

from __future__ import annotations

from typing import Any

from . import blender_versions, layers, stretches
from .blender_types import Animated
from .blender_versions import is_take
from .characters import Character
from .keying import check_free
from .tracks import owners_of


def clear(character: Character) -> int:
    """Unassign takes, remove their strips, and the keys put into other actions; count the curves.

    What nothing animates any more goes to rest. The actions of stored takes stay in the file. Raises KeyingFailed.
    """
    owners = owners_of(character)
    check_free(owners)
    return sum(_clear(owner) for owner in owners)


def _clear(owner: Animated) -> int:
    data: Any = owner.animation_data
    if data is None:
        return 0
    freed = [
        name
        for track, strip in layers.strips_of(owner)
        if track.name != layers.REST
        for name in _names(_strip_place(strip))
    ]
    layers.take_away(owner)
    if active := blender_versions.active_place(owner):
        if is_take(active[0]):
            freed += _names(active)
            data.action = None
        else:
            freed += stretches.clear(active, blender_versions.place_curves(active))
    layers.blend_active(owner)
    still = _animated(owner)
    for path, index in set(freed) - still:
        _rest(owner, path, index)
    return len(set(freed))


def _strip_place(strip: Any) -> blender_versions.Place:
    return strip.action, getattr(strip, "action_slot", None)


def _names(place: blender_versions.Place) -> list[tuple[str, int]]:
    return [(curve.data_path, curve.array_index) for curve in blender_versions.place_curves(place)]


def _animated(owner: Animated) -> set[tuple[str, int]]:
    """Name what still animates a data-block, drivers included."""
    data: Any = owner.animation_data
    active = blender_versions.active_place(owner)
    places = [active] if active else []
    places += [_strip_place(strip) for track in data.nla_tracks for strip in track.strips if strip.action]
    driven = {(curve.data_path, curve.array_index) for curve in data.drivers}
    return driven.union(*(_names(place) for place in places))


def _rest(owner: Animated, path: str, index: int) -> None:
    """Set a property to what it is at rest; one that is gone by now is left alone."""
    try:
        value = owner.path_resolve(path)
        holder_path, _, name = path.rpartition(".")
        if hasattr(value, "__len__"):
            value[index] = _of_vector(name, index)
        elif name:
            holder = owner.path_resolve(holder_path) if holder_path else owner
            setattr(holder, name, 0.0)
    except (ValueError, AttributeError, TypeError):
        return


def _of_vector(name: str, index: int) -> float:
    """Give a component of a transform at rest."""
    is_one = name == "scale" or (name, index) in {("rotation_quaternion", 0), ("rotation_axis_angle", 2)}
    return 1.0 if is_one else 0.0
