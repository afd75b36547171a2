"""Find a character: the meshes that carry its face, its armature, and the bones of neck and head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import bpy
from mathutils import Vector

from ..inference_backend.contract import CHANNELS, MienError
from ..rigs import bones, names
from .blender_types import ArmatureObject, MeshObject


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
    """What a take is keyed on; holds Blender objects, so find it anew instead of keeping it."""

    meshes: tuple[FaceMesh, ...]
    armature: ArmatureObject | None
    bones: bones.HeadBones

    @property
    def name(self) -> str:
        """Name of the object that stands for the character."""
        return (self.armature or self.meshes[0].object).name

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels that at least one mesh carries, in contract order."""
        return tuple(name for name in CHANNELS if any(name in mesh.channels.keys for mesh in self.meshes))

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Channels that no mesh carries."""
        return tuple(name for name in CHANNELS if name not in self.channels)


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
    meshes = _faces(_family(start, armature, scene))
    mapped = {name for mesh in meshes for name in mesh.channels.keys}
    if len(mapped) < names.MIN_FACE_CHANNELS:
        raise NoCharacter(_too_few(start, mapped))
    character = Character(meshes, armature, _head_bones(armature))
    _check_editable(character)
    return character


def warnings(character: Character) -> list[str]:
    """List what would keep the face from moving although its keys are set."""
    found = []
    for mesh in character.meshes:
        wanted = {key for keys in mesh.channels.keys.values() for key in keys}
        muted = [block.name for block in mesh.keys.key_blocks if block.name in wanted and block.mute]
        driven = wanted & _driven_keys(mesh.keys)
        if muted:
            found.append(f"{len(muted)} shape keys of '{mesh.object.name}' are muted and will not show.")
        if driven:
            found.append(f"Drivers rule {len(driven)} shape keys of '{mesh.object.name}'; remove them to see the take.")
        if mesh.object.show_only_shape_key:
            found.append(f"'{mesh.object.name}' shows one pinned shape key only; unpin it to see the take.")
    return found


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


def _faces(meshes: Iterable[MeshObject]) -> tuple[FaceMesh, ...]:
    """Map each mesh's keys; leave out those without known channels and second users of the same mesh data."""
    found: dict[bpy.types.Key, FaceMesh] = {}
    for mesh in meshes:
        keys = mesh.data.shape_keys
        channels = names.match(block.name for block in keys.key_blocks if block != keys.reference_key)
        if len(channels) and keys not in found:
            found[keys] = FaceMesh(mesh, channels)
    return tuple(sorted(found.values(), key=lambda mesh: -len(mesh.channels)))


def _head_bones(armature: ArmatureObject | None) -> bones.HeadBones:
    if armature is None:
        return bones.HeadBones((), None)
    parents = {bone.name: bone.parent.name if bone.parent else None for bone in armature.data.bones}
    driven = {bone.name for bone in armature.pose.bones if any(not c.mute for c in bone.constraints)}
    return bones.find(parents, driven)


def _too_few(start: bpy.types.Object, mapped: set[str]) -> str:
    if not mapped:
        return f"'{start.name}' has no shape keys with ARKit names such as jawOpen; choose the face, or add them."
    return (
        f"'{start.name}' has shape keys for only {len(mapped)} of the 52 ARKit channels "
        f"and needs {names.MIN_FACE_CHANNELS}; choose the face, or add them."
    )


def _check_editable(character: Character) -> None:
    """Raise NoCharacter where Blender would not keep the animation: linked data, and overridden shape keys."""
    armature = character.armature
    if armature and armature.library and character.bones.chain:
        raise NoCharacter(
            f"'{armature.name}' is linked from {armature.library.filepath}; "
            "make a library override of it (Object > Library Override) and try again."
        )
    for mesh in character.meshes:
        data = mesh.object.data
        if data.library or data.override_library:
            raise NoCharacter(
                f"The mesh of '{mesh.object.name}' is linked, and Blender does not save keys on linked or overridden "
                "shape keys; make the mesh local (the chain beside its name in the Data tab) and try again."
            )


def _driven_keys(keys: bpy.types.Key) -> set[str]:
    """Name the shape keys whose value a driver sets."""
    if keys.animation_data is None:
        return set()
    paths = {driver.data_path for driver in keys.animation_data.drivers}
    return {block.name for block in keys.key_blocks if f"{block.path_from_id()}.value" in paths}
