"""Find a character: the meshes that carry its face, its armature, and the bones of neck and head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bpy
from mathutils import Vector

from ..inference_backend.contract import CHANNELS, MienError
from ..rigs import bones, names, visemes
from ..rigs.detection import Anatomy, detect
from ..rigs.profile import Kind, Mapping
from .blender_types import ArmatureObject, MeshObject
from .mapping import anatomy, controls, table


class NoCharacter(MienError):
    """There is no face that Mien could animate."""

    kind = "no_character"


@dataclass(frozen=True)
class FaceMesh:
    """A mesh with shape keys for some of the channels."""

    object: MeshObject
    channels: names.ChannelMap

    @property
    def keys(self) -> bpy.types.Key:
        """The data-block of its shape keys."""
        return self.object.data.shape_keys


@dataclass(frozen=True)
class Character:
    """What a take is keyed on; holds Blender objects, so find it anew instead of keeping it.

    mapping: what moves what. substitutes: channels that it lacks, and what shows them instead.
    """

    meshes: tuple[FaceMesh, ...]
    armature: ArmatureObject | None
    bones: bones.HeadBones
    mapping: Mapping
    substitutes: dict[str, str]
    objects: tuple[MeshObject, ...] = ()

    @property
    def name(self) -> str:
        """Name of the object that stands for the character."""
        return self.owner.name

    @property
    def owner(self) -> Any:
        """The object that stands for the character and keeps what belongs to it."""
        return self.armature or (self.meshes[0].object if self.meshes else self.objects[0])

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels that are shown, each by itself, by a stand-in or by visemes; in contract order."""
        shown = set(self.mapping.sources)
        for name in self.visemes:
            shown |= set(visemes.VISEMES[name])
        return tuple(name for name in CHANNELS if name in shown)

    @property
    def visemes(self) -> tuple[str, ...]:
        """Mouth shapes that the mouth is reduced to; empty where it is not."""
        return tuple(n.removeprefix(visemes.PREFIX) for n in self.mapping.sources if n.startswith(visemes.PREFIX))

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Channels that nothing shows."""
        shown = self.channels
        return tuple(name for name in CHANNELS if name not in shown)

    @cached_property
    def resolved(self) -> controls.Resolved:
        """The properties and bones that are keyed, and what of the mapping comes to nothing."""
        return controls.resolve(self.mapping, [m.object for m in self.meshes], self.armature, self.bones.chain)


def find(start: bpy.types.Object | None, scene: bpy.types.Scene) -> Character:
    """Find the character that `start` (its armature, one of its meshes, or their parent) belongs to.

    Raises NoCharacter where nothing with known shape keys is found, or where it is linked and cannot be keyed.
    """
    if start is None:
        raise NoCharacter("Choose a character: select its face mesh or its armature.")
    if scene not in start.users_scene:
        raise NoCharacter(f"'{start.name}' is not in the scene '{scene.name}'; choose a character that is.")
    if start.instance_collection:
        raise NoCharacter(f"'{start.name}' is an instance of a collection; make it a library override and try again.")
    armature = _armature_of(start)
    family = _family(start, armature, scene)
    read = anatomy.read(family, armature)
    mapping, stand_ins = _mapping(read, family, armature)
    character = Character(
        _faces(family, mapping), armature, _head_bones(armature, mapping), mapping, stand_ins, tuple(family)
    )
    _check_shown(character, start)
    _check_editable(character)
    return character


def warnings(character: Character) -> list[str]:
    """List what would keep the face from moving although its keys are set."""
    found = []
    for mesh in character.meshes:
        wanted = {key for keys in mesh.channels.keys.values() for key in keys}
        muted = [block.name for block in mesh.keys.key_blocks if block.name in wanted and block.mute]
        if muted:
            found.append(f"{len(muted)} shape keys of '{mesh.object.name}' are muted and will not show.")
        if mesh.object.show_only_shape_key:
            found.append(f"'{mesh.object.name}' shows one pinned shape key only; unpin it to see the take.")
    driven = [problem for problem in character.resolved.problems if "is driven" in problem.reason]
    if driven:
        more = f" and {len(driven) - 1} more" if driven[1:] else ""
        found.append(f"Drivers rule {len(driven)} of its targets: {driven[0].reason}{more}; they will not move.")
    if not character.meshes and not character.resolved.controls:
        found.append("No face was found that could move; only the head will.")
    return found


def owner_of(start: Any) -> Any:
    """Return the object that would keep what belongs to a character; None where `start` can be none."""
    if start is None or start.type not in {"MESH", "ARMATURE", "EMPTY"}:
        return None
    return _armature_of(start) or (start if start.type == "MESH" else None)


def detected(owner: bpy.types.Object, scene: bpy.types.Scene) -> Mapping:
    """Find out what moves what, whatever the user's own table says."""
    return detect(anatomy_of(owner, scene), table.eyes_of(owner)).mapping


def anatomy_of(owner: bpy.types.Object, scene: bpy.types.Scene) -> Anatomy:
    """List the names that a character is made of."""
    armature = _armature_of(owner)
    return anatomy.read(_family(owner, armature, scene), armature)


def _mapping(
    read: Anatomy, family: list[MeshObject], armature: ArmatureObject | None
) -> tuple[Mapping, dict[str, str]]:
    """Take the table that the user made, or find out what moves what."""
    for owner in ([armature] if armature else []) + family:
        made = table.mapping_of(owner)
        if made:
            return made, {}
    owner = armature or (family[0] if family else None)
    detected = detect(read, table.eyes_of(owner))
    return detected.mapping, detected.substitutes


def _armature_of(owner: Any) -> ArmatureObject | None:
    """Find the armature that an object is, is deformed by, is parented to, or holds."""
    if owner.type == "ARMATURE":
        return owner
    for modifier in owner.modifiers:
        if modifier.type == "ARMATURE" and modifier.object:
            return modifier.object
    parent = owner.parent
    while parent is not None:
        if parent.type == "ARMATURE":
            return parent
        parent = parent.parent
    return next((child for child in owner.children_recursive if child.type == "ARMATURE"), None)


def _family(start: bpy.types.Object, armature: ArmatureObject | None, scene: bpy.types.Scene) -> list[MeshObject]:
    """List the meshes with shape keys of one character, `start` first."""
    meshes = [o for o in scene.objects if isinstance(o.data, bpy.types.Mesh) and o.data.shape_keys]
    if armature:
        mine = [o for o in meshes if _armature_of(o) == armature]
    elif start.parent or start.children:
        root = _root(start)
        mine = [o for o in meshes if _root(o) == root]
    else:
        loose = (o for o in meshes if not o.parent and o.visible_get() and _armature_of(o) is None)
        mine = [o for o in loose if _touch(o, start)]
    others = [o for o in mine if o != start]
    return [start, *others] if start in meshes else others


def _root(owner: Any) -> bpy.types.Object:
    while owner.parent:
        owner = owner.parent
    return owner


def _touch(one: Any, other: Any) -> bool:
    """Tell whether the bounding boxes of two loose objects meet, as those of a head and its teeth do."""
    boxes = [[o.matrix_world @ v for v in _corners(o)] for o in (one, other)]
    (low_a, high_a), (low_b, high_b) = (
        ([min(c[i] for c in box) for i in range(3)], [max(c[i] for c in box) for i in range(3)]) for box in boxes
    )
    return all(low_a[i] <= high_b[i] and low_b[i] <= high_a[i] for i in range(3))


def _corners(owner: Any) -> list[Vector]:
    return [Vector(corner) for corner in owner.bound_box]


def _faces(meshes: Iterable[MeshObject], mapping: Mapping) -> tuple[FaceMesh, ...]:
    """List the meshes that the mapping moves; leave out second users of the same mesh data."""
    drives = [drive for drive in mapping.drives if drive.target.kind is Kind.SHAPE and drive.enabled]
    found: dict[bpy.types.Key, FaceMesh] = {}
    for mesh in meshes:
        keys = mesh.data.shape_keys
        blocks, channels = set(keys.key_blocks.keys()) - {keys.reference_key.name}, {}
        mine = [drive for drive in drives if drive.target.name in blocks]
        for drive in mine:
            for source in drive.sources:
                channels.setdefault(source, []).append(drive.target.name)
        if mine and keys not in found:
            in_order = {name: tuple(channels[name]) for name in (*CHANNELS, *channels) if name in channels}
            found[keys] = FaceMesh(mesh, names.ChannelMap(in_order))
    return tuple(sorted(found.values(), key=lambda mesh: -len(mesh.channels)))


def _head_bones(armature: ArmatureObject | None, mapping: Mapping) -> bones.HeadBones:
    if armature is None:
        return bones.HeadBones((), None)
    parents = {bone.name: bone.parent.name if bone.parent else None for bone in armature.data.bones}
    if mapping.head in parents or any(name in parents for name in mapping.necks):
        necks = tuple(name for name in mapping.necks if name in parents)
        return bones.HeadBones(necks, mapping.head if mapping.head in parents else None)
    driven = {bone.name for bone in armature.pose.bones if any(not c.mute for c in bone.constraints)}
    return bones.find(parents, driven)


def _is_made(character: Character) -> bool:
    """Tell whether the user said what moves what."""
    return any(table.mapping_of(owner) for owner in (character.armature, *character.objects) if owner)


def _check_shown(character: Character, start: bpy.types.Object) -> None:
    """Raise NoCharacter where too little was recognised to be a face, and there is no head either."""
    shown = character.channels
    if len(shown) >= names.MIN_FACE_CHANNELS or character.bones.head or _is_made(character):
        return
    if not character.objects and not character.armature:
        raise NoCharacter(
            f"'{start.name}' is no face: it has no shape keys and no armature. Select a face, or its armature."
        )
    if not shown:
        raise NoCharacter(
            f"'{start.name}' has no shape keys with ARKit names such as jawOpen, no visemes and no head or face bones "
            "that are known; choose the face, add them, or say in the panel Mapping what moves what."
        )
    raise NoCharacter(
        f"'{start.name}' has shape keys for only {len(shown)} of the 52 ARKit channels and needs "
        f"{names.MIN_FACE_CHANNELS}; choose the face, add them, or say in the panel Mapping what moves what."
    )


def _check_editable(character: Character) -> None:
    """Raise NoCharacter where Blender would not keep the animation: linked data, and overridden shape keys."""
    armature = character.armature
    if armature and armature.library and (character.bones.chain or character.resolved.controls):
        raise NoCharacter(
            f"'{armature.name}' is linked from {armature.library.filepath}; "
            "make a library override of it (Object > Library Override) and try again."
        )
    fixed = [mesh for mesh in character.meshes if mesh.object.data.library or mesh.object.data.override_library]
    if not fixed:
        return
    keyed = [control.owner for control in character.resolved.controls if isinstance(control, controls.ValueControl)]
    for mesh in fixed:  # where drivers move its keys, the mesh may stay linked: their controls are keyed
        if mesh.keys in keyed:
            raise NoCharacter(
                f"The mesh of '{mesh.object.name}' is linked, and Blender does not save keys on linked or overridden "
                "shape keys; make the mesh local (the chain beside its name in the Data tab) and try again."
            )
