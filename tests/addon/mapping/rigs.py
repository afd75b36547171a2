"""Rigs as other tools make them, small or whole, for the tests of what moves what."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

from tests.addon import people

REST = "__rest__"


def with_shapes(name: str, shapes, rig=None, bone: str = "head") -> bpy.types.Object:
    """Make a small face whose every shape moves something."""
    face = people.mesh_with_keys(name, shapes)
    if rig is not None:
        people.bind(face, rig, bone)
    return face


def armature(bones: dict[str, tuple[str | None, tuple, tuple]], name: str = "Rig") -> bpy.types.Object:
    """Make an armature of bone -> (parent, head, tail)."""
    return people.armature(
        {bone: (parent, Vector(head), Vector(tail), 0.0, "QUATERNION") for bone, (parent, head, tail) in bones.items()},
        name,
    )


def cloud(rig: bpy.types.Object, bones: list[str], name: str = "Skin") -> bpy.types.Object:
    """Skin one little triangle to each bone, at its tail, so that what a bone moves can be seen."""
    mesh = bpy.data.meshes.new(name)
    corners, faces = [], []
    for index, bone in enumerate(bones):
        place = rig.data.bones[bone].tail_local
        corners += [place, place + Vector((0.001, 0, 0)), place + Vector((0, 0.001, 0))]
        faces.append((3 * index, 3 * index + 1, 3 * index + 2))
    mesh.from_pydata(corners, [], faces)
    skin = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(skin)
    for index, bone in enumerate(bones):
        skin.vertex_groups.new(name=bone).add([3 * index, 3 * index + 1, 3 * index + 2], 1.0, "REPLACE")
    skin.parent = rig
    skin.modifiers.new("Armature", "ARMATURE").object = rig
    return skin


def mpfb(folder: Path) -> tuple[bpy.types.Object, list[str]]:
    """Make MakeHuman's default rig from its description; also name the bones of its face."""
    data = json.loads((folder / "rig.default.json").read_text(encoding="utf-8"))
    described = data.get("bones", data)
    done: dict[str, tuple[str | None, tuple, tuple]] = {}
    waiting = dict(described)
    while waiting:
        for bone, facts in list(waiting.items()):
            if not facts["parent"] or facts["parent"] in done:
                ends = (tuple(facts[end]["default_position"]) for end in ("head", "tail"))
                done[bone] = (facts["parent"] or None, *ends)
                del waiting[bone]
    rig = armature(done)
    return rig, [bone.name for bone in rig.data.bones["head"].children_recursive]


def positions(mesh: bpy.types.Object) -> np.ndarray:
    """Where the vertices of a mesh are in the world, with all shapes, bones and drivers."""
    graph = bpy.context.evaluated_depsgraph_get()
    graph.update()
    evaluated = mesh.evaluated_get(graph)
    made = evaluated.to_mesh()
    flat = np.empty(len(made.vertices) * 3, np.float32)
    made.vertices.foreach_get("co", flat)
    evaluated.to_mesh_clear()
    place = np.array(mesh.matrix_world)
    return flat.reshape(-1, 3) @ place[:3, :3].T + place[:3, 3]
