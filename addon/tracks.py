"""What a take moves on a character: one track for each property, with its value at every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..inference_backend.contract import INDEX, Take
from ..rigs import neck, visemes
from . import facing, head, rotations
from .blender_types import Animated, ArmatureObject
from .characters import Character
from .mapping import bone_tracks, controls

HEAD = "head"
"""Source of the tracks that pitch, yaw and roll turn."""


@dataclass(frozen=True)
class Track:
    """The values [T] of one animated property.

    source names the channel that it shows, or the first of several, or `head` for pitch, yaw and roll; sources names
    all of them.
    """

    owner: Animated
    path: str
    index: int
    values: np.ndarray
    source: str
    sources: tuple[str, ...] = ()


def tracks_of(character: Character, take: Take) -> list[Track]:
    """Give every property of a character that a take moves, face first."""
    return list(track_by_track(character, take))


def track_by_track(character: Character, take: Take) -> Iterator[Track]:
    """Do what tracks_of does, and work out each track as it is asked for; nothing within a data-block is held then."""
    yield from _of_face(character, take)
    if character.armature and character.bones.chain:
        yield from _of_head(character.armature, character, take)


def owners_of(character: Character) -> list[Animated]:
    """List the data-blocks that a take animates on a character."""
    owners = {_owner(control): None for control in character.resolved.controls}
    if character.armature and character.bones.chain:
        owners[character.armature] = None
    return list(owners)


def _owner(control: controls.Control) -> Animated:
    return control.owner if isinstance(control, controls.ValueControl) else control.armature


def _of_face(character: Character, take: Take) -> Iterator[Track]:
    found = character.resolved.controls
    signals = visemes.signals(take, controls.sources_of(found))
    place = None
    for control in found:
        sources = _sources(control)
        if isinstance(control, controls.ValueControl):
            yield Track(
                control.owner, control.path, control.index, _values(control, signals, take), sources[0], sources
            )
            continue
        place = place or _place(character)
        for path, index, values in list(bone_tracks.curves(control, signals, len(take), place)):
            yield Track(control.armature, path, index, values, sources[0], sources)


def _values(control: controls.ValueControl, signals: Mapping[str, np.ndarray], take: Take) -> np.ndarray:
    only = control.parts[0]
    if len(control.parts) == 1 and only.response is None and only.drive.is_plain:
        source = only.drive.formula.sources[0]
        return take.channel(source) if source in INDEX else signals[source]
    total = sum((part.value(signals) for part in control.parts), np.zeros(len(take)))
    return total + control.rest


def _sources(control: controls.Control) -> tuple[str, ...]:
    """Name the channels that a control shows; those of a mouth shape count for the mouth."""
    found: dict[str, None] = {}
    for part in controls.parts_of(control):
        for name in part.drive.sources:
            if name.startswith(visemes.PREFIX):
                shape = visemes.VISEMES[name.removeprefix(visemes.PREFIX)]
                found |= dict.fromkeys(shape or ("jawOpen",))
            else:
                found[name] = None
    return tuple(found)


def _place(character: Character) -> bone_tracks.Place:
    armature = character.armature or character.owner
    return bone_tracks.Place(
        head_frame(character, armature), facing.eyes_apart(armature, _faces(character), character.mapping.eyes)
    )


def _of_head(armature: ArmatureObject, character: Character, take: Take) -> Iterator[Track]:
    chain = character.bones.chain
    limits = head.limits_of(armature)
    turned = neck.split(
        limits.limited(take.head),
        [np.array(armature.data.bones[name].matrix_local.to_3x3()) for name in chain],
        _parts(character, limits.neck_share),
        facing.orientation(armature),
        head_frame(character, armature),
    )
    for name, wxyz in zip(chain, turned, strict=True):
        path, components = rotations.curves(armature.pose.bones[name], wxyz)
        for index, values in enumerate(components.T):
            yield Track(armature, path, index, values, HEAD, (HEAD,))


def head_frame(character: Character, armature: ArmatureObject) -> np.ndarray:
    """Find which way the head looks: 3x3 in the world, columns its left, up, out of the face."""
    return facing.of_armature(armature, _faces(character), character.mapping.eyes)


def _faces(character: Character) -> list[facing.Face]:
    """List meshes with the keys of their channels; an open mouth tells as much as an open jaw where it stands."""
    faces = []
    for mesh in character.meshes:
        keys = dict(mesh.channels.keys)
        for open_mouth in ("viseme.aa", "viseme.oh"):
            if open_mouth in keys:
                keys.setdefault("jawOpen", keys[open_mouth])
        faces.append((mesh.object, keys))
    return faces


def _parts(character: Character, neck_share: float) -> list[float]:
    """Share the rotation along the chain; a head that does not follow the neck gets all of it."""
    necks, head_bone = character.bones.necks, character.bones.head
    parts = neck.shares(len(necks), head=head_bone is not None, neck_share=neck_share)
    if necks and head_bone and not _follows(character.armature, head_bone, necks):
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
