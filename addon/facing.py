"""Find out which way a character faces, from its shapes."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np

from ..rigs.neck import BLENDER_FRONT

_SNAP_COSINE = np.cos(np.radians(40.0))


def orientation(owner: bpy.types.Object) -> np.ndarray:
    """Rotation of an object in the world, 3x3, without its scale; mirrored objects stay mirrored."""
    axes = np.array(owner.matrix_world.to_3x3(), np.float64)
    return axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12)


def of_armature(armature: bpy.types.Object, faces: Sequence[tuple[bpy.types.Object, dict[str, tuple[str, ...]]]]):
    """Head frame in the world, 3x3: columns the character's left, up, out of the face.

    faces: meshes with their channel -> key names. Measured from where the lids and the jaw move, snapped to the
    armature's own axes when near to them; an armature without such shapes faces -Y with Z up.
    """
    for mesh, keys in faces:
        measured = _from_shapes(mesh, keys)
        if measured is not None:
            return _snapped(measured, orientation(armature))
    default = orientation(armature) @ BLENDER_FRONT
    return default * np.array([1.0, 1.0, np.sign(np.linalg.det(default))])


def _from_shapes(mesh: bpy.types.Object, keys: dict[str, tuple[str, ...]]) -> np.ndarray | None:
    """Measure the head frame: left from lid to lid, up from the jaw to the lids; None where these do not move."""
    needed = ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen")
    if not all(name in keys for name in needed):
        return None
    centres = [_centre(mesh, keys[name][0]) for name in needed]
    if any(centre is None for centre in centres):
        return None
    left_lid, right_lid, jaw = centres
    left = _unit(left_lid - right_lid)
    rise = (left_lid + right_lid) / 2.0 - jaw
    up = _unit(rise - left * (rise @ left))
    frame = np.stack([left, up, np.cross(left, up)], axis=1)
    return frame if abs(np.linalg.det(frame) - 1.0) < 1e-6 else None


def _centre(mesh: bpy.types.Object, key_name: str) -> np.ndarray | None:
    """Where a shape key moves the mesh, in the world, weighted by how far; None if it moves nothing."""
    blocks = mesh.data.shape_keys.key_blocks
    block = blocks[key_name]
    rest, moved = (_coordinates(b) for b in (block.relative_key, block))
    distance = np.linalg.norm(moved - rest, axis=1)
    if distance.sum() < 1e-9:
        return None
    local = (rest * distance[:, None]).sum(axis=0) / distance.sum()
    return (np.array(mesh.matrix_world, np.float64) @ np.append(local, 1.0))[:3]


def _coordinates(block: bpy.types.ShapeKey) -> np.ndarray:
    flat = np.empty(len(block.data) * 3, np.float32)
    block.data.foreach_get("co", flat)
    return flat.reshape(-1, 3).astype(np.float64)


def _snapped(frame: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Replace each column by the nearest of the armature's axes, where all three are near enough."""
    cosines = frame.T @ axes  # [column of frame, axis]
    nearest = np.abs(cosines).argmax(axis=1)
    best = cosines[np.arange(3), nearest]
    if len(set(nearest)) < 3 or np.abs(best).min() < _SNAP_COSINE:
        return frame
    return axes[:, nearest] * np.sign(best)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(np.linalg.norm(vector), 1e-12)
