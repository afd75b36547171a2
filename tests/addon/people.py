"""Small invented characters and takes for the tests of the add-on."""

from __future__ import annotations

import math

import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector

SPELLINGS = {
    "arkit": lambda name: name,
    "suffix": lambda name: _sided(name, "_L", "_R"),
    "pascal": lambda name: name[0].upper() + name[1:],
    "dotted": lambda name: (
        "".join("_" + c.lower() if c.isupper() else c for c in _sided(name, ".L", ".R"))
        .replace("._l", ".L")
        .replace("._r", ".R")
    ),
    "prefixed": lambda name: "shapes." + _sided(name, "_L", "_R"),
}


def _sided(name: str, left: str, right: str) -> str:
    for side, mark in (("Left", left), ("Right", right)):
        if name.endswith(side) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
            return name.removesuffix(side) + mark
    return name


def fresh_scene(fps: int = 30, fps_base: float = 1.0) -> bpy.types.Scene:
    """Empty the file."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = fps, fps_base
    return scene


def mesh_with_keys(name: str, key_names, turn: Matrix | None = None) -> bpy.types.Object:
    """Make a small face in the XZ plane, looking along -Y, with keys that move the right places; `turn` bakes in."""
    grid = [(x / 2.0, -0.5, z / 2.0) for z in range(-2, 3) for x in range(-2, 3)]
    faces = [(r * 5 + c, r * 5 + c + 1, r * 5 + c + 6, r * 5 + c + 5) for r in range(4) for c in range(4)]
    mesh = bpy.data.meshes.new(name)
    rest = [Vector(v) for v in grid]
    turned = [turn @ v for v in rest] if turn else rest
    mesh.from_pydata(turned, [], faces)
    face = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(face)
    face.shape_key_add(name="Basis")
    places = {"blink_left": 23, "blink_right": 21, "jaw": 2}
    for index, key_name in enumerate(key_names):
        lowered = key_name.lower().replace("_", "")
        is_left = lowered.endswith(("left", "l"))
        place = places["jaw"] if "blink" not in lowered else places["blink_left" if is_left else "blink_right"]
        block = face.shape_key_add(name=key_name, from_mix=False)
        move = Vector((0, -0.1, -0.2 - 0.001 * index))
        block.data[place].co = turned[place] + (turn.to_3x3() @ move if turn else move)
    return face


def armature(
    bones: dict[str, tuple[str | None, Vector, Vector, float, str]],
    name: str = "Rig",
    world: Matrix | None = None,
) -> bpy.types.Object:
    """Make an armature of bone name -> (parent, head, tail, roll, rotation mode)."""
    data = bpy.data.armatures.new(name)
    rig = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    for bone_name, (parent, head, tail, roll, _) in bones.items():
        bone = data.edit_bones.new(bone_name)
        bone.head, bone.tail, bone.roll = head, tail, roll
        bone.parent = data.edit_bones[parent] if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    for bone_name, (*_, mode) in bones.items():
        rig.pose.bones[bone_name].rotation_mode = mode
    if world:
        rig.matrix_world = world
    return rig


def odd_bones(rng: np.random.Generator, modes=("QUATERNION", "XYZ", "AXIS_ANGLE")):
    """Spine, two necks and a head with rolls and directions of their own."""
    names = ["spine", "neck_01", "neck_02", "head"]
    bones, parent = {}, None
    for index, name in enumerate(names):
        start = Vector((0.0, 0.0, index * 0.3 - 1.2))
        end = start + Vector(rng.normal(size=3)).normalized() * 0.3
        bones[name] = (parent, start, end, rng.uniform(-math.pi, math.pi), modes[(index - 1) % len(modes)])
        parent = name
    return bones


def bind(face: bpy.types.Object, rig: bpy.types.Object, bone: str = "head") -> None:
    """Skin all of a mesh to one bone."""
    face.parent = rig
    group = face.vertex_groups.new(name=bone)
    group.add(range(len(face.data.vertices)), 1.0, "REPLACE")
    face.modifiers.new("Armature", "ARMATURE").object = rig


def random_take(module, frames: int = 40, fps: float = 30.0, seed: int = 0):
    """Smooth curves with values in 0..1 and a head that turns up to half a radian."""
    rng = np.random.default_rng(seed)
    time = np.arange(frames)[:, None] / fps
    phase, speed = rng.uniform(0, 6, (1, 52)), rng.uniform(1, 9, (1, 52))
    values = (0.5 + 0.5 * np.sin(phase + speed * time)).astype(np.float32)
    head = (0.5 * np.sin(np.array([[0.0, 1.0, 2.0]]) + np.array([[5.0, 3.0, 2.0]]) * time)).astype(np.float32)
    return module.Take(fps, values, head, {})


def random_world(rng: np.random.Generator) -> Matrix:
    """Any place and turn."""
    turn = Euler(rng.uniform(-3, 3, 3)).to_matrix().to_4x4()
    return Matrix.Translation(Vector(rng.normal(size=3))) @ turn
