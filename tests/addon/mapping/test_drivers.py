"""Where a shape key is driven, its control is keyed so that Blender's own drivers show what the take asks for."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, keying, tracks  # noqa: E402
from mien.inference_backend import contract  # noqa: E402
from mien.inference_backend.contract import CHANNELS  # noqa: E402

from tests.addon import people  # noqa: E402
from tests.addon.mapping import rigs  # noqa: E402

BONES = {"root": (None, (0, 0, -1), (0, 0, -0.5)), "neck": ("root", (0, 0, -0.5), (0, 0, -0.3)),
         "head": ("neck", (0, 0, -0.3), (0, 0, 0.5)), "slider": ("head", (2, 0, 0), (2, 0, 0.1)),
         "smile": ("head", (2, 0, 1), (2, 0, 1.1)), "held": ("head", (2, 0, 2), (2, 0, 2.1))}  # fmt: skip


@pytest.fixture
def person(scene):
    rig = rigs.armature(BONES)
    rig["jaw"], rig["amp"] = 0.0, 1.0
    return rig, rigs.with_shapes("Face", CHANNELS, rig)


def drive(face, shape: str, expression: str = "var", **variables) -> None:
    """Let a shape be driven; a variable is (armature, data path), or (armature, bone, transform)."""
    driver = face.data.shape_keys.key_blocks[shape].driver_add("value").driver
    driver.type, driver.expression = "SCRIPTED", expression
    for name, (owner, *what) in variables.items():
        variable = driver.variables.new()
        variable.name = name
        target = variable.targets[0]
        if len(what) == 1:
            target.id, target.data_path = owner, what[0]
        else:
            variable.type = "TRANSFORMS"
            target.id, target.bone_target, target.transform_type = owner, *what
            target.transform_space = "LOCAL_SPACE"


def shown(scene, face, shape: str, frames: int) -> np.ndarray:
    """Give what Blender evaluates for a shape at each frame."""
    found = []
    for frame in range(1, frames + 1):
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        found.append(face.evaluated_get(graph).data.shape_keys.key_blocks[shape].value)
    return np.array(found)


def keyed(scene, face, take) -> characters.Character:
    character = characters.find(face, scene)
    keying.key_take(character, take, 1)
    return character


@pytest.mark.parametrize(
    ("expression", "variables"),
    [
        ("var", {"var": ('["jaw"]',)}),
        ("var * 4", {"var": ("slider", "LOC_Y")}),
        ("-var / 0.05", {"var": ("slider", "LOC_Z")}),
        ("(max(0, var / 3.0)) * amp", {"var": ("slider", "LOC_Y"), "amp": ('["amp"]',)}),
        ("var - 1", {"var": ("slider", "SCALE_X")}),
        ("degrees(var) / 40", {"var": ("slider", "ROT_X")}),
        ("clamp(var**2)", {"var": ('pose.bones["slider"].location[0]',)}),
    ],
)
def test_the_control_is_keyed_and_the_shape_follows(scene, person, expression, variables):
    rig, face = person
    drive(face, "jawOpen", expression, **{name: (rig, *what) for name, what in variables.items()})
    take = people.random_take(contract, frames=12)
    character = keyed(scene, face, take)
    assert character.resolved.problems == ()
    assert characters.warnings(character) == []
    np.testing.assert_allclose(shown(scene, face, "jawOpen", 12), take.channel("jawOpen"), atol=0.02)


def test_nothing_is_keyed_on_the_driven_shape_itself(scene, person):
    rig, face = person
    drive(face, "jawOpen", var=(rig, '["jaw"]'))
    made = tracks.tracks_of(characters.find(face, scene), people.random_take(contract))
    of_jaw = [track for track in made if track.source == "jawOpen"]
    assert [(track.owner, track.path) for track in of_jaw] == [(rig, '["jaw"]')]


def test_one_slider_for_two_shapes(scene, person):
    rig, face = person
    drive(face, "mouthSmileLeft", "max(0, var / 0.5)", var=(rig, "smile", "LOC_Y"))
    drive(face, "mouthFrownLeft", "max(0, -var / 0.5)", var=(rig, "smile", "LOC_Y"))
    values = np.zeros((3, 52), np.float32)
    values[1, contract.INDEX["mouthSmileLeft"]] = 0.8
    values[2, contract.INDEX["mouthFrownLeft"]] = 0.6
    keyed(scene, face, contract.Take(30.0, values, np.zeros((3, 3), np.float32)))
    np.testing.assert_allclose(shown(scene, face, "mouthSmileLeft", 3), [0.0, 0.8, 0.0], atol=0.02)
    np.testing.assert_allclose(shown(scene, face, "mouthFrownLeft", 3), [0.0, 0.0, 0.6], atol=0.02)


def test_a_control_behind_a_control_and_a_shape_on_many_meshes(scene, person):
    rig, face = person
    teeth = rigs.with_shapes("Teeth", ["jawOpen"], rig)
    for mesh in (face, teeth):
        drive(mesh, "jawOpen", var=(rig, '["jaw"]'))
    behind = rig.driver_add('["jaw"]').driver
    behind.type, behind.expression = "SCRIPTED", "var * 5"
    variable = behind.variables.new()
    variable.name, variable.type = "var", "TRANSFORMS"
    target = variable.targets[0]
    target.id, target.bone_target, target.transform_type, target.transform_space = rig, "slider", "LOC_Y", "LOCAL_SPACE"
    take = people.random_take(contract, frames=8)
    keyed(scene, face, take)
    for mesh in (face, teeth):
        np.testing.assert_allclose(shown(scene, mesh, "jawOpen", 8), take.channel("jawOpen"), atol=0.02)


def test_what_cannot_be_turned_around_is_said(scene, person):
    rig, face = person
    rig.pose.bones["held"].constraints.new("COPY_TRANSFORMS")
    drive(face, "jawOpen", "sin(frame)")
    drive(face, "mouthClose", var=(rig, "held", "LOC_Y"))
    drive(face, "mouthLeft", "var", var=(rig, '["gone"]'))
    character = keyed(scene, face, people.random_take(contract))
    reasons = {problem.drive.target.name: problem.reason for problem in character.resolved.problems}
    assert set(reasons) == {"jawOpen", "mouthClose", "mouthLeft"}
    assert "held" in reasons["mouthClose"]
    assert "missing" in reasons["mouthLeft"]
    assert any("will not move" in warning for warning in characters.warnings(character))


def test_a_linked_mesh_may_stay_linked_where_its_controls_are_overridden(scene, person, tmp_path):
    rig, face = person
    for channel in CHANNELS:
        rig[channel] = 0.0
        rig.property_overridable_library_set(f'["{channel}"]', True)
        drive(face, channel, var=(rig, f'["{channel}"]'))
    hero = bpy.data.collections.new("Hero")
    scene.collection.children.link(hero)
    for part in person:
        hero.objects.link(part)
        scene.collection.objects.unlink(part)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "rig.blend"))
    scene = people.fresh_scene()
    with bpy.data.libraries.load(str(tmp_path / "rig.blend"), link=True) as (_, wanted):
        wanted.collections = ["Hero"]
    wanted.collections[0].override_hierarchy_create(scene, bpy.context.view_layer, do_fully_editable=True)
    mine = next(o for o in scene.objects if o.type == "MESH" and o.library is None)
    take = people.random_take(contract, frames=5)
    keyed(scene, mine, take)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))
    scene = bpy.context.scene
    mine = next(o for o in scene.objects if o.type == "MESH" and o.library is None)
    np.testing.assert_allclose(shown(scene, mine, "jawOpen", 5), take.channel("jawOpen"), atol=0.02)
