"""Keys land on scene frames with the take's exact values, on face and head, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Matrix, Quaternion  # noqa: E402
from mien.addon import blender_versions, characters, keying, rotations  # noqa: E402
from mien.inference_backend import contract  # noqa: E402
from mien.rigs import neck  # noqa: E402

from tests.addon import people  # noqa: E402

MODES = ("QUATERNION", "XYZ", "ZXY", "YZX", "AXIS_ANGLE")


def make_person(seed=0, modes=MODES, world=None, spelling="suffix"):
    rng = np.random.default_rng(seed)
    rig = people.armature(people.odd_bones(rng, modes), world=world)
    face = people.mesh_with_keys("Face", [people.SPELLINGS[spelling](name) for name in contract.CHANNELS])
    teeth = people.mesh_with_keys("Teeth", ["jawOpen", "mouthClose"])
    for mesh in (face, teeth):
        people.bind(mesh, rig)
    bpy.context.view_layer.update()
    return rig, face, teeth


def turn_of(rig, bone="head"):
    return (rig.matrix_world @ rig.pose.bones[bone].matrix).to_quaternion()


def angle(one, other):
    one, other = np.array(one), np.array(other)  # the chord: an arc cosine would be lost in single precision
    return 2 * min(np.linalg.norm(one - other), np.linalg.norm(one + other))


def settings(scene):
    render = scene.render
    return (
        render.fps, render.fps_base, scene.frame_start, scene.frame_end, scene.frame_current, scene.frame_subframe,
        scene.use_preview_range, scene.frame_step, scene.sync_mode,
    )  # fmt: skip


@pytest.mark.parametrize(("fps", "base"), [(24, 1.0), (30, 1.001), (60, 1.0)])
def test_row_k_is_the_face_at_start_plus_k(scene, fps, base):
    scene.render.fps, scene.render.fps_base = fps, base
    _, face, teeth = make_person()
    take = people.random_take(contract, fps=fps / base)
    before = settings(scene)
    keying.key_take(characters.find(face, scene), take, 101)
    assert settings(scene) == before
    for k in range(len(take)):
        scene.frame_set(101 + k)
        values = [face.data.shape_keys.key_blocks[people.SPELLINGS["suffix"](n)].value for n in contract.CHANNELS]
        np.testing.assert_allclose(values, take.values[k], atol=1e-6)
        assert teeth.data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(take.channel("jawOpen")[k], abs=1e-6)


def test_a_fractional_start_keeps_its_fraction(scene):
    _, face, _ = make_person()
    take = people.random_take(contract)
    keying.key_take(characters.find(face, scene), take, 10.25)
    scene.frame_set(15, subframe=0.25)
    assert face.data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(take.channel("jawOpen")[5], abs=1e-5)
    curve = next(c for c in blender_versions.action_curves(face.data.shape_keys) if "jawOpen" in c.data_path)
    assert curve.keyframe_points[5].co.x == pytest.approx(15.25)


def test_between_frames_the_face_moves_in_a_line(scene):
    _, face, _ = make_person()
    take = people.random_take(contract)
    keying.key_take(characters.find(face, scene), take, 1)
    scene.frame_set(6, subframe=0.5)
    middle = take.channel("jawOpen")[5:7].mean()
    assert face.data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(middle, abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("mode", MODES)
def test_the_head_turns_in_the_world_as_the_take_says(scene, seed, mode):
    world = people.random_world(np.random.default_rng(seed + 50)) @ Matrix.Scale(0.01 if seed % 2 else 1.0, 4)
    rig, face, _ = make_person(seed, (mode,), world)
    take = people.random_take(contract, seed=seed)
    rest = turn_of(rig)
    front = rig.matrix_world.to_3x3().normalized() @ Matrix(neck.BLENDER_FRONT.tolist())
    keying.key_take(characters.find(face, scene), take, 1)
    wanted = neck.quaternions(take.head)
    for k in range(len(take)):
        scene.frame_set(1 + k)
        expected = (front @ Quaternion(wanted[k]).to_matrix() @ front.transposed()).to_quaternion()
        assert angle(turn_of(rig) @ rest.inverted(), expected) < 1e-5
    assert rig.pose.bones["head"].rotation_mode == mode
    assert rig.pose.bones["spine"].matrix_basis == Matrix()


def test_neck_and_head_share_the_rotation(scene):
    rig, face, _ = make_person(modes=("QUATERNION",))
    head = np.zeros((3, 3), np.float32)
    head[:, 0] = [0.0, 0.5, 0.0]
    take = contract.Take(30.0, np.zeros((3, 52), np.float32), head)
    keying.key_take(characters.find(face, scene), take, 1)
    scene.frame_set(2)
    angles = [rig.pose.bones[name].matrix_basis.to_quaternion().angle for name in ("neck_01", "neck_02", "head")]
    np.testing.assert_allclose(angles, [0.1, 0.1, 0.3], atol=1e-5)


def test_a_head_that_does_not_follow_the_neck_gets_the_whole_rotation(scene):
    rig, face, _ = make_person()
    rig.data.bones["head"].use_inherit_rotation = False
    rest = turn_of(rig)
    take = people.random_take(contract)
    keying.key_take(characters.find(face, scene), take, 1)
    scene.frame_set(10)
    front = Matrix(neck.BLENDER_FRONT.tolist())
    expected = front @ Quaternion(neck.quaternions(take.head)[9]).to_matrix() @ front.transposed()
    assert angle(turn_of(rig) @ rest.inverted(), expected.to_quaternion()) < 1e-5


@pytest.mark.parametrize("mode", MODES)
def test_rotation_curves_never_jump(scene, mode):
    rig, *_ = make_person(modes=(mode,))
    time = np.linspace(0, 12, 600)[:, None]
    head = 0.6 * np.sin(np.array([[1.0, 1.7, 2.3]]) * time)
    [wxyz] = neck.split(head, [np.array(rig.data.bones["head"].matrix_local.to_3x3())], [1.0])
    _, curves = rotations.curves(rig.pose.bones["head"], wxyz)
    moving = np.degrees(np.linalg.norm(np.diff(head, axis=0), axis=1)).max()
    assert moving < 3.0
    assert np.abs(np.diff(curves[:, -3:] if mode != "AXIS_ANGLE" else curves[:, :1], axis=0)).max() < 0.1


@pytest.mark.parametrize("mode", ["QUATERNION", "AXIS_ANGLE"])
def test_a_full_turn_does_not_jump_either(scene, mode):
    rig, *_ = make_person(modes=(mode,))
    spin = np.zeros((600, 3))
    spin[:, 1] = np.linspace(-3.0, 3.0, 600)
    _, curves = rotations.curves(rig.pose.bones["head"], neck.quaternions(spin))
    assert np.abs(np.diff(curves, axis=0)).max() < 0.02


@pytest.mark.parametrize("mode", MODES)
def test_curves_of_every_mode_hold_the_same_rotation(scene, mode):
    rig, *_ = make_person(modes=(mode,))
    bone = rig.pose.bones["head"]
    wxyz = neck.quaternions(people.random_take(contract).head)
    path, curves = rotations.curves(bone, wxyz)
    for row, rotation in zip(curves, wxyz, strict=True):
        setattr(bone, path.rpartition(".")[2], row)
        assert angle(bone.matrix_basis.to_quaternion(), Quaternion(rotation)) < 1e-5


def test_face_and_head_are_one_animation(scene):
    rig, face, teeth = make_person()
    keyed = keying.key_take(characters.find(face, scene), people.random_take(contract), 1, "Hello")
    used = {owner.animation_data.action for owner in (rig, face.data.shape_keys, teeth.data.shape_keys)}
    assert used == set(keyed.actions)
    if blender_versions.SLOTTED_ACTIONS:
        [action] = keyed.actions
        assert len(action.slots) == 3
        assert action.name == "Hello"
    else:
        assert [action.name.partition(".")[0] for action in keyed.actions] == ["Hello"] * 3


def test_every_curve_has_linear_keys_at_all_frames(scene):
    rig, face, _ = make_person(modes=("XYZ",))
    keyed = keying.key_take(characters.find(face, scene), people.random_take(contract), 1)
    curves = blender_versions.action_curves(face.data.shape_keys) + blender_versions.action_curves(rig)
    assert len(curves) == 52 + 3 * 3
    assert keyed.curves == len(curves) + 2
    assert {p.interpolation for c in curves for p in c.keyframe_points} == {"LINEAR"}
    assert {len(c.keyframe_points) for c in curves} == {40}


def test_earlier_takes_stay_in_the_file(scene):
    rig, face, _ = make_person()
    found = characters.find(face, scene)
    first = keying.key_take(found, people.random_take(contract, seed=1), 1, "First")
    second = keying.key_take(found, people.random_take(contract, seed=2), 1, "Second")
    assert set(first.actions).isdisjoint(second.actions)
    assert all(action.use_fake_user for action in first.actions)
    assert rig.animation_data.action in second.actions


def test_slider_ranges_are_left_alone_unless_values_leave_them(scene):
    _, face, _ = make_person()
    blocks = face.data.shape_keys.key_blocks
    blocks["jawForward"].slider_max = 3.0
    take = people.random_take(contract)
    take.values[:, contract.INDEX["jawOpen"]] = 1.5
    take.values[:, contract.INDEX["mouthClose"]] = -0.25
    keying.key_take(characters.find(face, scene), take, 1)
    scene.frame_set(1)
    assert blocks["jawOpen"].value == pytest.approx(1.5)
    assert blocks["mouthClose"].value == pytest.approx(-0.25)
    ranges = {b.name: (b.slider_min, b.slider_max) for b in blocks}
    assert ranges.pop("jawOpen") == (0.0, 1.5)
    assert ranges.pop("mouthClose") == (-0.25, 1.0)
    assert ranges.pop("jawForward") == (0.0, 3.0)
    assert set(ranges.values()) == {(0.0, 1.0)}


def test_split_channels_drive_both_keys(scene):
    names = [n for n in contract.CHANNELS if n != "browInnerUp"] + ["browInnerUp_L", "browInnerUp_R"]
    face = people.mesh_with_keys("Face", names)
    take = people.random_take(contract)
    keying.key_take(characters.find(face, scene), take, 1)
    scene.frame_set(8)
    for name in ("browInnerUp_L", "browInnerUp_R"):
        assert face.data.shape_keys.key_blocks[name].value == pytest.approx(take.channel("browInnerUp")[7], abs=1e-6)


@pytest.mark.parametrize("broken", ["rotations", "assign"])
def test_nothing_is_half_keyed_when_something_fails(scene, monkeypatch, broken):
    rig, face, teeth = make_person()
    found = characters.find(face, scene)
    teeth.data.shape_keys.animation_data_clear()
    keying.key_take(found, people.random_take(contract, seed=1), 1, "First")
    before = {o: (o.animation_data.action, o.animation_data.action.use_fake_user) for o in (rig, face.data.shape_keys)}
    actions = set(bpy.data.actions)

    def fail(*_):
        raise RuntimeError("no")

    if broken == "rotations":
        monkeypatch.setattr(rotations, "curves", fail)
    else:
        assign, calls = blender_versions.assign_place, []

        def assign_once(owner, place):
            calls.append(owner)
            if len(calls) > 1:
                fail()
            assign(owner, place)

        monkeypatch.setattr(blender_versions, "assign_place", assign_once)
    take = people.random_take(contract, seed=2)
    take.values[:, contract.INDEX["jawOpen"]] = 2.0
    with pytest.raises(keying.KeyingFailed, match="nothing was changed"):
        keying.key_take(found, take, 1, "Second")
    assert set(bpy.data.actions) == actions
    assert {o: (o.animation_data.action, o.animation_data.action.use_fake_user) for o in before} == before
    assert face.data.shape_keys.key_blocks["jawOpen"].slider_max == 1.0
    scene.frame_set(1)
    scene.frame_set(5)
    first = people.random_take(contract, seed=1).channel("jawOpen")[4]
    assert face.data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(first, abs=1e-6)


def test_tweak_mode_gets_a_sentence(scene):
    _, face, _ = make_person()
    found = characters.find(face, scene)
    first = keying.key_take(found, people.random_take(contract), 1)
    data = face.data.shape_keys.animation_data
    track = data.nla_tracks.new()
    track.strips.new("a", 1, first.actions[0] if blender_versions.SLOTTED_ACTIONS else data.action)
    data.action = None
    track.select = True
    track.strips[0].select = True
    data.use_tweak_mode = True
    if not data.use_tweak_mode:
        pytest.skip("tweak mode cannot be entered without a window here")
    with pytest.raises(keying.KeyingFailed, match="tweak mode"):
        keying.key_take(found, people.random_take(contract), 1)


def test_ninety_thousand_keys_are_fast(scene):
    import time

    _, face, _ = make_person()
    take = people.random_take(contract, frames=1800)
    found = characters.find(face, scene)
    start = time.process_time()
    keying.key_take(found, take, 1)
    assert time.process_time() - start < 3.0  # one call for each key takes over ten
