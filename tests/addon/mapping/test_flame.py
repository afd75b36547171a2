"""A FLAME map that is loaded on a rig with FLAME's expressions drives them, jaw, eyes and head."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, keying  # noqa: E402
from mien.addon.mapping import preflight, table  # noqa: E402
from mien.inference_backend.contract import INDEX, Take  # noqa: E402
from mien.inference_backend.formats import FlameMap, flame_map  # noqa: E402

from tests.addon.mapping import rigs  # noqa: E402

ROOT = {"root": (None, (0, 0, 0), (0, 0, 0.1)), "neck": ("root", (0, 0, 0.1), (0, 0, 0.2))}
FACE = {"jaw": ("HEAD", (0, -0.02, 0.22), (0, -0.1, 0.17))}
FLAME_RIG = {**ROOT, "jaw": ("neck", *FACE["jaw"][1:]), "left_eye": ("neck", (0.03, -0.06, 0.25), (0.03, -0.1, 0.25)),
             "right_eye": ("neck", (-0.03, -0.06, 0.25), (-0.03, -0.1, 0.25))}  # fmt: skip
SMPLX_RIG = {**ROOT, "head": ("neck", (0, 0, 0.2), (0, 0, 0.4)), "jaw": ("head", *FACE["jaw"][1:]),
             "left_eye_smplhf": ("head", (0.03, -0.06, 0.25), (0.03, -0.1, 0.25)),
             "right_eye_smplhf": ("head", (-0.03, -0.06, 0.25), (-0.03, -0.1, 0.25))}  # fmt: skip


def a_map(components: int = 50) -> FlameMap:
    random = np.random.default_rng(2)
    expression, jaw = random.normal(size=(52, components)), np.zeros((52, 3))
    expression[np.abs(expression) < 1] = 0
    expression /= 4  # no key may leave -10 to 10
    jaw[INDEX["jawOpen"], 0] = 0.35
    none = np.zeros((52, 3))
    return FlameMap(expression, jaw, np.zeros((52, 2)), none, none, np.eye(components + 5), "made.pkl")


def a_take() -> Take:
    values = np.random.default_rng(4).uniform(size=(5, 52)).astype(np.float32)
    head = np.zeros((5, 3), np.float32)
    head[4] = 0.2, 0.3, 0.1
    return Take(30.0, values, head)


@pytest.mark.parametrize(
    ("bones", "name"), [(FLAME_RIG, lambda index: f"Exp{index + 1}"), (SMPLX_RIG, lambda index: f"Exp{index:03}")]
)
def test_a_flame_map_drives_the_rigs_of_both_addons(registered, tmp_path, bones, name):
    rig = rigs.armature(bones)
    face = rigs.with_shapes("Face", [name(index) for index in range(50)], rig, "neck")
    registered.mien.character = rig
    path, the_map, take = tmp_path / "made.map.npz", a_map(), a_take()
    flame_map.write(the_map, path)
    assert bpy.ops.mien.mapping_load(filepath=str(path)) == {"FINISHED"}
    character = characters.find(rig, registered)
    keying.key_take(character, take, 1)
    wanted = take.values @ the_map.expression
    blocks, turned = face.data.shape_keys.key_blocks, []
    for frame in range(5):
        registered.frame_set(frame + 1)
        assert [blocks[name(k)].value for k in range(50)] == pytest.approx(wanted[frame], abs=0.12)
        jaw = rig.pose.bones["jaw"]
        turned.append(jaw.matrix_basis.to_quaternion().angle)
    assert turned == pytest.approx(0.35 * take.channel("jawOpen"), abs=0.01)
    chin = rig.pose.bones["jaw"]
    registered.frame_set(int(np.argmax(take.channel("jawOpen"))) + 1)
    assert chin.matrix_basis.to_quaternion().angle > 0.2
    assert not any("FLAME" in warning for warning in preflight.report(character).warnings)


def test_it_is_one_undo_step_of_a_table_like_any(registered, tmp_path):
    face = rigs.with_shapes("Face", [f"exp_{index:03}" for index in range(10)], rigs.armature(SMPLX_RIG), "head")
    registered.mien.character = face
    flame_map.write(a_map(), tmp_path / "m.npz")
    assert bpy.ops.mien.mapping_load(filepath=str(tmp_path / "m.npz")) == {"FINISHED"}
    owner = characters.find(face, registered).owner
    rows = table.mapping_of(owner).drives
    assert sum(drive.target.name.startswith("exp_") for drive in rows) == 10
    assert bpy.ops.mien.mapping_save(filepath=str(tmp_path / "m.mien-mapping.json")) == {"FINISHED"}
    assert bpy.ops.mien.mapping_load(filepath=str(tmp_path / "m.mien-mapping.json")) == {"FINISHED"}
    assert table.mapping_of(owner).drives == rows


def test_a_file_that_is_no_map_and_a_rig_without_components_change_nothing(registered, tmp_path):
    rig = rigs.armature(SMPLX_RIG)
    rigs.with_shapes("Face", ["jawOpen", "a"], rig, "head")
    registered.mien.character = rig
    np.savez(tmp_path / "bad.npz", a=1)
    with pytest.raises(RuntimeError, match="no FLAME map"):
        bpy.ops.mien.mapping_load(filepath=str(tmp_path / "bad.npz"))
    flame_map.write(a_map(), tmp_path / "m.npz")
    with pytest.raises(RuntimeError, match="Exp000"):
        bpy.ops.mien.mapping_load(filepath=str(tmp_path / "m.npz"))
    assert table.mapping_of(rig) is None


def test_finding_a_mapped_rig_is_quick_enough_to_draw(registered, tmp_path):
    import time

    rig = rigs.armature(SMPLX_RIG)
    rigs.with_shapes("Face", [f"Exp{index:03}" for index in range(100)], rig, "head")
    registered.mien.character = rig
    flame_map.write(a_map(100), tmp_path / "m.npz")
    bpy.ops.mien.mapping_load(filepath=str(tmp_path / "m.npz"))
    took = []
    for _ in range(5):
        start = time.perf_counter()
        characters.find(rig, registered)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.05
