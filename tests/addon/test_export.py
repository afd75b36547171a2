"""What is exported comes back frame for frame."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, demo_character, export, keying  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402

START, FRAMES = 271, 60  # beyond the scene's own range, which ends at 250


@pytest.fixture
def keyed(scene):
    scene.render.fps = 60
    rig = people.armature(people.odd_bones(np.random.default_rng(0)))
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    teeth = people.mesh_with_keys("Teeth", ["jawOpen", "mouthClose"])
    for mesh in (face, teeth):
        people.bind(mesh, rig)
    bystander = people.mesh_with_keys("Bystander", ["jawOpen"])
    bystander.location.x = 5
    bpy.context.view_layer.objects.active = bystander
    bystander.select_set(True)
    teeth.hide_set(True)
    take = people.random_take(contract, frames=FRAMES, fps=60)
    found = characters.find(rig, scene)
    keying.key_take(found, take, START, "Hello")
    scene.frame_set(17)
    return found, take


def turns(rig, scene):
    turned = []
    for k in range(FRAMES):
        scene.frame_set(START + k)
        rest = (rig.matrix_world @ rig.data.bones["head"].matrix_local).to_quaternion()
        turned.append((rig.matrix_world @ rig.pose.bones["head"].matrix).to_quaternion() @ rest.inverted())
    return turned


def bring_back(path):
    if path.suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path), anim_offset=0.0)
    else:
        bpy.ops.import_scene.gltf(filepath=str(path))


@pytest.mark.parametrize("extension", ["fbx", "glb"])
def test_round_trip(keyed, scene, tmp_path, extension):
    found, take = keyed
    before = turns(found.armature, scene)
    path = tmp_path / f"out.{extension}"
    export.export(bpy.context, found, path)

    scene = people.fresh_scene(60)
    bring_back(path)
    meshes = [o for o in scene.objects if o.type == "MESH" and o.data.shape_keys]
    assert len(meshes) == 2
    face = max(meshes, key=lambda o: len(o.data.shape_keys.key_blocks))
    teeth = min(meshes, key=lambda o: len(o.data.shape_keys.key_blocks))
    rig = next(o for o in scene.objects if o.type == "ARMATURE")
    for k in range(FRAMES):
        scene.frame_set(START + k)
        blocks = face.data.shape_keys.key_blocks
        np.testing.assert_allclose([blocks[n].value for n in contract.CHANNELS], take.values[k], atol=1e-4)
        jaw = teeth.data.shape_keys.key_blocks["jawOpen"].value
        assert jaw == pytest.approx(take.channel("jawOpen")[k], abs=1e-4)
    after = turns(rig, scene)
    assert min(abs(a.dot(b)) for a, b in zip(before, after, strict=True)) > 1 - 1e-6
    if extension == "glb":
        actions = {owner.animation_data.action.name for owner in (rig, face.data.shape_keys)}
        assert len({name.partition("_")[0] for name in actions}) == 1  # one animation in the file


@pytest.mark.skipif(not demo_character.ASSET.is_file(), reason="no demo_head.npz; `python3 build.py demo` makes it")
@pytest.mark.parametrize("extension", ["fbx", "glb"])
def test_the_demo_character_comes_back_with_its_face_and_bones(scene, tmp_path, extension):
    scene.render.fps = 60
    armature = demo_character.add(bpy.context)
    take = people.random_take(contract, frames=FRAMES, fps=60)
    found = characters.find(armature, scene)
    keying.key_take(found, take, START, "Hello")
    before = [_state(scene, START + k) for k in range(FRAMES)]
    path = tmp_path / f"demo.{extension}"
    export.export(bpy.context, found, path)

    scene = people.fresh_scene(60)
    bring_back(path)
    after = [_state(scene, START + k) for k in range(FRAMES)]
    head = [keys["Mien Demo Head"] for keys, _, _ in after]
    np.testing.assert_allclose([[k[name] for name in contract.CHANNELS] for k in head], take.values, atol=1e-4)
    for (keys, bones, extents), (keys_after, bones_after, extents_after) in zip(before, after, strict=True):
        assert {name: set(values) for name, values in keys_after.items()} == {n: set(v) for n, v in keys.items()}
        for name, values in keys.items():
            assert keys_after[name] == pytest.approx(values, abs=1e-4), name
        assert set(bones_after) == {"root", "neck", "head", "jaw", "eye.L", "eye.R"}
        for name, (place, turn) in bones.items():
            np.testing.assert_allclose(bones_after[name][0], place, atol=1e-4)
            assert abs(bones_after[name][1].dot(turn)) > 1 - 1e-6
        assert set(extents_after) == set(extents)
        for name, extent in extents.items():
            np.testing.assert_allclose(extents_after[name], extent, atol=1e-4, err_msg=name)
    turned = [bones["head"][1] for _, bones, _ in before]
    assert abs(turned[0].dot(turned[FRAMES // 2])) < 0.999


def _state(scene, frame):
    """Read the shape keys by mesh data, which keeps its name in glTF, the poses of bones, and where each mesh ends."""
    scene.frame_set(frame)
    rig = next(o for o in scene.objects if o.type == "ARMATURE")
    meshes = [o for o in scene.objects if o.type == "MESH" and o.parent == rig]
    keys = {
        mesh.data.name: {block.name: block.value for block in mesh.data.shape_keys.key_blocks[1:]}
        for mesh in meshes
        if mesh.data.shape_keys
    }
    return keys, {bone.name: _pose(rig, bone) for bone in rig.pose.bones}, {o.data.name: _extent(o) for o in meshes}


def _pose(rig, bone):
    rest = (rig.matrix_world @ bone.bone.matrix_local).to_quaternion()
    posed = rig.matrix_world @ bone.matrix
    return posed.translation.copy(), posed.to_quaternion() @ rest.inverted()


def _extent(mesh):
    for modifier in mesh.modifiers:
        modifier.show_viewport = modifier.type == "ARMATURE"
    evaluated = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = np.empty(3 * len(evaluated.data.vertices), np.float32)
    evaluated.data.vertices.foreach_get("co", points)
    world = points.reshape(-1, 3) @ np.array(mesh.matrix_world.to_3x3()).T + np.array(mesh.matrix_world.translation)
    return np.array([world.min(axis=0), world.max(axis=0)])


@pytest.mark.parametrize("extension", ["fbx", "glb"])
def test_the_scene_is_left_as_it_was(keyed, scene, tmp_path, extension):
    found, _ = keyed

    def state():
        return (
            scene.frame_start, scene.frame_end, scene.frame_current, scene.render.fps,
            [o.name for o in bpy.context.selected_objects], bpy.context.view_layer.objects.active.name,
            [o.hide_get() for o in scene.objects], {a.name for a in bpy.data.actions},
        )  # fmt: skip

    before = state()
    export.export(bpy.context, found, tmp_path / f"out.{extension}")
    assert state() == before


def test_sentences_for_what_cannot_be_written(keyed, tmp_path):
    found, _ = keyed
    with pytest.raises(export.ExportFailed, match="extension"):
        export.export(bpy.context, found, tmp_path / "out.obj")
    with pytest.raises(export.ExportFailed, match="does not exist"):
        export.export(bpy.context, found, tmp_path / "no" / "out.fbx")
    (tmp_path / "taken.fbx").mkdir()
    with pytest.raises(export.ExportFailed, match=r"taken\.fbx could not be written"):
        export.export(bpy.context, found, tmp_path / "taken.fbx")


def test_frame_range_spans_all_keys(keyed):
    assert export.frame_range(keyed[0]) == (START, START + FRAMES - 1)
