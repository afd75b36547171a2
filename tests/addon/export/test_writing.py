"""What is exported comes back frame for frame."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, demo_character, export, keying  # noqa: E402
from mien.addon.export import engines, writing  # noqa: E402
from mien.inference_backend import contract, formats  # noqa: E402

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


def push_down(found):
    """Put what plays into NLA strips, as animators do."""
    for owner in [found.armature, *(mesh.keys for mesh in found.meshes)]:
        data = owner.animation_data
        slot = getattr(data, "action_slot", None)
        strip = data.nla_tracks.new().strips.new("Hello", START, data.action)
        if slot is not None:
            strip.action_slot = slot
        data.action = None


def bring_back(path):
    if path.suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path), anim_offset=0.0)
    elif path.suffix == ".usdc":
        bpy.ops.wm.usd_import(filepath=str(path))
    else:
        bpy.ops.import_scene.gltf(filepath=str(path))


@pytest.mark.parametrize("in_nla", [False, True], ids=["action", "nla"])
@pytest.mark.parametrize(
    ("extension", "engine"),
    [("fbx", "ANY"), ("fbx", "UNREAL"), ("fbx", "UNITY"), ("glb", "ANY"), ("gltf", "ANY"), ("usdc", "ANY")],
)
def test_round_trip(keyed, scene, tmp_path, extension, engine, in_nla):
    found, take = keyed
    before = turns(found.armature, scene)
    if in_nla:
        push_down(found)
    path = tmp_path / f"out.{extension}"
    export.export(bpy.context, found, path, engines.ENGINES[engine])

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
        # Blender tells equal names of several meshes in one USD animation apart: jawOpen2.
        jaw = next(b for b in teeth.data.shape_keys.key_blocks if b.name.startswith("jawOpen")).value
        assert jaw == pytest.approx(take.channel("jawOpen")[k], abs=1e-4)
    after = turns(rig, scene)
    assert min(abs(a.dot(b)) for a, b in zip(before, after, strict=True)) > 1 - 1e-6
    if extension in ("glb", "gltf"):
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
    with pytest.raises(export.ExportFailed, match=r"\.fbx, \.glb.*not '\.obj'"):
        export.export(bpy.context, found, tmp_path / "out.obj")
    with pytest.raises(export.ExportFailed, match="does not exist"):
        export.export(bpy.context, found, tmp_path / "no" / "out.fbx")
    (tmp_path / "taken.fbx").mkdir()
    with pytest.raises(export.ExportFailed, match=r"taken\.fbx could not be written"):
        export.export(bpy.context, found, tmp_path / "taken.fbx")


def test_a_blender_without_an_exporter_says_so(keyed, tmp_path, monkeypatch):
    monkeypatch.setitem(writing._OPERATORS, writing._usd, ("wm", "no_such_export"))
    with pytest.raises(export.ExportFailed, match=r"This Blender has no exporter for \.usdc files"):
        export.export(bpy.context, keyed[0], tmp_path / "face.usdc")
    assert not list(tmp_path.glob("*.usdc"))


def test_frame_range_spans_all_keys(keyed):
    assert export.frame_range(keyed[0]) == (START, START + FRAMES - 1)


def test_frame_range_spans_the_strips_that_play(keyed):
    found, _ = keyed
    push_down(found)
    assert export.frame_range(found) == (START, START + FRAMES - 1)
    for owner in [found.armature, *(mesh.keys for mesh in found.meshes)]:
        owner.animation_data.nla_tracks[0].mute = True
    assert export.frame_range(found) is None


def test_the_clip_for_godot_begins_at_zero_and_has_the_name_of_its_action(keyed, tmp_path):
    found, take = keyed
    path = tmp_path / "out.glb"
    export.export(bpy.context, found, path, engines.GODOT)
    scene = people.fresh_scene(60)
    bring_back(path)
    face = max((o for o in scene.objects if o.type == "MESH" and o.data.shape_keys), key=_keys)
    action = face.data.shape_keys.animation_data.action
    assert action.name.partition("_")[0] == "Hello"
    for k in (0, 20, FRAMES - 1):
        scene.frame_set(k)
        assert face.data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(take.channel("jawOpen")[k], abs=1e-4)


def _keys(mesh):
    return len(mesh.data.shape_keys.key_blocks)


def test_unreal_gets_an_armature_of_the_name_that_it_makes_no_bone_of(keyed, scene, tmp_path):
    found, _ = keyed
    taken = bpy.data.objects.new("Armature", None)
    path = tmp_path / "out.fbx"
    export.export(bpy.context, found, path, engines.UNREAL)
    assert (found.armature.name, taken.name, scene.name) == ("Rig", "Armature", "Scene")
    scene = people.fresh_scene(60)
    bring_back(path)
    assert [o.name for o in scene.objects if o.type == "ARMATURE"] == ["Armature"]


def test_unity_gets_objects_of_scale_one(keyed, tmp_path):
    found, _ = keyed
    path = tmp_path / "out.fbx"
    for engine, scale in ((engines.UNITY, 1.0), (engines.UNREAL, 100.0)):
        export.export(bpy.context, found, path, engine)
        assert _scales(path)["Armature" if engine == engines.UNREAL else "Rig"] == pytest.approx(scale)


def _scales(path):
    """Read the objects' scales out of an FBX, as engines find them."""
    import io_scene_fbx.parse_fbx as parse

    root, _ = parse.parse(str(path))
    objects = next(e for e in root.elems if e.id == b"Objects")
    scales = {}
    for model in (e for e in objects.elems if e.id == b"Model"):
        properties = next(e for e in model.elems if e.id == b"Properties70").elems
        scale = next((p.props[4] for p in properties if p.props[0] == b"Lcl Scaling"), 1.0)
        scales[model.props[1].split(b"\x00")[0].decode()] = scale
    return scales


def test_bones_that_deform_nothing_are_left_out_for_engines(keyed, tmp_path):
    found, _ = keyed
    found.armature.data.bones["neck_02"].use_deform = True
    data = found.armature.data
    bpy.context.view_layer.objects.active = found.armature
    bpy.ops.object.mode_set(mode="EDIT")
    control = data.edit_bones.new("control")
    control.head, control.tail, control.use_deform = (0, 1, 0), (0, 1, 1), False
    bpy.ops.object.mode_set(mode="OBJECT")
    for engine, suffix, is_there in (
        (engines.ANY, "fbx", True),
        (engines.UNREAL, "fbx", False),
        (engines.GODOT, "glb", False),
    ):
        path = tmp_path / f"{engine.id}.{suffix}"
        export.export(bpy.context, found, path, engine)
        assert (b"control" in path.read_bytes()) == is_there


@pytest.mark.parametrize("extension", ["csv", "json", "npz"])
@pytest.mark.parametrize("in_nla", [False, True], ids=["action", "nla"])
def test_curves_alone_are_those_that_play(keyed, scene, tmp_path, extension, in_nla):
    found, take = keyed
    if in_nla:
        push_down(found)
    path = tmp_path / f"out.{extension}"
    export.export(bpy.context, found, path)
    back = formats.read(path)
    assert back.fps == pytest.approx(60)
    np.testing.assert_allclose(back.values, take.values, atol=1e-5)
    np.testing.assert_allclose(back.head, take.head, atol=1e-4)
    assert scene.frame_current == 17


def test_curves_of_an_edit_by_hand_are_the_edited_ones(keyed, tmp_path):
    found, take = keyed
    from mien.addon.blender_versions import action_curves

    keys = found.meshes[0].keys
    path = keys.key_blocks["jawOpen"].path_from_id("value")
    curve = next(c for c in action_curves(keys) if c.data_path == path)
    curve.keyframe_points[10].co.y = 0.123
    curve.update()
    export.export(bpy.context, found, tmp_path / "out.npz")
    back = formats.read(tmp_path / "out.npz")
    assert back.channel("jawOpen")[10] == pytest.approx(0.123, abs=1e-5)
    assert back.channel("jawOpen")[11] == pytest.approx(take.channel("jawOpen")[11], abs=1e-5)


def test_curves_of_nothing_get_a_sentence(scene, tmp_path):
    found = characters.find(people.mesh_with_keys("Face", contract.CHANNELS), scene)
    with pytest.raises(contract.MienError, match="no animation yet"):
        export.export(bpy.context, found, tmp_path / "out.csv")
