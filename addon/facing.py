"""Find out which way a character faces, from its shapes."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np

from ..rigs.neck import BLENDER_FRONT
from .blender_types import ArmatureObject, MeshObject

_SNAP_LEFT, _SNAP_UP = np.cos(np.radians([10.0, 40.0]))
"""Faces are a little asymmetric, and jaws stand out: so near to an axis of the armature, the axis is meant."""


def orientation(owner: bpy.types.Object) -> np.ndarray:
    """Rotation of an object in the world, 3x3, without its scale; mirrored objects stay mirrored."""
    axes = np.array(owner.matrix_world.to_3x3(), np.float64)
    return axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12)


def of_armature(armature: ArmatureObject, faces: Sequence[tuple[MeshObject, dict[str, tuple[str, ...]]]]) -> np.ndarray:
    """Head frame in the world, 3x3: columns the character's left, up, out of the face; left-handed in a mirror.

    faces: meshes with their channel -> key names. Measured from where the lids and the jaw move, snapped to the
    armature's own axes when near to them; an armature without such shapes faces -Y with Z up.
    """
    for mesh, keys in faces:
        measured = _from_shapes(mesh, keys, armature)
        if measured is not None:
            return orientation(armature) @ measured
    return orientation(armature) @ BLENDER_FRONT


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
    left = _snapped(left_lid - right_lid, _SNAP_LEFT)
    up = _snapped((left_lid + right_lid) / 2.0 - jaw, _SNAP_UP)
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
