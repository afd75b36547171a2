"""Characters of many makers are found and keyed; the table, its file and the preflight say what moves what."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Quaternion, Vector  # noqa: E402
from mien.addon import characters, keying, tracks  # noqa: E402
from mien.addon.mapping import operators, preflight, table  # noqa: E402
from mien.inference_backend import contract  # noqa: E402
from mien.inference_backend.contract import CHANNELS, INDEX, Take  # noqa: E402
from mien.rigs import profiles  # noqa: E402
from mien.rigs.profile import Kind  # noqa: E402

from tests.addon import people  # noqa: E402
from tests.addon.mapping import rigs  # noqa: E402

SKELETON = {"Hips": (None, (0, 0, 0), (0, 0, 0.2)), "Neck": ("Hips", (0, 0, 1.4), (0, 0, 1.5)),
            "Head": ("Neck", (0, 0, 1.5), (0, 0, 1.7)), "LeftEye": ("Head", (0.03, -0.05, 1.6), (0.03, -0.1, 1.6)),
            "RightEye": ("Head", (-0.03, -0.05, 1.6), (-0.03, -0.1, 1.6))}  # fmt: skip
VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")


def prefixed(skeleton, prefix):
    return {prefix + name: (prefix + parent if parent else None, *ends) for name, (parent, *ends) in skeleton.items()}


def one(channel: str, amount: float = 1.0) -> Take:
    values = np.zeros((2, 52), np.float32)
    values[1, INDEX[channel]] = amount
    return Take(30.0, values, np.zeros((2, 3), np.float32))


def names_of(label: str) -> tuple[str, ...]:
    drives = next(p for p in profiles.shipped() if p.label == label).mapping.drives
    return tuple(dict.fromkeys(d.target.name.split("|")[0] for d in drives if d.target.kind is Kind.SHAPE))


@pytest.mark.parametrize(
    ("label", "prefix", "least"),
    [
        ("MetaHuman", "CTRL_expressions_", 52),
        ("Character Creator", "", 52),
        ("Mixamo Fuse", "", 42),
        ("VRoid", "Face_Fcl_", 20),
    ],
)
def test_shapes_of_other_makers_are_keyed(scene, label, prefix, least):
    shapes = [prefix + name.removeprefix("Fcl_") for name in names_of(label)]
    if label == "VRoid":
        shapes += [prefix + f"MTH_{vowel}" for vowel in "AIUEO"]
    face = rigs.with_shapes("Face", shapes)
    character = characters.find(face, scene)
    assert len(character.channels) >= least
    keying.key_take(character, people.random_take(contract), 1)
    keyed = {track.path for track in tracks.tracks_of(character, people.random_take(contract))}
    assert len(keyed) == len(shapes)


def test_a_mixamo_skeleton_with_visemes_speaks_looks_and_nods(scene):
    rig = rigs.armature(prefixed(SKELETON, "mixamorig:"))
    face = rigs.with_shapes("Face", [f"viseme_{name}" for name in VISEMES], rig, "mixamorig:Head")
    character = characters.find(rig, scene)
    assert character.bones.chain == ("mixamorig:Neck", "mixamorig:Head")
    assert len(character.visemes) == 15
    keying.key_take(character, one("jawOpen", 0.6), 1)
    scene.frame_set(2)
    blocks = face.data.shape_keys.key_blocks
    assert blocks["viseme_aa"].value > 0.7
    assert blocks["viseme_PP"].value < 0.05


@pytest.mark.parametrize(
    ("channel", "bone", "way"),
    [
        ("eyeLookOutLeft", "LeftEye", Vector((1, 0, 0))), ("eyeLookInRight", "RightEye", Vector((1, 0, 0))),
        ("eyeLookUpLeft", "LeftEye", Vector((0, 0, 1))), ("eyeLookDownRight", "RightEye", Vector((0, 0, -1))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("turn", [0.0, 2.0])
def test_eye_bones_look_the_right_way(scene, channel, bone, way, turn):
    rig = rigs.armature(SKELETON)
    rig.rotation_euler.z = turn
    bpy.context.view_layer.update()
    keying.key_take(characters.find(rig, scene), one(channel), 1)
    tips = []
    for frame in (1, 2):
        scene.frame_set(frame)
        tips.append(rig.matrix_world @ rig.pose.bones[bone].tail)
    motion = rig.matrix_world.to_3x3().inverted() @ (tips[1] - tips[0])
    assert motion.normalized().dot(way) > 0.9
    assert rig.pose.bones[bone].rotation_quaternion.rotation_difference(Quaternion()).angle > np.radians(20)


def test_an_unreal_face_skeleton_opens_its_jaw(scene):
    bones = {"root": (None, (0, 0, 0), (0, 0, 0.1)), "neck_01": ("root", (0, 0, 1.4), (0, 0, 1.5)),
             "head": ("neck_01", (0, 0, 1.5), (0, 0, 1.7)), "FACIAL_C_Jaw": ("head", (0, -0.02, 1.55), (0, -0.1, 1.5)),
             "FACIAL_L_Eye": ("head", (0.03, -0.05, 1.6), (0.03, -0.1, 1.6)),
             "FACIAL_R_Eye": ("head", (-0.03, -0.05, 1.6), (-0.03, -0.1, 1.6))}  # fmt: skip
    rig = rigs.armature(bones)
    character = characters.find(rig, scene)
    keying.key_take(character, one("jawOpen"), 1)
    before = rig.pose.bones["FACIAL_C_Jaw"].tail.copy()
    scene.frame_set(2)
    assert (rig.pose.bones["FACIAL_C_Jaw"].tail - before).z < -0.01
    closed = one("jawOpen")
    closed.values[1, INDEX["mouthClose"]] = 1.0
    keying.key_take(character, closed, 1)
    scene.frame_set(2)
    assert (rig.pose.bones["FACIAL_C_Jaw"].tail - before).length < 1e-5, "closed lips stay closed"


def test_a_body_without_a_face_moves_its_head_and_says_so(scene):
    bare = {name: ends for name, ends in SKELETON.items() if "Eye" not in name}
    character = characters.find(rigs.armature(bare), scene)
    assert character.channels == ()
    assert any("only the head" in warning for warning in characters.warnings(character))
    keying.key_take(character, people.random_take(contract), 1)


@pytest.fixture
def chosen(registered):
    """A face with one odd shape, chosen."""
    face = rigs.with_shapes("Face", [*(c for c in CHANNELS if c != "jawOpen"), "Mund auf", "leer"])
    registered.mien.character = face
    return face


def test_the_table_rules_once_it_is_made(registered, chosen):
    assert "jawOpen" in characters.find(chosen, registered).unmapped
    assert bpy.ops.mien.mapping_edit() == {"FINISHED"}
    assert bpy.ops.mien.mapping_add() == {"FINISHED"}
    row = chosen.mien_mapping.drives[chosen.mien_mapping.active]
    row.target, row.formula = "Mund auf", "2*jawOpen"
    keying.key_take(characters.find(chosen, registered), one("jawOpen", 0.4), 1)
    registered.frame_set(2)
    assert chosen.data.shape_keys.key_blocks["Mund auf"].value == pytest.approx(0.8)
    row.enabled = False
    assert "jawOpen" in characters.find(chosen, registered).unmapped
    assert bpy.ops.mien.mapping_reset() == {"FINISHED"}
    assert characters.find(chosen, registered).mapping.name == "ARKit"


def test_rows_move_and_go(registered, chosen):
    bpy.ops.mien.mapping_edit()
    group = chosen.mien_mapping
    first, count = group.drives[0].target, len(group.drives)
    assert bpy.ops.mien.mapping_move(direction="DOWN") == {"FINISHED"}
    assert (group.drives[1].target, group.active) == (first, 1)
    assert bpy.ops.mien.mapping_remove() == {"FINISHED"}
    assert len(group.drives) == count - 1
    assert first not in {row.target for row in group.drives}


def test_a_saved_mapping_fits_another_character(registered, chosen, tmp_path):
    bpy.ops.mien.mapping_edit()
    bpy.ops.mien.mapping_add()
    row = chosen.mien_mapping.drives[chosen.mien_mapping.active]
    row.target, row.formula, row.factor = "Mund auf", "jawOpen - 0.5*mouthClose", 0.5
    row.use_limits, row.low, row.high = True, 0.0, 0.75
    made = table.mapping_of(chosen)
    path = str(tmp_path / "mine.mien-mapping.json")
    assert bpy.ops.mien.mapping_save(filepath=path) == {"FINISHED"}
    other = rigs.with_shapes("Other", ["Mund auf"])
    other.location.x = 9
    registered.mien.character = other
    assert bpy.ops.mien.mapping_load(filepath=path) == {"FINISHED"}
    assert table.mapping_of(other) == made


def test_a_broken_file_changes_nothing(registered, chosen, tmp_path):
    bpy.ops.mien.mapping_edit()
    before = table.mapping_of(chosen)
    (tmp_path / "bad.json").write_text(
        '{"format": "mien-mapping", "version": 1, "drives": [{"shape": "x", "from": "?"}]}'
    )
    with pytest.raises(RuntimeError, match="cannot be read"):
        bpy.ops.mien.mapping_load(filepath=str(tmp_path / "bad.json"))
    assert table.mapping_of(chosen) == before


def test_a_row_that_cannot_be_read_says_so_and_is_left_out(registered, chosen):
    bpy.ops.mien.mapping_edit()
    row = chosen.mien_mapping.drives[0]
    row.formula = "nonsense"
    assert "nonsense" in table.row_error(row)
    assert len(table.mapping_of(chosen).drives) == len(chosen.mien_mapping.drives) - 1


def test_the_table_survives_saving(registered, chosen, tmp_path):
    bpy.ops.mien.mapping_edit()
    made = table.mapping_of(chosen)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "x.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "x.blend"))
    assert table.mapping_of(bpy.data.objects["Face"]) == made


def test_the_preflight_tells_what_moves_and_why_not(registered, chosen):
    keys = chosen.data.shape_keys.key_blocks
    for point, rest in zip(keys["mouthPucker"].data, keys["Basis"].data, strict=True):
        point.co = rest.co
    found = preflight.report(characters.find(chosen, registered))
    told = {finding.channel: finding for finding in found.findings}
    assert len(told) == 52
    assert told["eyeBlinkLeft"].moves
    assert not told["jawOpen"].moves
    assert "nothing" in told["jawOpen"].told
    assert not told["mouthPucker"].moves
    assert "moves no vertex" in told["mouthPucker"].told
    assert found.moving == 50
    assert bpy.ops.mien.preflight() == {"FINISHED"}
    assert "mouthPucker" in bpy.data.texts[operators.REPORT].as_string()


def test_the_preflight_knows_statistical_faces(scene):
    rig = rigs.armature({**SKELETON, "jaw": ("Head", (0, 0, 1.55), (0, -0.1, 1.5))})
    rigs.with_shapes("Face", [f"Exp{index:03}" for index in range(10)], rig, "Head")
    found = preflight.report(characters.find(rig, scene))
    assert any("FLAME" in warning for warning in found.warnings)
    assert {f.channel for f in found.findings if f.moves} >= {"jawOpen", "eyeLookUpLeft"}


def test_finding_a_character_is_quick_enough_to_draw(scene):
    import time

    rig = rigs.armature(SKELETON)
    for index in range(5):
        rigs.with_shapes(f"Face{index}", CHANNELS, rig, "Head")
    characters.find(rig, scene)
    took = min(_timed(time.perf_counter, lambda: characters.find(rig, scene)) for _ in range(5))
    assert took < 0.05


def _timed(clock, work) -> float:
    start = clock()
    work()
    return clock() - start
