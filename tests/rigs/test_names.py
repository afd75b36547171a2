"""Shape-key names of every spelling meet their channels, and nothing else does."""

from __future__ import annotations

import pytest
from mien.inference_backend.contract import CHANNELS
from mien.rigs import names

UNSIDED = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")


def snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def sided(name: str, left: str, right: str) -> str:
    if name in UNSIDED:
        return name
    return (
        name.removesuffix("Left") + left
        if name.endswith("Left")
        else (name.removesuffix("Right") + right if name.endswith("Right") else name)
    )


SPELLINGS = {
    "arkit": lambda n: n,
    "live link": lambda n: n[0].upper() + n[1:],
    "suffix _L": lambda n: sided(n, "_L", "_R"),
    "suffix _l": lambda n: sided(n, "_l", "_r"),
    "suffix .L": lambda n: sided(n, ".L", ".R"),
    "suffix L": lambda n: sided(n, "L", "R"),
    "suffix _left": lambda n: sided(n, "_left", "_right"),
    "snake": snake,
    "snake .L": lambda n: snake(n).replace("_left", ".L").replace("_right", ".R"),
    "spaces": lambda n: snake(n).replace("_", " ").title(),
    "lower": str.lower,
    "shouting": str.upper,
    "maya node": lambda n: "shapes." + sided(n, "_L", "_R"),
    "prefix": lambda n: "head_" + n,
    "prefix, snake": lambda n: "my_face_" + snake(n),
    "namespace": lambda n: "hero:BS_node." + n,
    "side first": lambda n: n if n in UNSIDED else "L_" + n[:-4] if n.endswith("Left") else (
        "R_" + n[:-5] if n.endswith("Right") else n
    ),
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_all_52_in_one_spelling(spelling):
    found = names.match(["Basis", *map(spelling, CHANNELS), "smirk", "visemeAA"])
    assert found.keys == {name: (spelling(name),) for name in CHANNELS}
    assert found.unmapped == ()
    assert found.is_face


@pytest.mark.parametrize(("left", "right"), [("_L", "_R"), (".L", ".R"), ("Left", "Right")])
def test_a_split_channel_drives_both_halves(left, right):
    split = ("browInnerUp", "cheekPuff")
    keys = [name for name in CHANNELS if name not in split]
    keys += [name + side for name in split for side in (left, right)]
    found = names.match(keys)
    assert found.keys["browInnerUp"] == ("browInnerUp" + left, "browInnerUp" + right)
    assert found.keys["cheekPuff"] == ("cheekPuff" + left, "cheekPuff" + right)
    assert found.unmapped == ()


def test_halves_beside_the_whole_are_left_alone():
    found = names.match([*CHANNELS, "browInnerUp_L", "browInnerUp_R", "jawOpen_L"])
    assert found.keys["browInnerUp"] == ("browInnerUp",)
    assert found.keys["jawOpen"] == ("jawOpen",)


def test_one_half_alone_is_no_channel():
    assert "cheekPuff" not in names.match(["cheekPuff_L", "jawOpen"]).keys


@pytest.mark.parametrize("missing", [("tongueOut",), CHANNELS[:6], CHANNELS[:20]], ids=["51", "46", "32"])
def test_partial_sets_report_what_is_missing(missing):
    found = names.match(name for name in CHANNELS if name not in missing)
    assert found.is_face
    assert set(found.unmapped) == set(missing)
    assert len(found) == 52 - len(missing)


@pytest.mark.parametrize(
    "key",
    [
        "Basis", "mouth", "left", "L", "smile", "jaw", "jawOpener", "jawOpen.001", "mouthOpen", "eyeBlink", "Key 1",
        "jawOpen_mouthClose", "jawLeft_mouthLeft", "fix_jawOpen", "corrective.jawOpen", "jawOpen_fix", "jaw_drop",
        "_neutral", "mouthSmile", "browUp", "headLeft", "", "???", "口を開ける", "eyesLookUpLeft",
    ],
)  # fmt: skip
def test_unrelated_keys_are_not_matched(key):
    assert names.match([key]).keys == {}


def test_correctives_beside_a_prefixed_set_do_not_take_its_place():
    keys = [f"head_{name}" for name in CHANNELS] + ["head_jawOpen_mouthClose", "hat_jawOpen"]
    found = names.match(keys)
    assert found.keys["jawOpen"] == ("head_jawOpen",)
    assert found.keys["mouthClose"] == ("head_mouthClose",)


def test_a_few_names_are_not_a_face():
    assert not names.match(["jawOpen", "mouthClose", "mouth_left", "mouth_right"]).is_face


def test_keys_of_one_mesh_map_to_one_channel_each():
    keys = [SPELLINGS["suffix _L"](name) for name in CHANNELS]
    used = [key for keys_of in names.match(keys).keys.values() for key in keys_of]
    assert sorted(used) == sorted(keys)
