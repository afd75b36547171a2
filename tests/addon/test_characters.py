"""A character is found from any of its objects, whole, or a sentence says why not."""

from __future__ import annotations

import math

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Matrix, Vector  # noqa: E402
from mien.addon import characters, facing, keying  # noqa: E402
from mien.inference_backend import contract  # noqa: E402
from mien.inference_backend.contract import CHANNELS  # noqa: E402
from mien.rigs.neck import BLENDER_FRONT  # noqa: E402

from tests.addon import people  # noqa: E402


@pytest.fixture
def person(scene):
    rig = people.armature(people.odd_bones(np.random.default_rng(0)))
    face = people.mesh_with_keys("Face", CHANNELS)
    teeth = people.mesh_with_keys("Teeth", ["jawOpen", "mouthClose"])
    people.bind(face, rig)
    people.bind(teeth, rig)
    return rig, face, teeth


@pytest.mark.parametrize("start", ["Rig", "Face", "Teeth"])
def test_found_whole_from_each_of_its_objects(scene, person, start):
    found = characters.find(scene.objects[start], scene)
    assert [mesh.object.name for mesh in found.meshes] == ["Face", "Teeth"]
    assert found.armature == person[0]
    assert found.bones.chain == ("neck_01", "neck_02", "head")
    assert found.unmapped == ()
    assert found.name == "Rig"


@pytest.mark.parametrize("spelling", people.SPELLINGS)
def test_every_spelling(scene, spelling):
    face = people.mesh_with_keys("Face", [people.SPELLINGS[spelling](name) for name in CHANNELS])
    assert len(characters.find(face, scene).channels) == 52


def test_a_second_character_is_left_alone(scene, person):
    other = people.armature(people.odd_bones(np.random.default_rng(1)), "Other")
    face = people.mesh_with_keys("OtherFace", CHANNELS)
    people.bind(face, other)
    assert {m.object.name for m in characters.find(person[0], scene).meshes} == {"Face", "Teeth"}
    assert {m.object.name for m in characters.find(face, scene).meshes} == {"OtherFace"}


def test_loose_parts_belong_together_where_they_touch(scene):
    face = people.mesh_with_keys("Face", CHANNELS)
    people.mesh_with_keys("Lashes", ["eyeBlinkLeft", "eyeBlinkRight"])
    far = people.mesh_with_keys("Far", CHANNELS)
    far.location.x = 9
    bpy.context.view_layer.update()
    assert {m.object.name for m in characters.find(face, scene).meshes} == {"Face", "Lashes"}


def test_parts_below_an_empty_belong_together(scene):
    empty = bpy.data.objects.new("Import", None)
    scene.collection.objects.link(empty)
    face, tongue = people.mesh_with_keys("Face", CHANNELS), people.mesh_with_keys("Tongue", ["tongueOut"])
    face.parent = tongue.parent = empty
    assert len(characters.find(empty, scene).meshes) == 2


def test_meshes_that_share_their_data_are_found_once(scene):
    face = people.mesh_with_keys("Face", CHANNELS)
    scene.collection.objects.link(bpy.data.objects.new("Twin", face.data))
    assert len(characters.find(face, scene).meshes) == 1


def test_the_basis_is_never_a_channel(scene):
    face = people.mesh_with_keys("Face", CHANNELS)
    face.data.shape_keys.reference_key.name = "jawOpen.rest"
    face.data.shape_keys.key_blocks["jawOpen"].name = "x"
    face.data.shape_keys.reference_key.name = "jawOpen"
    assert "jawOpen" in characters.find(face, scene).unmapped


def test_sentences_where_there_is_no_face(scene):
    plain = people.mesh_with_keys("Plain", ["smirk"])
    few = people.mesh_with_keys("Few", ["jawOpen", "mouthClose"])
    few.location.x = 9
    bpy.context.view_layer.update()
    gone = bpy.data.objects.new("Gone", None)
    bpy.ops.mesh.primitive_cube_add(location=(20, 0, 0))
    for start, words in (
        (None, "select its face"),
        (plain, "no shape keys"),
        (few, "only 2 of the 52"),
        (bpy.context.object, "'Cube' is no face"),
        (gone, "not in"),
    ):
        with pytest.raises(characters.NoCharacter, match=words):
            characters.find(start, scene)


@pytest.fixture
def linked_hero(person, tmp_path):
    scene = bpy.context.scene
    hero = bpy.data.collections.new("Hero")
    scene.collection.children.link(hero)
    for part in person:
        hero.objects.link(part)
        scene.collection.objects.unlink(part)
    path = str(tmp_path / "rig.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    scene = people.fresh_scene()
    with bpy.data.libraries.load(path, link=True) as (_, wanted):
        wanted.collections = ["Hero"]
    scene.collection.children.link(wanted.collections[0])
    return scene, wanted.collections[0]


def test_linked_and_overridden_meshes_get_a_sentence(linked_hero):
    scene, hero = linked_hero
    with pytest.raises(characters.NoCharacter, match="library override"):
        characters.find(scene.objects["Face"], scene)
    hero.override_hierarchy_create(scene, bpy.context.view_layer, do_fully_editable=True)
    face = next(o for o in scene.objects if o.type == "MESH" and o.library is None)
    with pytest.raises(characters.NoCharacter, match="make the mesh local"):
        characters.find(face, scene)
    face.data.override_create(remap_local_usages=True)  # Blender would lose its keys in the saved file
    with pytest.raises(characters.NoCharacter, match="make the mesh local"):
        characters.find(face, scene)


def test_an_overridden_rig_with_local_meshes_is_keyed_and_saved(linked_hero, tmp_path):
    scene, hero = linked_hero
    hero.override_hierarchy_create(scene, bpy.context.view_layer, do_fully_editable=True)
    meshes = [o for o in scene.objects if o.type == "MESH" and o.library is None]
    for mesh in meshes:
        mesh.data.make_local()
    take = people.random_take(contract)
    keying.key_take(characters.find(meshes[0], scene), take, 1)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))
    scene = bpy.context.scene
    scene.frame_set(3)
    found = characters.find(next(o for o in scene.objects if o.type == "MESH" and o.library is None), scene)
    assert found.meshes[0].keys.key_blocks["jawOpen"].value == pytest.approx(take.channel("jawOpen")[2], abs=1e-6)
    assert found.armature.pose.bones["head"].matrix_basis != Matrix()


def test_warnings_name_what_would_hide_the_take(scene, person):
    _, face, _ = person
    keys = face.data.shape_keys
    assert characters.warnings(characters.find(face, scene)) == []
    keys.key_blocks["jawOpen"].mute = True
    keys.key_blocks["mouthClose"].driver_add("value")
    face.show_only_shape_key = True
    found = characters.warnings(characters.find(face, scene))
    assert len(found) == 3
    assert any("1 shape keys" in w and "muted" in w for w in found)
    assert any("Drivers" in w for w in found)
    assert any("pinned" in w for w in found)


Y_UP = Matrix.Rotation(-math.pi / 2, 4, "X")
"""Turns a character that faces -Y with Z up into one that faces Z with Y up, as imported files have it."""


@pytest.mark.parametrize("turn", [None, Y_UP, Matrix.Rotation(2.0, 4, "Z")], ids=["front", "y up", "turned"])
@pytest.mark.parametrize("mirror", [1, -1])
def test_facing_is_measured_from_the_lids_and_the_jaw(scene, turn, mirror):
    rng = np.random.default_rng(5)
    world = people.random_world(rng) @ Matrix.Scale(mirror, 4, Vector((1, 0, 0)))
    rig = people.armature(people.odd_bones(rng), world=world)
    face = people.mesh_with_keys("Face", CHANNELS, turn)
    face.parent = rig
    bpy.context.view_layer.update()
    frame = facing.of_armature(rig, [(face, {name: (name,) for name in CHANNELS})])
    expected = np.array((world @ (turn or Matrix())).to_3x3()) @ BLENDER_FRONT
    np.testing.assert_allclose(frame, expected, atol=1e-4)
    assert np.linalg.det(frame) == pytest.approx(mirror, abs=1e-5)


def test_a_crooked_face_is_taken_to_face_along_the_armature(scene):
    rig = people.armature(people.odd_bones(np.random.default_rng(3)))
    face = people.mesh_with_keys("Face", CHANNELS, Matrix.Rotation(math.radians(6), 4, "Y"))
    frame = facing.of_armature(rig, [(face, {name: (name,) for name in CHANNELS})])
    np.testing.assert_allclose(frame, BLENDER_FRONT, atol=1e-6)


def test_an_armature_without_such_shapes_faces_minus_y(scene):
    rig = people.armature(people.odd_bones(np.random.default_rng(2)))
    np.testing.assert_allclose(facing.of_armature(rig, []), BLENDER_FRONT, atol=1e-6)
