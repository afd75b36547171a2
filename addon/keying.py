"""Put a Take on a character: one new animation for face and head, keys in bulk, all of it or nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..inference_backend.contract import MienError, Take
from ..rigs import neck
from . import facing, rotations
from .blender_types import Animated, ArmatureObject
from .blender_versions import Assignment, TakeAction
from .characters import Character, FaceMesh

LINEAR = 1
"""Code of linear interpolation in foreach_set; the same in all versions."""

log = logging.getLogger(__name__)


class KeyingFailed(MienError):
    """Blender refused the keys."""

    kind = "keying_failed"


@dataclass(frozen=True)
class Keyed:
    """What was keyed."""

    actions: tuple[bpy.types.Action, ...]
    curves: int
    frames: int


def key_take(character: Character, take: Take, start_frame: float, name: str = "Mien") -> Keyed:
    """Key row k of the take at frame start_frame + k, in a new action that becomes the active one.

    The take must be at the scene's rate. Actions that were active stay in the file. Raises KeyingFailed, and leaves
    everything as it was, where Blender does not allow it.
    """
    frames = start_frame + np.arange(len(take), dtype=np.float64)
    _check_free(character)
    made = TakeAction(name)
    before = [Assignment(owner) for owner in _owners(character)]
    sliders = _Sliders()
    try:
        count = _write(made, character, take, frames, sliders)
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
    return Keyed(tuple(made.actions), count, len(take))


def _owners(character: Character) -> list[Animated]:
    """List the data-blocks that get keys."""
    owners: list[Animated] = [mesh.keys for mesh in character.meshes]
    if character.armature and character.bones.chain:
        owners.append(character.armature)
    return owners


def _write(made: TakeAction, character: Character, take: Take, frames: np.ndarray, sliders: _Sliders) -> int:
    """Fill the new action; return the number of curves."""
    count = 0
    for mesh in character.meshes:
        count += _write_face(made.curves_of(mesh.keys), mesh, take, frames, sliders)
    if character.armature and character.bones.chain:
        count += _write_head(made.curves_of(character.armature), character.armature, character, take, frames)
    return count


def _write_face(curves: Any, mesh: FaceMesh, take: Take, frames: np.ndarray, sliders: _Sliders) -> int:
    count = 0
    for channel, key_names in mesh.channels.keys.items():
        values = take.channel(channel)
        for key_name in key_names:
            sliders.widen(mesh.keys.key_blocks[key_name], float(values.min()), float(values.max()))
            _write_curve(curves, f'key_blocks["{bpy.utils.escape_identifier(key_name)}"].value', 0, frames, values)
            count += 1
    return count


def _write_head(curves: Any, armature: ArmatureObject, character: Character, take: Take, frames: np.ndarray) -> int:
    chain = character.bones.chain
    faces = [(mesh.object, mesh.channels.keys) for mesh in character.meshes]
    turned = neck.split(
        take.head,
        [np.array(armature.data.bones[name].matrix_local.to_3x3()) for name in chain],
        _parts(character),
        facing.orientation(armature),
        facing.of_armature(armature, faces),
    )
    count = 0
    for name, wxyz in zip(chain, turned, strict=True):
        path, components = rotations.curves(armature.pose.bones[name], wxyz)
        for index, values in enumerate(components.T):
            _write_curve(curves, path, index, frames, values)
            count += 1
    return count


def _parts(character: Character) -> list[float]:
    """Share the rotation along the chain; a head that does not follow the neck gets all of it."""
    necks, head = character.bones.necks, character.bones.head
    parts = neck.shares(len(necks), head=head is not None)
    if necks and head and not _follows(character.armature, head, necks):
        parts[-1] = 1.0
    return parts


def _follows(armature: ArmatureObject, head: str, necks: tuple[str, ...]) -> bool:
    """Tell whether the head turns with every neck bone: no bone between them that is cut off or constrained."""
    between, bone = set(), armature.data.bones[head]
    while bone is not None and bone.name != necks[0]:
        constrained = bone.name != head and any(not c.mute for c in armature.pose.bones[bone.name].constraints)
        if constrained or not bone.use_inherit_rotation:
            return False
        between.add(bone.name)
        bone = bone.parent
    return bone is not None and set(necks[1:]) <= between


def _write_curve(curves: Any, path: str, index: int, frames: np.ndarray, values: np.ndarray) -> None:
    """Write one F-curve of linear keys."""
    curve = curves.new(path, index=index)
    points = curve.keyframe_points
    points.add(len(frames))
    points.foreach_set("co", np.column_stack([frames, values]).astype(np.float32).ravel())
    points.foreach_set("interpolation", np.full(len(frames), LINEAR, np.int32))
    curve.update()


def _check_free(character: Character) -> None:
    for owner in _owners(character):
        if owner.animation_data and owner.animation_data.use_tweak_mode:
            raise KeyingFailed(f"'{owner.name}' is in tweak mode of the NLA editor; leave it (Tab) and try again.")


class _Sliders:
    """Widens the ranges of shape keys where values leave them, and can put them back."""

    def __init__(self) -> None:
        self._before: list[tuple[bpy.types.ShapeKey, float, float]] = []

    def widen(self, block: bpy.types.ShapeKey, low: float, high: float) -> None:
        if block.slider_min <= low and high <= block.slider_max:
            return
        self._before.append((block, block.slider_min, block.slider_max))
        block.slider_min, block.slider_max = min(low, block.slider_min), max(high, block.slider_max)

    def restore(self) -> None:
        for block, low, high in self._before:
            block.slider_min, block.slider_max = low, high
