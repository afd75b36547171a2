"""Takes live with their character: read back as they came, through save and reload, append, and override."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="the add-on needs Blender")

from mien.addon import characters  # noqa: E402
from mien.addon.takes import applying, storage  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402

REQUEST = contract.Request(
    style="weary", seed=7, fps=30.0, strength=0.5, cues=(contract.Cue(1.0, "furious"),), lips=1.2
)


@pytest.fixture
def face(registered):
    registered.render.fps = 30
    return people.mesh_with_keys("Face", contract.CHANNELS)


def kept(face, seed=0, name="hello", **facts):
    take = dataclasses.replace(people.random_take(contract, seed=seed), meta={"provider": "CPU"})
    owner = storage.owner_of(characters.find(face, bpy.context.scene))
    request = dataclasses.replace(REQUEST, seed=seed)
    storage.store(owner, take, storage.Facts(name, request, "/sounds/hello.wav", 5.0, **facts))
    return take, storage.takes_of(owner)[-1]


def test_a_take_comes_back_as_it_was(face):
    take, item = kept(face, seed=3)
    back = storage.load(item)
    assert np.abs(back.values - take.values).max() < 1e-4
    assert np.abs(back.head - take.head).max() < 1e-4
    assert (back.fps, len(back), back.meta) == (take.fps, len(take), {"provider": "CPU"})
    assert (item.style, item.seed, item.sound, item.start_frame) == ("weary", 3, "/sounds/hello.wav", 5.0)
    assert storage.request_of(item) == dataclasses.replace(REQUEST, seed=3)


def test_an_exact_frame_rate_comes_back_exactly(face):
    take = people.random_take(contract, fps=30 / 1.001)
    item = storage.store(face, take, storage.Facts("a", REQUEST))
    assert storage.load(item).fps == 30 / 1.001


def test_names_are_made_unique_as_blender_does(face):
    for _ in range(3):
        kept(face)
    assert [item.name for item in storage.takes_of(face)] == ["hello", "hello.001", "hello.002"]
    assert len({item.uid for item in storage.takes_of(face)}) == 3


def test_a_damaged_take_says_so(face):
    _, item = kept(face)
    item.curves = item.curves[:-40]
    with pytest.raises(storage.TakeDamaged, match="'hello' is damaged"):
        storage.load(item)


def test_the_armature_holds_the_takes_of_a_rigged_character(registered):
    rig = people.armature(people.odd_bones(np.random.default_rng(0)))
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    people.bind(face, rig)
    kept(face)
    assert len(rig.mien_takes) == 1
    face.parent = None  # the armature goes: takes that the mesh has meanwhile are found there
    face.modifiers.clear()
    kept(face)
    assert [len(rig.mien_takes), len(face.mien_takes)] == [1, 1]
    people.bind(face, rig)
    assert storage.owner_of(characters.find(face, registered)) == rig


def test_takes_and_their_actions_survive_save_and_reload(face, tmp_path):
    for seed in range(2):
        take, item = kept(face, seed)
        applying.apply(bpy.context.scene, face, item)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    again = bpy.data.objects["Face"]
    assert [item.seed for item in storage.takes_of(again)] == [0, 1]
    character = characters.find(again, bpy.context.scene)
    assert all(applying.has_keys(character, item) for item in storage.takes_of(again))
    assert not any(applying.is_edited(item) for item in storage.takes_of(again))
    assert storage.playing(again).seed == 1
    back = storage.load(storage.playing(again))
    assert np.abs(back.values - take.values).max() < 1e-4


def test_an_appended_character_brings_its_takes(face, tmp_path):
    _, item = kept(face)
    applying.apply(bpy.context.scene, face, item)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "a.blend")) as (_, there):
        there.objects = ["Face"]
    [came] = there.objects
    bpy.context.scene.collection.objects.link(came)
    [item] = storage.takes_of(came)
    assert applying.has_keys(characters.find(came, bpy.context.scene), item)
    assert len(storage.load(item)) == 40


def test_takes_on_a_library_override_are_saved(face, tmp_path):
    rig = people.armature(people.odd_bones(np.random.default_rng(0)))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "rig.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "rig.blend"), link=True) as (_, there):
        there.objects = ["Rig"]
    [linked] = there.objects
    bpy.context.scene.collection.objects.link(linked)
    rig = linked.override_create(remap_local_usages=True)
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    people.bind(face, rig)
    bpy.context.view_layer.update()
    take, item = kept(face)
    applying.apply(bpy.context.scene, rig, item)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))
    rig = next(o for o in bpy.data.objects if o.name == "Rig" and not o.library)
    [item] = storage.takes_of(rig)
    assert np.abs(storage.load(item).values - take.values).max() < 1e-4
    assert item.playing
    assert applying.has_keys(characters.find(rig, bpy.context.scene), item)
