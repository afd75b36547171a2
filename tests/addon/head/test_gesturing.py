"""Gestures add to whatever moves the neck, at the cursor and on markers, and can be taken away again."""

from __future__ import annotations

import math

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="needs Blender's module")

from mathutils import Quaternion  # noqa: E402
from mien.addon import characters, keying, layers  # noqa: E402
from mien.addon.head import gesturing, operators, panel  # noqa: E402
from mien.addon.properties import settings_of  # noqa: E402
from mien.inference_backend import contract  # noqa: E402
from mien.rigs import neck  # noqa: E402
from mien.rigs.gestures import Gesture  # noqa: E402

from tests.addon import people  # noqa: E402
from tests.addon.shaping.test_operators import Layout  # noqa: E402

FPS = 24.0


@pytest.fixture
def person(registered):
    rig = people.armature(people.odd_bones(np.random.default_rng(1), ("QUATERNION",)))
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    people.bind(face, rig)
    bpy.context.view_layer.update()
    settings_of(registered).character = rig
    return characters.find(face, registered)


def turn(frame):
    """Rotation of the head in the world, away from rest."""
    bpy.context.scene.frame_set(int(np.floor(frame)), subframe=frame % 1)
    bone = bpy.data.objects["Rig"].pose.bones["head"]
    return bone.matrix.to_quaternion() @ bone.bone.matrix_local.to_quaternion().inverted()


def angle(one, other):
    return min(one.rotation_difference(other).angle, 2 * math.pi - one.rotation_difference(other).angle)


def test_a_nod_turns_the_head_by_its_amount_and_back(person):
    gesture = Gesture("nod", 0.2, 1.6, 2)
    gesturing.add(person, gesture, [11], FPS)
    head = gesture.head(FPS)
    top = int(head[:, 0].argmax())
    assert angle(turn(11 + top), Quaternion()) == pytest.approx(float(head[top, 0]), abs=0.005)
    assert angle(turn(10), Quaternion()) < 1e-3
    assert angle(turn(11 + len(head) + 3), Quaternion()) < 1e-3


def test_it_adds_to_a_take_that_plays(person):
    take = people.random_take(contract, frames=120, fps=FPS)
    keying.key_take(person, take, 1, "Line")
    alone = turn(20)
    gesture = Gesture("shake", 0.2, 1.5, 1)
    top = int(gesture.head(FPS)[:, 1].argmax())
    gesturing.add(person, gesture, [20 - top], FPS)
    assert person.armature.animation_data.action is not None
    assert angle(turn(20), alone) == pytest.approx(0.2, abs=0.02)
    assert gesturing.remove(person, 20) == 1
    assert angle(turn(20), alone) < 1e-3
    assert person.armature.animation_data.action_blend_type == "REPLACE"
    assert len([a for a in bpy.data.actions if layers.is_beside(a)]) == 0


def test_gestures_stay_when_takes_are_switched(person):
    gesturing.add(person, Gesture(), [11], FPS)
    keying.key_take(person, people.random_take(contract), 1, "Line")
    [(_, strip)] = layers.strips_of(person.armature)
    assert not strip.mute
    assert person.armature.animation_data.action_blend_type == "COMBINE"


def test_gestures_one_after_another_share_a_track(person):
    gesture = Gesture("nod", 0.1, 2.0, 1)
    gesturing.add(person, gesture, [1, 101, 105], FPS)
    tracks = person.armature.animation_data.nla_tracks
    assert [len(track.strips) for track in tracks] == [2, 1]


def test_at_the_cursor_and_on_markers(person):
    scene = bpy.context.scene
    scene.frame_set(31)
    assert bpy.ops.mien.add_gesture(where="CURSOR") == {"FINISHED"}
    [(_, strip)] = layers.strips_of(person.armature)
    assert strip.frame_start == 31
    scene.timeline_markers.new("nod one", frame=100)
    scene.timeline_markers.new("other", frame=150)
    scene.timeline_markers.new("Nod", frame=200)
    for marker in scene.timeline_markers:
        marker.select = False
    assert operators.marked_frames(scene, "nod") == [100, 200]
    assert bpy.ops.mien.add_gesture(where="MARKERS") == {"FINISHED"}
    assert sorted(strip.frame_start for _, strip in layers.strips_of(person.armature)) == [31, 100, 200]
    scene.timeline_markers["other"].select = True
    assert operators.marked_frames(scene, "nod") == [150]
    scene.frame_set(100)
    assert bpy.ops.mien.remove_gestures(which="HERE") == {"FINISHED"}
    assert sorted(strip.frame_start for _, strip in layers.strips_of(person.armature)) == [31, 200]
    assert bpy.ops.mien.remove_gestures(which="ALL") == {"FINISHED"}
    assert not layers.strips_of(person.armature)


def test_without_markers_it_says_so(person):
    with pytest.raises(RuntimeError, match="markers"):
        bpy.ops.mien.add_gesture(where="MARKERS")


def test_neck_share_and_limits_shape_the_head(person):
    head = np.zeros((3, 3), np.float32)
    head[1] = [0.5, 0.0, 0.0]
    take = contract.Take(FPS, np.zeros((3, 52), np.float32), head)
    group = person.armature.mien_head
    group.neck_share = 0.8
    keying.key_take(person, take, 1)
    bpy.context.scene.frame_set(2)
    bones = person.armature.pose.bones
    angles = [bones[name].matrix_basis.to_quaternion().angle for name in ("neck_01", "neck_02", "head")]
    np.testing.assert_allclose(angles, [0.2, 0.2, 0.1], atol=1e-5)
    group.use_limits, group.down = True, 0.3
    keying.key_take(person, take, 1)
    held = neck.HeadLimits(down=0.3).limited(head)[1, 0]
    assert 0.24 < held <= 0.3
    assert angle(turn(2), Quaternion()) == pytest.approx(held, abs=1e-4)


def test_a_face_without_a_head_bone_says_so(registered):
    settings_of(registered).character = people.mesh_with_keys("Face", contract.CHANNELS)
    with pytest.raises(RuntimeError, match="no head or neck bone"):
        bpy.ops.mien.add_gesture()


class Buttons(Layout):
    def operator(self, name, **words):
        words.pop("text", None)
        super().operator(name, **words)
        return type("Properties", (), {})()

    def separator(self):
        pass


def test_the_panel_draws(person):
    class Panel:
        layout = Buttons([])

    assert panel.MIEN_PT_head.poll(bpy.context)
    person.armature.mien_head.use_limits = True
    panel.MIEN_PT_head.draw(Panel(), bpy.context)
    assert {"kind", "count", "neck_share", "tilt", "mien.add_gesture"} <= set(Panel.layout.drawn)
