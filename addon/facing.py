"""Find out which way a character faces, from its shapes."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np

from ..rigs import sides
from ..rigs.neck import BLENDER_FRONT
from .blender_types import ArmatureObject, MeshObject

Face = tuple[MeshObject, dict[str, tuple[str, ...]]]
"""A mesh with channel -> key names."""
HEAD_EYES = 0.4
"""Distance between the eyes in parts of a head bone's length, where nothing else tells."""
_SNAP_LEFT, _SNAP_UP = np.cos(np.radians([10.0, 40.0]))
"""Faces are a little asymmetric, and jaws stand out: so near to an axis of the armature, the axis is meant."""


def orientation(owner: bpy.types.Object) -> np.ndarray:
    """Rotation of an object in the world, 3x3, without its scale; mirrored objects stay mirrored."""
    axes = np.array(owner.matrix_world.to_3x3(), np.float64)
    return axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12)


def of_armature(armature: ArmatureObject, faces: Sequence[Face], eyes: Sequence[str] = ()) -> np.ndarray:
    """Head frame in the world, 3x3: columns the character's left, up, out of the face; left-handed in a mirror.

    eyes: bones of the left and the right eye. Measured from where the lids and the jaw move, else from where the bones
    of both sides lie, snapped to the armature's own axes when near to them; without either it faces -Y with Z up.
    """
    for mesh, keys in faces:
        measured = _from_shapes(mesh, keys, armature)
        if measured is not None:
            return orientation(armature) @ measured
    measured = _from_bones(armature, eyes) if armature.type == "ARMATURE" else None
    return orientation(armature) @ (BLENDER_FRONT if measured is None else measured)


def eyes_apart(armature: ArmatureObject, faces: Sequence[Face], eyes: Sequence[str] = ()) -> float:
    """Distance between the eyes in the armature's space, from their bones, their lids, or the size of the head."""
    if armature.type == "ARMATURE":
        bones = [armature.data.bones.get(name) for name in eyes]
        if len(bones) == 2 and all(bones) and (apart := (bones[0].head_local - bones[1].head_local).length) > 0.0:
            return apart
    for mesh, keys in faces:
        lids = [_centre(mesh, keys[name][0], armature) for name in ("eyeBlinkLeft", "eyeBlinkRight") if name in keys]
        found = [lid for lid in lids if lid is not None]
        if len(found) == 2 and (apart := float(np.linalg.norm(found[0] - found[1]))) > 0.0:
            return apart
    bones = armature.data.bones if armature.type == "ARMATURE" else ()
    return next((HEAD_EYES * bone.length for bone in bones if "head" in bone.name.lower()), 1.0)


def _from_bones(armature: ArmatureObject, eyes: Sequence[str]) -> np.ndarray | None:
    """Measure the head frame in armature space: left from the bones of both sides, up from the root to the head."""
    bones = armature.data.bones
    pairs = [(bones.get(eyes[0]), bones.get(eyes[1]))] if len(eyes) == 2 else []
    pairs += [
        (bone, bones.get(other)) for bone in bones if (other := sides.other(bone.name)) and sides.is_left(bone.name)
    ]
    apart = [np.array(left.head_local - right.head_local, np.float64) for left, right in pairs if left and right]
    head = next((bone for bone in bones if "head" in bone.name.lower()), None)
    if not apart or head is None:
        return None
    widest = apart[0] if len(eyes) == 2 else max(apart, key=lambda each: float(np.linalg.norm(each)))
    root = head.parent_recursive[-1] if head.parent_recursive else None
    height = np.array(head.head_local - root.head_local if root else head.tail_local - head.head_local, np.float64)
    if np.linalg.norm(widest) < 1e-9 or np.linalg.norm(height) < 1e-9:
        return None
    return _frame(widest, height)


def _from_shapes(mesh: MeshObject, keys: dict[str, tuple[str, ...]], armature: ArmatureObject) -> np.ndarray | None:
    """Measure the head frame in armature space: left from lid to lid, up from jaw to lids; None if these are still."""
    needed = ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen")
    if not all(name in keys for name in needed):
        return None
    measured = (_centre(mesh, keys[name][0], armature) for name in needed)
    centres = [centre for centre in measured if centre is not None]
    if len(centres) < len(needed):
        return None
    left_lid, right_lid, jaw = centres
    return _frame(left_lid - right_lid, (left_lid + right_lid) / 2.0 - jaw)


def _frame(to_left: np.ndarray, to_top: np.ndarray) -> np.ndarray | None:
    left, up = _snapped(to_left, _SNAP_LEFT), _snapped(to_top, _SNAP_UP)
    up = _unit(up - left * (up @ left))
    frame = np.stack([left, up, np.cross(left, up)], axis=1)
    return frame if np.linalg.det(frame) > 0.99 else None


def _centre(mesh: MeshObject, key_name: str, armature: ArmatureObject) -> np.ndarray | None:
    """Where a shape key moves the mesh, in armature space, weighted by how far; None if it moves nothing."""
    blocks = mesh.data.shape_keys.key_blocks
    block = blocks[key_name]
    rest, moved = (_coordinates(b) for b in (block.relative_key, block))
    distance = np.linalg.norm(moved - rest, axis=1)
    if distance.sum() < 1e-9:
        return None
    local = (rest * distance[:, None]).sum(axis=0) / distance.sum()
    place = armature.matrix_world.inverted_safe() @ mesh.matrix_world
    return (np.array(place, np.float64) @ np.append(local, 1.0))[:3]


def _coordinates(block: bpy.types.ShapeKey) -> np.ndarray:
    flat = np.empty(len(block.data) * 3, np.float32)
    block.data.foreach_get("co", flat)
    return flat.reshape(-1, 3).astype(np.float64)


def _snapped(vector: np.ndarray, cosine: float) -> np.ndarray:
    """Return a direction, or the axis of the space that it is this near to."""
    direction = _unit(vector)
    nearest = int(np.abs(direction).argmax())
    if abs(direction[nearest]) < cosine:
        return direction
    return np.eye(3)[nearest] * np.sign(direction[nearest])


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(np.linalg.norm(vector), 1e-12)
