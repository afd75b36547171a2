"""Clearing takes away what Mien keyed, wherever it was put, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="needs Blender's module")

from mien.addon import blender_versions, characters, clearing, fcurves, keying, layers  # noqa: E402
from mien.addon.manner import Manner  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402


@pytest.fixture
def person(scene):
    rig = people.armature(people.odd_bones(np.random.default_rng(1), ("QUATERNION",)))
    face = people.mesh_with_keys("Face", [*contract.CHANNELS, "extra"])
    people.bind(face, rig)
    bpy.context.view_layer.update()
    return characters.find(face, scene)


def hand(owner, path, keys):
    """Key a property by hand, in the active action or a new one."""
    place = blender_versions.active_place(owner)
    if place is None:
        made = blender_versions.TakeAction("Hand")
        made.curves_of(owner)
        place = made.slot_of(owner)
        del place[0][blender_versions.MARK]
        blender_versions.assign_place(owner, place)
    frames, values = np.array(keys, float).T
    curve = blender_versions.place_curves(place).new(path)
    fcurves.write(curve, fcurves.Keys(frames, values))


def keys_of(owner):
    return {
        (curve.data_path, curve.array_index): [tuple(np.round(point.co, 4)) for point in curve.keyframe_points]
        for curve in blender_versions.action_curves(owner)
    }


@pytest.mark.parametrize("mode", ["ACTION", "STRIP", "LAYER"])
def test_the_face_is_at_rest_again_and_the_action_in_the_file(person, mode):
    keys, rig = person.meshes[0].keys, person.armature
    keyed = keying.key_take(person, people.random_take(contract), 1, "Line", Manner(mode))
    bpy.context.scene.frame_set(10)
    assert keys.key_blocks["jawOpen"].value > 0.01
    assert clearing.clear(person) == keyed.curves
    bpy.context.scene.frame_set(10)
    assert max(keys.key_blocks[name].value for name in contract.CHANNELS) == 0.0
    assert rig.pose.bones["head"].matrix_basis.to_quaternion().angle == pytest.approx(0.0, abs=1e-6)
    assert not layers.strips_of(keys)
    assert not len(keys.animation_data.nla_tracks)
    assert set(keyed.actions) <= set(bpy.data.actions)
    assert clearing.clear(person) == 0


def test_hand_animation_stays(person):
    keys = person.meshes[0].keys
    hand(keys, 'key_blocks["jawOpen"].value', [(1, 0.25), (50, 0.25)])
    hand(keys, 'key_blocks["extra"].value', [(1, 0.5)])
    track = keys.animation_data.nla_tracks.new()
    track.name = "Mine"
    before, blend = keys_of(keys), keys.animation_data.action_blend_type
    action = keys.animation_data.action
    keying.key_take(person, people.random_take(contract), 1, "Line", Manner("LAYER"))
    clearing.clear(person)
    assert keys.animation_data.action == action
    assert keys.animation_data.action_blend_type == blend
    assert keys_of(keys) == before
    assert [track.name for track in keys.animation_data.nla_tracks] == ["Mine"]
    bpy.context.scene.frame_set(10)
    assert keys.key_blocks["jawOpen"].value == pytest.approx(0.25)
    assert keys.key_blocks["extra"].value == pytest.approx(0.5)


@pytest.mark.parametrize("max_error", [None, 0.02])
def test_of_the_active_action_only_what_was_written_goes(person, max_error):
    keys = person.meshes[0].keys
    hand(keys, 'key_blocks["jawOpen"].value', [(1, 0.25), (500, 0.25)])
    before = keys_of(keys)
    keying.key_take(person, people.random_take(contract), 101, "Line", Manner("ACTIVE", max_error=max_error))
    assert len(keys_of(keys)) == 52
    clearing.clear(person)
    assert keys_of(keys) == before
