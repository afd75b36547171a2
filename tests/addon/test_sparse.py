"""Sparse keys: Blender itself evaluates them within the error, and closed lips and turning points are exact."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="needs Blender's module")

from mien.addon import blender_versions, characters, keying  # noqa: E402
from mien.addon.manner import Manner  # noqa: E402
from mien.inference_backend import contract  # noqa: E402
from mien.rigs import shaping  # noqa: E402
from mien.rigs.extrema import extrema  # noqa: E402

from tests.addon import people  # noqa: E402


def spoken(frames=300, fps=24.0):
    """A random take whose lips shut for one, two or thirty frames."""
    take = people.random_take(contract, frames=frames, fps=fps)
    shut = np.isin(np.arange(frames) % 12, (4, 9, 10)) | (np.arange(frames) > frames - 30)
    take.values[:, contract.INDEX["mouthClose"]] = np.where(shut, take.channel("jawOpen"), 0.0)
    for name in ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight"):
        take.values[shut, contract.INDEX[name]] = 0.0
    return take


@pytest.fixture
def person(scene):
    rig = people.armature(people.odd_bones(np.random.default_rng(1), ("QUATERNION", "XYZ", "QUATERNION")))
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    people.bind(face, rig)
    bpy.context.view_layer.update()
    return characters.find(face, scene)


def evaluated(owner, frames):
    return {
        (curve.data_path, curve.array_index): np.array([curve.evaluate(frame) for frame in frames])
        for curve in blender_versions.action_curves(owner)
    }


@pytest.mark.parametrize("start", [1, 20000, 10.25])
@pytest.mark.parametrize("max_error", [0.002, 0.01, 0.05])
def test_blender_evaluates_within_the_error(person, start, max_error):
    take = spoken()
    frames = start + np.arange(len(take))
    owners = [person.meshes[0].keys, person.armature]
    keying.key_take(person, take, start)
    exact = [evaluated(owner, frames) for owner in owners]
    keyed = keying.key_take(person, take, start, manner=Manner(max_error=max_error))
    for owner, wanted, limit in zip(owners, exact, (max_error, 0.2 * max_error), strict=True):
        found = evaluated(owner, frames)
        assert found.keys() == wanted.keys()
        for name, values in wanted.items():
            assert np.abs(found[name] - values).max() <= limit, name
    assert keyed.keys < 0.6 * keyed.curves * len(take)


def test_shut_lips_are_shut_and_turns_are_keys(person):
    take = spoken()
    keying.key_take(person, take, 1, manner=Manner(max_error=0.02))
    found = evaluated(person.meshes[0].keys, 1 + np.arange(len(take)))
    values = np.stack([found[f'key_blocks["{name}"].value', 0] for name in contract.CHANNELS], axis=1)
    before, after = shaping.aperture(take.values), shaping.aperture(values.astype(np.float32))
    short = (before <= shaping.SHUT) & (np.arange(len(take)) < len(take) - 30)
    assert short.sum() > 60
    assert np.abs(after[short] - before[short]).max() < 1e-5
    for column, name in enumerate(contract.CHANNELS):
        turns = extrema(take.values[:, column], 0.04)
        np.testing.assert_allclose(values[turns, column], take.values[turns, column], atol=1e-5, err_msg=name)


def test_keys_of_one_rotation_share_their_frames(person):
    keying.key_take(person, spoken(), 1, manner=Manner(max_error=0.01))
    frames = {}
    for curve in blender_versions.action_curves(person.armature):
        frames.setdefault(curve.data_path, set()).add(tuple(point.co.x for point in curve.keyframe_points))
    assert all(len(rows) == 1 for rows in frames.values())
    assert {p.interpolation for c in blender_versions.action_curves(person.armature) for p in c.keyframe_points} == {
        "BEZIER"
    }


def test_sparse_keys_go_into_a_stretch_of_the_active_action(person):
    take = spoken()
    keying.key_take(person, take, 1)
    other = dataclasses.replace(spoken(100), values=0.5 * spoken(100).values)
    keying.key_take(person, other, 51, manner=Manner("ACTIVE", max_error=0.01))
    found = evaluated(person.meshes[0].keys, [20, 40, 60, 149, 200])['key_blocks["browInnerUp"].value', 0]
    brow = contract.INDEX["browInnerUp"]
    np.testing.assert_allclose(found[[0, 1, 4]], take.values[[19, 39, 199], brow], atol=1e-5)
    np.testing.assert_allclose(found[[2, 3]], other.values[[9, 98], brow], atol=0.011)
