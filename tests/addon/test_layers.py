"""Takes as strips and layers of the NLA, and inside the active action: they play right and leave the rest alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="needs Blender's module")

from mien.addon import blender_versions, characters, fcurves, keying, layers  # noqa: E402
from mien.addon.manner import Manner  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402

START, FRAMES = 11, 30
STRIP, LAYER, ACTIVE = Manner("STRIP"), Manner("LAYER"), Manner("ACTIVE")


@pytest.fixture
def person(scene):
    rig = people.armature(people.odd_bones(np.random.default_rng(1), ("QUATERNION",)))
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    people.bind(face, rig)
    bpy.context.view_layer.update()
    return characters.find(face, scene)


def take_of(seed=0, high=0.4):
    take = people.random_take(contract, frames=FRAMES, seed=seed)
    return dataclasses.replace(take, values=high * take.values, head=high * take.head)


def hand_key(owner, path, keys, index=0):
    """Animate a property by hand in an action of its own."""
    place = blender_versions.active_place(owner)
    if place is None:
        made = blender_versions.TakeAction("Hand")
        curves = made.curves_of(owner)
        blender_versions.assign_place(owner, made.slot_of(owner))
        action = made.actions[0]
        del action[blender_versions.MARK]
    else:
        curves = blender_versions.place_curves(place)
    frames, values = np.array(keys, float).T
    fcurves.write(curves.new(path, index=index), fcurves.Keys(frames, values))


def jaw(person, frame, name="jawOpen"):
    bpy.context.scene.frame_set(int(np.floor(frame)), subframe=frame % 1)
    return person.meshes[0].keys.key_blocks[name].value


def turn(person, frame, bone="head"):
    bpy.context.scene.frame_set(frame)
    return person.armature.pose.bones[bone].matrix_basis.to_quaternion()


def state(person):
    """Describe all animation of the character and all actions of the file."""
    owners = [person.meshes[0].keys, person.armature]
    said = []
    for owner in owners:
        data = owner.animation_data
        if data is None:
            said.append(None)
            continue
        strips = [
            (track.name, track.mute, strip.name, strip.action.name, strip.blend_type, strip.mute, strip.frame_start,
             strip.frame_end, strip.action_frame_start, strip.action_frame_end, round(strip.influence, 4))
            for track in data.nla_tracks for strip in track.strips
        ]  # fmt: skip
        said.append((data.action and data.action.name, data.action_blend_type, strips))
    keys = {action.name: sum(len(curve.keyframe_points) for curve in curves_of(action)) for action in bpy.data.actions}
    return said, keys


def curves_of(action):
    if not blender_versions.SLOTTED_ACTIONS:
        return list(action.fcurves)
    return [c for slot in action.slots for c in blender_versions.place_curves((action, slot))]


def test_a_strip_plays_the_take_and_rests_outside(person):
    take = take_of()
    keyed = keying.key_take(person, take, START, "Line", STRIP)
    keys = person.meshes[0].keys
    assert keys.animation_data.action is None
    assert [t.name for t in person.armature.animation_data.nla_tracks] == ["Line"]
    for k in (0, 7, FRAMES - 1):
        assert jaw(person, START + k) == pytest.approx(take.channel("jawOpen")[k], abs=1e-5)
    assert jaw(person, START - 5) == jaw(person, START + FRAMES + 5) == 0.0
    assert abs(turn(person, START - 5).angle) < 1e-6
    assert abs(turn(person, START + 10).angle) > 0.01
    assert len(keyed.actions) == (1 if blender_versions.SLOTTED_ACTIONS else 2)


def test_a_strip_may_begin_between_frames(person):
    take = take_of()
    keying.key_take(person, take, START + 0.25, "Line", STRIP)
    assert jaw(person, START + 5.25) == pytest.approx(take.channel("jawOpen")[5], abs=1e-4)
    assert jaw(person, START + FRAMES - 1 + 0.25 - 0.01) == pytest.approx(take.channel("jawOpen")[-1], abs=1e-2)


def test_influence_scales_a_strip(person):
    take = take_of()
    keying.key_take(person, take, START, "Line", dataclasses.replace(STRIP, influence=0.5))
    assert jaw(person, START + 7) == pytest.approx(0.5 * take.channel("jawOpen")[7], abs=1e-4)


@pytest.mark.parametrize("manner", [STRIP, LAYER])
def test_blending_adds_to_strips_below(person, manner):
    keying.key_take(person, take_of(1), START, "First", STRIP)
    first = jaw(person, START + 7)
    take = take_of(2)
    manner = dataclasses.replace(manner, blend="ADD", beside=True)
    keying.key_take(person, take, START, "Second", manner)
    assert jaw(person, START + 7) == pytest.approx(first + take.channel("jawOpen")[7], abs=1e-4)


def test_a_layer_adds_to_hand_animation_and_leaves_it_active(person):
    keys, rig = person.meshes[0].keys, person.armature
    hand_key(keys, 'key_blocks["jawOpen"].value', [(1, 0.2), (60, 0.2)])
    hand_key(rig, 'pose.bones["head"].rotation_euler', [(1, 0.0)])  # a curve that the head's mode ignores
    for index, value in enumerate((np.cos(0.1), np.sin(0.1), 0.0, 0.0)):
        hand_key(rig, 'pose.bones["head"].rotation_quaternion', [(1, value), (60, value)], index)
    hand = keys.animation_data.action, rig.animation_data.action
    before = turn(person, START + 7)
    take = take_of()
    keying.key_take(person, take, START, "Line", LAYER)
    assert (keys.animation_data.action, rig.animation_data.action) == hand
    assert jaw(person, START + 7) == pytest.approx(0.2 + take.channel("jawOpen")[7], abs=1e-4)
    assert jaw(person, START + 7, "mouthSmileLeft") == pytest.approx(take.channel("mouthSmileLeft")[7], abs=1e-4)
    assert jaw(person, START + FRAMES + 5) == pytest.approx(0.2, abs=1e-5)
    together = turn(person, START + 7)
    for owner in (keys, rig):
        layers.take_away(owner)
        layers.blend_active(owner)
        assert owner.animation_data.action_blend_type == "REPLACE"
    assert jaw(person, START + 7) == pytest.approx(0.2, abs=1e-5)
    assert turn(person, START + 7).rotation_difference(before).angle < 1e-3
    keying.key_take(person, take, START, "Alone")
    alone = turn(person, START + 7)
    assert (alone @ before).rotation_difference(together).angle < 1e-3


def test_the_active_action_gets_only_this_stretch_and_these_parts(person):
    keys = person.meshes[0].keys
    hand_key(keys, 'key_blocks["jawOpen"].value', [(1, 0.1), (START + 3, 0.9), (START + 200, 0.3)])
    hand_key(keys, 'key_blocks["browInnerUp"].value', [(1, 0.7), (START + 3, 0.7)])
    action = keys.animation_data.action
    name = action.name
    take = take_of()
    keyed = keying.key_take(person, take, START, "Line", dataclasses.replace(ACTIVE, parts=frozenset({"mouth"})))
    action = keys.animation_data.action
    assert action.name == name
    assert [a.name for a in bpy.data.actions] == [name]
    assert jaw(person, 1) == pytest.approx(0.1)
    assert jaw(person, START + 200) == pytest.approx(0.3)
    for k in range(FRAMES):
        assert jaw(person, START + k) == pytest.approx(take.channel("jawOpen")[k], abs=1e-5)
    assert jaw(person, START + 7, "browInnerUp") == pytest.approx(0.7)
    assert person.armature.animation_data is None
    assert keyed.curves == len([n for n in contract.CHANNELS if n.startswith(("jaw", "mouth"))])


def test_rows_limit_what_is_keyed(person):
    take = take_of()
    keyed = keying.key_take(person, take, START, "Line", rows=slice(10, 20))
    assert keyed.frames == 10
    curve = blender_versions.action_curves(person.armature)[0]
    assert tuple(curve.range()) == (START + 10, START + 19)
    with pytest.raises(keying.KeyingFailed, match="widen"):
        keying.key_take(person, take, START, "Line", rows=slice(20, 20))


@pytest.mark.parametrize("manner", [Manner(), STRIP, LAYER])
def test_the_same_take_is_written_anew_in_its_own_action(person, manner):
    first = keying.key_take(person, take_of(1), START, "Line", manner)
    names = [a.name for a in first.actions]
    take = take_of(2)
    again = keying.key_take(person, take, START + 5, "Line", manner, into=first.actions)
    assert [a.name for a in again.actions] == names
    assert len([a for a in bpy.data.actions if a.name != layers.REST]) == len(names)
    assert jaw(person, START + 5 + 7) == pytest.approx(take.channel("jawOpen")[7], abs=1e-4)
    assert jaw(person, START + 5 + FRAMES - 1) == pytest.approx(take.channel("jawOpen")[-1], abs=1e-4)
    strips = layers.strips_of(person.armature)
    assert len(strips) == (1 if manner.in_nla else 0)


def test_parts_that_are_not_chosen_keep_what_they_have(person):
    first, second = take_of(1), take_of(2)
    keyed = keying.key_take(person, first, START, "Line")
    keying.key_take(person, second, START, "Line", Manner(parts=frozenset({"brows"})), into=keyed.actions)
    assert jaw(person, START + 7) == pytest.approx(first.channel("jawOpen")[7], abs=1e-5)
    assert jaw(person, START + 7, "browInnerUp") == pytest.approx(second.channel("browInnerUp")[7], abs=1e-5)


def test_from_strip_to_action_and_back_leaves_one_of_each(person):
    take = take_of()
    keyed = keying.key_take(person, take, START, "Line", STRIP)
    keyed = keying.key_take(person, take, START, "Line", into=keyed.actions)
    assert not layers.strips_of(person.armature)
    assert person.armature.animation_data.action in keyed.actions
    keyed = keying.key_take(person, take, START, "Line", STRIP, into=keyed.actions)
    assert person.armature.animation_data.action is None
    assert len([a for a in bpy.data.actions if a.name != layers.REST]) == len(keyed.actions)


def test_an_action_that_the_user_pushed_down_stays_in_its_strip(person):
    keyed = keying.key_take(person, take_of(1), START, "Line")
    rig = person.armature
    strip = rig.animation_data.nla_tracks.new().strips.new("Mine", START, rig.animation_data.action)
    blender_versions.set_strip_slot(strip, getattr(rig.animation_data, "action_slot", None))
    rig.animation_data.action = None
    keyed = keying.key_take(person, take_of(2), START, "Line", into=keyed.actions)
    assert rig.animation_data.action is None
    assert strip.action in keyed.actions


def test_only_one_take_plays_at_a_time(person):
    first, second = take_of(1), take_of(2)
    keying.key_take(person, first, START, "First", STRIP)
    keying.key_take(person, second, START, "Second", STRIP)
    strips = [strip for _, strip in layers.strips_of(person.armature)]
    assert [(s.name, s.mute) for s in strips] == [("First", True), ("Second", False)]
    keying.key_take(person, take_of(3), START, "Third")
    assert all(strip.mute for _, strip in layers.strips_of(person.armature))


@pytest.mark.parametrize("manner", [Manner(), STRIP, LAYER, ACTIVE])
@pytest.mark.parametrize("broken", ["second curve", "placing"])
def test_a_failure_leaves_everything_as_it_was(person, manner, broken, monkeypatch):
    keys = person.meshes[0].keys
    hand_key(keys, 'key_blocks["jawOpen"].value', [(1, 0.2), (60, 0.2)])
    keyed = keying.key_take(person, take_of(1), START, "Line", STRIP)
    before, value = state(person), jaw(person, START + 7)
    if broken == "second curve":
        real, count = fcurves.write, []

        def write(curve, data):
            count.append(curve)
            if len(count) > 40:
                raise RuntimeError("no more")
            real(curve, data)

        monkeypatch.setattr(fcurves, "write", write)
    else:
        monkeypatch.setattr(keying, "_settle", lambda *_: 1 / 0)
    with pytest.raises(keying.KeyingFailed, match="nothing was changed"):
        keying.key_take(person, take_of(2), START + 3, "Line", manner, into=keyed.actions)
    assert state(person) == before
    assert jaw(person, START + 7) == pytest.approx(value, abs=1e-6)


def test_settings_of_the_scene_stay(person):
    scene = bpy.context.scene
    scene.frame_set(5)
    before = scene.frame_current, scene.frame_start, scene.frame_end
    keying.key_take(person, take_of(), START, "Line", LAYER)
    assert (scene.frame_current, scene.frame_start, scene.frame_end) == before
