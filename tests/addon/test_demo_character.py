"""The demo character in a scene: its keys, its bones, and that all of it follows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")
from mien.addon import demo_character  # noqa: E402
from mien.inference_backend.contract import CHANNELS, MienError  # noqa: E402
from mien.rigs.names import match  # noqa: E402

needs_asset = pytest.mark.skipif(
    not demo_character.ASSET.is_file(), reason="no addon/assets/demo_head.npz; `python3 build.py demo` makes it"
)


def part(armature, name: str):
    return next(mesh for mesh in demo_character.meshes_of(armature) if mesh.name.endswith(name))


def shape_of(mesh) -> np.ndarray:
    """Evaluate keys and bones, without the subdivision, in world space."""
    for modifier in mesh.modifiers:
        if modifier.type == "SUBSURF":
            modifier.show_viewport = False
    evaluated = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = np.empty(3 * len(evaluated.data.vertices), np.float32)
    evaluated.data.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


@needs_asset
def test_head_carries_the_52_keys_and_the_other_parts_what_moves_them(scene) -> None:
    armature = demo_character.add(bpy.context)
    assert part(armature, "Head").data.shape_keys.key_blocks.keys()[1:53] == list(CHANNELS)
    for name, key in (
        ("Teeth", "jawOpen"),
        ("Tongue", "tongueOut"),
        ("Lashes", "eyeBlinkLeft"),
        ("Brows", "browInnerUp"),
    ):
        assert key in part(armature, name).data.shape_keys.key_blocks
    assert set(part(armature, "Eyes").data.shape_keys.key_blocks.keys()[1:]) == {n for n in CHANNELS if "Look" in n}


@needs_asset
@pytest.mark.parametrize("name", ["Head", "Lashes"])
def test_combinations_are_driven_by_the_product_of_two_keys_and_are_no_channels(scene, name: str) -> None:
    mesh = part(demo_character.add(bpy.context), name)
    blocks = mesh.data.shape_keys.key_blocks
    combo = blocks["combo_eyeBlinkLeft_eyeSquintLeft"]
    blocks["eyeBlinkLeft"].value, blocks["eyeSquintLeft"].value = 1.0, 0.5
    bpy.context.view_layer.update()
    assert combo.value == pytest.approx(0.5)
    assert not [key for keys in match(blocks.keys()).keys.values() for key in keys if key.startswith("combo")]


@needs_asset
def test_materials_take_colour_and_surface_from_the_vertices(scene) -> None:
    armature = demo_character.add(bpy.context)
    for mesh in demo_character.meshes_of(armature):
        tree = mesh.active_material.node_tree
        shader = tree.nodes["Principled BSDF"]
        assert shader.inputs["Base Color"].is_linked
        read = {node.layer_name for node in tree.nodes if node.type == "VERTEX_COLOR"}
        read |= {node.attribute_name for node in tree.nodes if node.type == "ATTRIBUTE"}
        assert {"tint", "surface"} <= read <= set(mesh.data.color_attributes.keys())


@needs_asset
def test_bones_stand_upright_and_turn_by_quaternions(scene) -> None:
    armature = demo_character.add(bpy.context)
    bones = armature.data.bones
    assert [bone.name for bone in bones] == ["root", "neck", "head", "jaw", "eye.L", "eye.R"]
    assert [bone.parent.name for bone in bones if bone.parent] == ["root", "neck", "head", "head", "head"]
    assert bones["eye.L"].head_local.x > 0.02
    for name in ("neck", "head"):
        assert (bones[name].tail_local - bones[name].head_local).normalized().z > 0.9
        assert armature.pose.bones[name].rotation_mode == "QUATERNION"
    assert bpy.context.view_layer.objects.active == armature
    assert bpy.context.mode == "OBJECT"


@needs_asset
def test_all_parts_follow_the_head_bone(scene) -> None:
    armature = demo_character.add(bpy.context)
    meshes = [part(armature, name) for name in ("Eyes", "Teeth", "Tongue", "Lashes", "Brows")]
    before = [shape_of(mesh) for mesh in meshes]
    pivot = np.array(armature.data.bones["head"].head_local)
    bone = armature.pose.bones["head"]
    bone.rotation_quaternion = (np.cos(0.25), 0.0, np.sin(0.25), 0.0)  # half a radian about its own length
    bpy.context.view_layer.update()
    turn = np.array((bone.matrix @ bone.bone.matrix_local.inverted()).to_3x3())
    for mesh, rest in zip(meshes, before, strict=True):
        np.testing.assert_allclose(shape_of(mesh), (rest - pivot) @ turn.T + pivot, atol=2e-4)


@needs_asset
def test_neck_bends_without_a_break(scene) -> None:
    armature = demo_character.add(bpy.context)
    head = part(armature, "Head")
    rest = shape_of(head)
    edges = np.array([edge.vertices[:] for edge in head.data.edges])
    for name in ("neck", "head"):
        armature.pose.bones[name].rotation_quaternion = (np.cos(0.15), 0.0, np.sin(0.15), 0.0)
    bpy.context.view_layer.update()
    posed = shape_of(head)
    before, after = (np.linalg.norm(p[edges[:, 0]] - p[edges[:, 1]], axis=1) for p in (rest, posed))
    assert np.quantile(after / before, [0.001, 0.999]) == pytest.approx([1, 1], abs=0.35)
    assert np.abs(posed - rest)[rest[:, 2] < rest[:, 2].min() + 0.01].max() < 0.01


@needs_asset
def test_keyed_jaw_takes_the_teeth_along(scene) -> None:
    armature = demo_character.add(bpy.context)
    teeth = part(armature, "Teeth")
    key = teeth.data.shape_keys.key_blocks["jawOpen"]
    for frame, value in ((1, 0.0), (10, 1.0)):
        key.value = value
        key.keyframe_insert("value", frame=frame)
    scene.frame_set(1)
    shut = shape_of(teeth)
    scene.frame_set(10)
    assert (shape_of(teeth) - shut)[:, 2].min() < -0.015


@needs_asset
def test_a_second_one_may_be_added(scene) -> None:
    first, second = demo_character.add(bpy.context), demo_character.add(bpy.context)
    assert first != second
    assert len(demo_character.meshes_of(first)) == len(demo_character.meshes_of(second)) == 8
    materials = [{mesh.active_material for mesh in demo_character.meshes_of(one)} for one in (first, second)]
    assert materials[0] == materials[1]


def test_missing_file_says_how_to_make_it(scene, tmp_path: Path) -> None:
    with pytest.raises(MienError, match=r"build\.py demo"):
        demo_character.add(bpy.context, tmp_path / "none.npz")
    assert not scene.objects


def test_other_file_is_refused_and_nothing_is_added(scene, tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", values=np.zeros(3))
    with pytest.raises(MienError, match="not a demo character"):
        demo_character.add(bpy.context, tmp_path / "other.npz")
    assert not scene.objects
