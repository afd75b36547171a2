"""What moves what is found by names: one thing for each channel, stand-ins for what is missing, the eyes as asked."""

from __future__ import annotations

import pytest
from mien.inference_backend.contract import CHANNELS
from mien.rigs.detection import Anatomy, Eyes, detect
from mien.rigs.profile import Kind

VISEMES = ("viseme_sil", "viseme_PP", "viseme_FF", "viseme_TH", "viseme_DD", "viseme_kk", "viseme_CH", "viseme_SS",
           "viseme_nn", "viseme_RR", "viseme_aa", "viseme_E", "viseme_I", "viseme_O", "viseme_U")  # fmt: skip


def formula_of(detected, name):
    return next(
        str(drive.formula) for drive in detected.mapping.drives if name in (drive.target.name, drive.target.bone)
    )


def test_all_52_are_taken_as_they_are():
    found = detect(Anatomy((CHANNELS, ("jawOpen", "tongueOut")), ("root", "neck", "head")))
    assert [(d.target.name, str(d.formula)) for d in found.mapping.drives] == [(c, c) for c in CHANNELS]
    assert found.substitutes == {}


def test_meshes_with_families_of_their_own():
    face, teeth = tuple(f"head_{name}" for name in CHANNELS), ("teeth_jawOpen",)
    targets = [d.target.name for d in detect(Anatomy((face, teeth))).mapping.drives if d.sources == ("jawOpen",)]
    assert targets == ["head_jawOpen", "teeth_jawOpen"]


def test_visemes_beside_all_52_are_left_alone():
    assert "viseme.aa" not in detect(Anatomy(((*CHANNELS, *VISEMES),))).mapping.sources


def test_visemes_speak_where_there_is_nothing_else():
    found = detect(Anatomy(((*VISEMES, "eyesClosed"),), ("Head", "Jaw")))
    assert len([d for d in found.mapping.drives if d.sources[0].startswith("viseme.")]) == 15
    assert formula_of(found, "eyesClosed").startswith("0.5*eyeBlinkLeft + 0.5*eyeBlinkRight")
    assert not [d for d in found.mapping.drives if d.target.kind is Kind.BONE], "the jaw would open twice"


def test_without_mouth_close_the_jaw_shuts():
    found = detect(Anatomy((tuple(c for c in CHANNELS if c != "mouthClose"),)))
    jaw = next(d for d in found.mapping.drives if d.target.name == "jawOpen")
    assert str(jaw.formula) == "jawOpen - mouthClose"
    assert (jaw.low, jaw.high) == (0.0, 1.0)
    assert "mouthClose" in found.substitutes


@pytest.mark.parametrize(
    ("missing", "target", "formula"),
    [
        (["browOuterUpLeft"], "browInnerUp", "browInnerUp + 0.5*browOuterUpLeft"),
        (["mouthFunnel"], "mouthPucker", "mouthPucker + 0.7*mouthFunnel"),
        (["mouthStretchLeft"], "mouthDimpleLeft", "mouthDimpleLeft + 0.6*mouthStretchLeft"),
        (["mouthStretchLeft", "mouthDimpleLeft"], "mouthSmileLeft",
         "mouthSmileLeft + 0.4*mouthDimpleLeft + 0.4*mouthStretchLeft"),
    ],
)  # fmt: skip
def test_stand_ins(missing, target, formula):
    found = detect(Anatomy((tuple(c for c in CHANNELS if c not in missing),)))
    assert sorted(formula_of(found, target).split(" + ")) == sorted(formula.split(" + "))
    assert set(missing) <= set(found.substitutes)


def test_nothing_stands_in_for_the_tongue():
    found = detect(Anatomy((tuple(c for c in CHANNELS if c != "tongueOut"),)))
    assert "tongueOut" not in found.mapping.sources
    assert "tongueOut" not in found.substitutes


EYES = ("Head", "LeftEye", "RightEye")


@pytest.mark.parametrize(("eyes", "shapes", "bones"), [
    (Eyes.AUTO, True, False), (Eyes.SHAPES, True, False), (Eyes.BONES, False, True), (Eyes.BOTH, True, True),
])  # fmt: skip
def test_eyes_turn_by_shapes_or_bones(eyes, shapes, bones):
    drives = detect(Anatomy((CHANNELS,), EYES), eyes).mapping.drives
    assert any(d.target.name == "eyeLookUpLeft" for d in drives) is shapes
    assert any(d.target.bone == "LeftEye" for d in drives) is bones


def test_eye_bones_where_there_are_no_look_shapes():
    face = tuple(c for c in CHANNELS if not c.startswith("eyeLook"))
    assert any(d.target.bone == "LeftEye" for d in detect(Anatomy((face,), EYES)).mapping.drives)


def test_bones_that_constraints_move_are_left_alone():
    free = Anatomy((), ("jaw", "Head"))
    ruled = Anatomy((), ("jaw", "Head"), ruled=frozenset({"jaw"}))
    assert detect(free).mapping.drives
    assert not detect(ruled).mapping.drives


def test_namespaces_of_bones_do_not_matter():
    found = detect(Anatomy((), ("mixamorig5:Head", "mixamorig5:LeftEye", "mixamorig5:RightEye")))
    assert {d.target.bone for d in found.mapping.drives} == {"mixamorig5:LeftEye", "mixamorig5:RightEye"}


def test_properties_that_are_named_like_channels():
    held = tuple(("face_ctrl", name) for name in CHANNELS)
    drives = detect(Anatomy((), ("face_ctrl",), held)).mapping.drives
    assert len(drives) == 52
    assert {(d.target.kind, d.target.bone) for d in drives} == {(Kind.PROPERTY, "face_ctrl")}


def test_a_stranger_is_not_taken_for_a_face():
    strangers = ("Fat", "Muscular", "Smile", "Key 1", "Fist.L", "Wet", "Open", "Aged", "Hero")
    assert not detect(Anatomy((strangers,), ("root", "hand.L"))).mapping.drives
