"""The curves of a bone that a mapping turns, moves or scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
from mathutils import Euler

from ...rigs import neck
from ...rigs.profile import Axis
from .. import facing, rotations
from ..blender_types import ArmatureObject
from .controls import BoneControl

_TURNS = (Axis.TURN_PITCH, Axis.TURN_YAW, Axis.TURN_ROLL)
_MOVES = (Axis.MOVE_LEFT, Axis.MOVE_UP, Axis.MOVE_OUT)
_LOCS = (Axis.LOC_X, Axis.LOC_Y, Axis.LOC_Z)
_ROTS = (Axis.ROT_X, Axis.ROT_Y, Axis.ROT_Z)
_SCALES = (Axis.SCALE_X, Axis.SCALE_Y, Axis.SCALE_Z)

Curve = tuple[str, int, np.ndarray]
"""Data path, index, values [T]."""


@dataclass(frozen=True)
class Place:
    """The head's axes, columns left, up, out in the world, and the distance between the eyes in armature space."""

    facing: np.ndarray
    eyes_apart: float


def curves(control: BoneControl, signals: Mapping[str, np.ndarray], frames: int, place: Place) -> Iterator[Curve]:
    """Give all curves that the control's bone needs."""
    armature, bone = control.armature, control.armature.pose.bones[control.bone]
    amounts: dict[Axis, np.ndarray] = {}
    for axis, part in control.parts:
        value = np.broadcast_to(part.value(signals), (frames,))
        if axis in (*_TURNS, *_ROTS) and part.response is None:
            value = np.radians(value)
        elif axis in _MOVES:
            value = value * _unit(armature, bone, part.drive.target.pivot, place)
        amounts[axis] = amounts.get(axis, np.zeros(frames)) + value
    prefix = f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"]'
    yield from _rotation(armature, bone, prefix, amounts, frames, place)
    yield from _location(armature, bone, prefix, amounts, frames, place)
    for index, axis in enumerate(_SCALES):
        if axis in amounts:
            yield f"{prefix}.scale", index, 1.0 + amounts[axis]


def _rotation(
    armature: ArmatureObject, bone: Any, prefix: str, amounts: Mapping[Axis, np.ndarray], frames: int, place: Place
) -> Iterator[Curve]:
    own = {index: amounts[axis] for index, axis in enumerate(_ROTS) if axis in amounts}
    turns = any(axis in amounts for axis in _TURNS)
    if not turns and len(bone.rotation_mode) == 3:  # the bone's own angles, and only those
        for index, angles in own.items():
            yield f"{prefix}.rotation_euler", index, angles
        return
    if not turns and not own:
        return
    if turns:
        wxyz = neck.split(
            _columns(amounts, _TURNS, frames), [_rest(bone)], [1.0], facing.orientation(armature), place.facing
        )[0]
    else:
        angles = _columns(amounts, _ROTS, frames)
        wxyz = np.array([Euler(row).to_quaternion()[:] for row in angles.tolist()]).reshape(-1, 4)
    path, components = rotations.curves(bone, wxyz)
    for index, values in enumerate(components.T):
        yield path, index, values


def _location(
    armature: ArmatureObject, bone: Any, prefix: str, amounts: Mapping[Axis, np.ndarray], frames: int, place: Place
) -> Iterator[Curve]:
    if not any(axis in amounts for axis in _MOVES):
        for index, axis in enumerate(_LOCS):
            if axis in amounts:
                yield f"{prefix}.location", index, amounts[axis]
        return
    rest = _rest(bone) if bone.bone.use_local_location or bone.parent is None else np.eye(3)
    to_bone = (facing.orientation(armature) @ rest).T @ place.facing  # columns: left, up, out as the bone sees them
    values = _columns(amounts, _MOVES, frames) @ to_bone.T + _columns(amounts, _LOCS, frames)
    for index in range(3):
        if np.any(np.abs(to_bone[index]) > 1e-4):
            yield f"{prefix}.location", index, values[:, index]


def _columns(amounts: Mapping[Axis, np.ndarray], axes: Sequence[Axis], frames: int) -> np.ndarray:
    return np.stack([amounts.get(axis, np.zeros(frames)) for axis in axes], axis=1)


def _rest(bone: Any) -> np.ndarray:
    return np.array(bone.bone.matrix_local.to_3x3())


def _unit(armature: ArmatureObject, bone: Any, pivot: str, place: Place) -> float:
    if not pivot:
        return place.eyes_apart
    return (bone.bone.head_local - armature.data.bones[pivot].head_local).length
