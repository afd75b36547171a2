"""Performances on a character, read back: what was keyed from a take gives that take again."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, keying  # noqa: E402
from mien.addon.styles import performance  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402


def character_of(scene, modes=("QUATERNION", "XYZ", "AXIS_ANGLE"), channels=contract.CHANNELS, seed=3):
    face = people.mesh_with_keys("Face", channels)
    rig = people.armature(people.odd_bones(np.random.default_rng(seed), modes))
    people.bind(face, rig)
    return characters.find(face, scene)


@pytest.mark.parametrize("mode", ["QUATERNION", "XYZ", "ZYX", "AXIS_ANGLE"])
def test_a_keyed_take_comes_back(registered, mode):
    registered.render.fps = 30
    character = character_of(registered, (mode,))
    take = people.random_take(contract, frames=60)
    [*actions] = keying.key_take(character, take, 17.0).actions
    read = performance.of_action(character, None, registered)
    assert (read.fps, len(read)) == (30.0, 60)
    np.testing.assert_allclose(read.values, take.values, atol=1e-5)
    np.testing.assert_allclose(read.head, take.head, atol=1e-4)
    assert actions


def test_an_action_that_is_not_active_is_read_by_its_slots(registered):
    character = character_of(registered)
    registered.render.fps = 30
    first, second = people.random_take(contract, seed=1), people.random_take(contract, seed=2)
    actions = keying.key_take(character, first, 1.0, "first").actions
    keying.key_take(character, second, 1.0, "second")
    face = next(a for a in actions if getattr(a, "id_root", "KEY") in ("KEY", "UNSPECIFIED") or len(actions) == 1)
    read = performance.of_action(character, face, registered)
    np.testing.assert_allclose(read.values, first.values, atol=1e-5)
    if len(actions) == 1:  # before 4.4 the head has an action of its own
        np.testing.assert_allclose(read.head, first.head, atol=1e-4)


def test_what_an_action_does_not_move_is_at_rest(registered):
    character = character_of(registered)
    keys = character.meshes[0].keys
    keys.key_blocks["mouthSmileLeft"].value = 0.5
    keys.key_blocks["jawOpen"].value = 0.0
    keys.key_blocks["jawOpen"].keyframe_insert("value", frame=1)
    keys.key_blocks["jawOpen"].value = 1.0
    keys.key_blocks["jawOpen"].keyframe_insert("value", frame=25)
    read = performance.of_action(character, None, registered)
    assert len(read) == 25
    assert read.channel("jawOpen")[[0, 24]].tolist() == [0.0, 1.0]
    assert read.values.sum() == pytest.approx(read.channel("jawOpen").sum(), abs=1e-5)
    assert not read.head.any()


def test_an_action_for_something_else_has_a_sentence(registered):
    character = character_of(registered)
    with pytest.raises(performance.NoPerformance, match="The active action moves nothing of the face"):
        performance.of_action(character, None, registered)
    other = bpy.data.actions.new("Walk")
    with pytest.raises(performance.NoPerformance, match="'Walk' moves nothing"):
        performance.of_action(character, other, registered)


def test_halves_of_a_channel_agree_and_partial_faces_work(registered):
    names = ["browInnerUp_L", "browInnerUp_R", *contract.CHANNELS[:20]]
    character = character_of(registered, channels=names)
    registered.render.fps = 30
    whole = people.random_take(contract, frames=30)
    shown = [name in ("browInnerUp", *contract.CHANNELS[:20]) for name in contract.CHANNELS]
    take = contract.Take(whole.fps, whole.values * np.array(shown, np.float32), whole.head)
    keying.key_take(character, take, 1.0)
    read = performance.of_action(character, None, registered)
    np.testing.assert_allclose(read.channel("browInnerUp"), take.channel("browInnerUp"), atol=1e-5)
    np.testing.assert_allclose(read.values[:, :20], take.values[:, :20], atol=1e-5)
    assert not read.channel("tongueOut").any()
