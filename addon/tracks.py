"""What a take moves on a character: one track for each property, with its value at every row."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..inference_backend.contract import Take
from ..rigs import neck
from . import facing, rotations
from .blender_types import Animated, ArmatureObject
from .characters import Character, FaceMesh


@dataclass(frozen=True)
class Track:
    """The values [T] of one animated property; source names the channel, or pitch, yaw and roll as `head`."""

    owner: Animated
    path: str
    index: int
    values: np.ndarray
    source: str


def tracks_of(character: Character, take: Take) -> list[Track]:
    """Give every property of a character that a take moves, face first."""
    tracks = [track for mesh in character.meshes for track in _of_face(mesh, take)]
    if character.armature and character.bones.chain:
        tracks += _of_head(character.armature, character, take)
    return tracks


def owners_of(character: Character) -> list[Animated]:
    """List the data-blocks that a take animates on a character."""
    owners: list[Animated] = [mesh.keys for mesh in character.meshes]
    if character.armature and character.bones.chain:
        owners.append(character.armature)
    return owners


def _of_face(mesh: FaceMesh, take: Take) -> list[Track]:
    return [
        Track(mesh.keys, f'key_blocks["{bpy.utils.escape_identifier(key)}"].value', 0, take.channel(channel), channel)
        for channel, keys in mesh.channels.keys.items()
        for key in keys
    ]


def _of_head(armature: ArmatureObject, character: Character, take: Take) -> list[Track]:
    chain = character.bones.chain
    faces = [(mesh.object, mesh.channels.keys) for mesh in character.meshes]
    turned = neck.split(
        take.head,
        [np.array(armature.data.bones[name].matrix_local.to_3x3()) for name in chain],
        _parts(character),
        facing.orientation(armature),
        facing.of_armature(armature, faces),
    )
    tracks = []
    for name, wxyz in zip(chain, turned, strict=True):
        path, components = rotations.curves(armature.pose.bones[name], wxyz)
        tracks += [Track(armature, path, index, values, "head") for index, values in enumerate(components.T)]
    return tracks


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
