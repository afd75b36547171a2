"""Read from Blender's objects the names that a character is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import bpy

from ...rigs.detection import Anatomy
from ..blender_types import ArmatureObject, MeshObject

_TAKES_OVER = frozenset({
    "COPY_TRANSFORMS", "DAMPED_TRACK", "TRACK_TO", "LOCKED_TRACK", "IK", "SPLINE_IK", "STRETCH_TO", "FOLLOW_PATH",
    "CLAMP_TO", "CAMERA_SOLVER", "FOLLOW_TRACK", "OBJECT_SOLVER",
})  # fmt: skip
"""Constraints under which keys on the bone itself are not seen."""
_AIMS = frozenset({"DAMPED_TRACK", "TRACK_TO", "LOCKED_TRACK", "STRETCH_TO", "IK"})
_NUMBERS = (int, float)
_BONE_PATH = re.compile(r'pose\.bones\["((?:[^"\\]|\\.)*)"\]\.(location|rotation|scale)')


def read(meshes: list[MeshObject], armature: ArmatureObject | None) -> Anatomy:
    """List shape keys, bones and properties. Called at every redraw of the panel, so it only lists."""
    shapes = tuple(
        tuple(block.name for block in keys.key_blocks if block != keys.reference_key)
        for keys in dict.fromkeys(mesh.data.shape_keys for mesh in meshes)
    )
    if armature is None:
        return Anatomy(shapes)
    constrained = [bone for bone in armature.pose.bones if bone.constraints]
    return Anatomy(
        shapes,
        tuple(armature.data.bones.keys()),
        tuple(_properties(armature)),
        frozenset(bone.name for bone in constrained if is_ruled(bone)) | driven_bones(armature),
        frozenset(name for bone in constrained for name in _aims(armature, bone)),
    )


def is_ruled(bone: Any) -> bool:
    """Tell whether constraints take a bone over, so that keys on it are not seen."""
    return any(_takes_over(each) for each in bone.constraints if not each.mute and each.influence > 0.0)


def driven_bones(armature: ArmatureObject) -> frozenset[str]:
    """Name the bones whose place, rotation or scale is driven."""
    if armature.animation_data is None:
        return frozenset()
    paths = (driver.data_path for driver in armature.animation_data.drivers)
    found = (_BONE_PATH.match(path) for path in paths)
    return frozenset(bpy.utils.unescape_identifier(match[1]) for match in found if match)


def _takes_over(constraint: Any) -> bool:
    if constraint.type in _TAKES_OVER:
        return True
    if constraint.influence < 1.0 or constraint.target_space != "WORLD" or constraint.owner_space != "WORLD":
        return False
    if constraint.type == "COPY_LOCATION":
        return not constraint.use_offset
    return constraint.type == "COPY_ROTATION" and constraint.mix_mode == "REPLACE"


def _aims(armature: ArmatureObject, bone: Any) -> Iterator[str]:
    for constraint in bone.constraints:
        if constraint.type in _AIMS and constraint.target == armature and not constraint.mute and constraint.subtarget:
            yield constraint.subtarget


def _properties(armature: ArmatureObject) -> Iterator[tuple[str, str]]:
    """Give the custom properties that are single numbers, of the armature and of its bones."""
    for bone, holder in (("", armature), *((bone.name, bone) for bone in armature.pose.bones)):
        for name in holder.keys():  # noqa: SIM118  # a bone is no dictionary: iterating it is not allowed
            if isinstance(holder[name], _NUMBERS) and not isinstance(holder[name], bool):
                yield bone, name
