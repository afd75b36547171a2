"""Switching never makes a second copy, and edits by hand are never lost."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="the add-on needs Blender")

from mien.addon import blender_versions, characters, keying  # noqa: E402
from mien.addon.takes import applying, storage  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402
from tests.addon.takes.test_storage import kept  # noqa: E402


@pytest.fixture
def person(registered):
    registered.render.fps = 30
    rig = people.armature(people.odd_bones(np.random.default_rng(0)))
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    teeth = people.mesh_with_keys("Teeth", ["jawOpen", "mouthClose"])
    for mesh in (face, teeth):
        people.bind(mesh, rig)
    bpy.context.view_layer.update()
    return rig, face, teeth


def jaw(frame, face="Face"):
    bpy.context.scene.frame_set(frame)
    return bpy.data.objects[face].data.shape_keys.key_blocks["jawOpen"].value


def apply(rig, index):
    return applying.apply(bpy.context.scene, rig, storage.takes_of(rig)[index])


def test_switching_back_and_forth_makes_no_further_action(person):
    rig, face, _ = person
    takes = [kept(face, seed)[0] for seed in range(2)]
    for index in (0, 1):
        assert apply(rig, index).keyed
    count = len(bpy.data.actions)
    for index in (0, 1, 0):
        assert apply(rig, index).keyed is None
        assert len(bpy.data.actions) == count
        assert jaw(10) == pytest.approx(takes[index].channel("jawOpen")[5], abs=1e-4)
        assert jaw(10, "Teeth") == pytest.approx(takes[index].channel("jawOpen")[5], abs=1e-4)
        assert [item.playing for item in rig.mien_takes] == [index == 0, index == 1]
        assert rig.mien_take_index == index
    assert [item.before for item in rig.mien_takes] == [False, True]


def test_an_edit_by_hand_is_there_after_switching_back(person):
    rig, face, _ = person
    kept(face, 0), kept(face, 1)
    apply(rig, 0)
    curve = next(c for c in blender_versions.action_curves(face.data.shape_keys) if '"jawOpen"' in c.data_path)
    curve.keyframe_points[5].co.y = 0.123
    assert applying.is_edited(rig.mien_takes[0])
    apply(rig, 1)
    assert not applying.is_edited(rig.mien_takes[1])
    apply(rig, 0)
    assert jaw(10) == pytest.approx(0.123, abs=1e-6)


def test_keying_anew_replaces_the_actions_and_keeps_edited_ones(person):
    rig, face, _ = person
    take, _ = kept(face)
    apply(rig, 0)
    names, count = {a.name for a in bpy.data.actions}, len(bpy.data.actions)
    assert applying.rekey(bpy.context.scene, rig, rig.mien_takes[0]).notes == ()
    assert ({a.name for a in bpy.data.actions}, len(bpy.data.actions)) == (names, count)

    curve = next(c for c in blender_versions.action_curves(face.data.shape_keys) if '"jawOpen"' in c.data_path)
    curve.keyframe_points[5].co.y = 0.123
    [note] = applying.rekey(bpy.context.scene, rig, rig.mien_takes[0]).notes
    assert "hello (edited)" in note
    assert jaw(10) == pytest.approx(take.channel("jawOpen")[5], abs=1e-4)
    assert any(a.name.startswith("hello (edited)") and a.use_fake_user for a in bpy.data.actions)


def test_a_take_whose_action_was_deleted_is_keyed_again(person):
    rig, face, _ = person
    take, _ = kept(face)
    apply(rig, 0)
    for action in list(bpy.data.actions):
        bpy.data.actions.remove(action)
    assert apply(rig, 0).keyed
    assert jaw(10) == pytest.approx(take.channel("jawOpen")[5], abs=1e-4)


def test_a_mesh_that_came_later_is_keyed_too(person):
    rig, face, _ = person
    kept(face)
    apply(rig, 0)
    tongue = people.mesh_with_keys("Tongue", ["jawOpen", "tongueOut"])
    people.bind(tongue, rig)
    bpy.context.view_layer.update()
    assert apply(rig, 0).keyed
    assert jaw(12, "Tongue") == pytest.approx(jaw(12), abs=1e-6)


def test_another_frame_rate_of_the_scene_keeps_the_sound_in_step(person, registered):
    rig, face, _ = person
    take, _ = kept(face)
    registered.render.fps = 60
    keyed = apply(rig, 0).keyed
    assert keyed.frames == 80
    assert jaw(5 + 2 * 12) == pytest.approx(take.channel("jawOpen")[12], abs=1e-4)
    assert jaw(5 + 25) == pytest.approx(take.channel("jawOpen")[12:14].mean(), abs=1e-4)


def test_tweak_mode_is_refused_before_anything_is_changed(person, monkeypatch):
    rig, face, _ = person
    kept(face, 0), kept(face, 1)
    apply(rig, 0), apply(rig, 1)

    def refuse(_):
        raise keying.KeyingFailed("It is in tweak mode; leave it.")

    monkeypatch.setattr(keying, "check_free", refuse)
    with pytest.raises(keying.KeyingFailed):
        apply(rig, 0)
    assert storage.playing(rig).seed == 1


def test_actions_of_other_characters_are_left_alone(person, registered):
    rig, face, _ = person
    kept(face)
    other = people.mesh_with_keys("Other", contract.CHANNELS)
    other.location.x = 50
    bpy.context.view_layer.update()
    kept(other)
    applying.apply(bpy.context.scene, other, other.mien_takes[0])
    theirs = other.data.shape_keys.animation_data.action
    apply(rig, 0)
    assert other.data.shape_keys.animation_data.action == theirs
    assert characters.find(other, registered).name == "Other"


def test_a_take_is_keyed_as_it_is_shaped_and_anew_where_that_changed(person):
    rig, face, _ = person
    brows = kept(face, 0)[0].channel("browInnerUp")
    kept(face, 1)
    apply(rig, 0), apply(rig, 1)
    shaping = rig.mien_takes[0].shaping
    shaping.brows, shaping.offset_frames = 0.5, 3.0
    applied = apply(rig, 0)
    assert applied.keyed.frames == 40
    bpy.context.scene.frame_set(5 + 3 + 10)
    value = face.data.shape_keys.key_blocks["browInnerUp"].value
    assert value == pytest.approx(0.5 * brows[10], abs=1e-3)
    assert apply(rig, 0).keyed is None

    shaping.use_range, shaping.first_frame, shaping.last_frame = True, 20, 29
    assert apply(rig, 0).keyed is None  # it was keyed at once, for it plays
    curves = blender_versions.action_curves(face.data.shape_keys)
    assert {tuple(curve.range()) for curve in curves} == {(20.0, 29.0)}
    shaping.first_frame = 1000
    with pytest.raises(keying.KeyingFailed, match="leaves nothing"):
        apply(rig, 0)
