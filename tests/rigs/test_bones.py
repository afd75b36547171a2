"""Neck and head are found in the skeletons that people use."""

from __future__ import annotations

import pytest
from mien.rigs import bones


def chain(*names):
    return dict(zip(names, (None, *names[:-1]), strict=True))


RIGS = {
    "makehuman": (
        chain("spine01", "neck01", "neck02", "neck03", "head", "jaw"),
        ("neck01", "neck02", "neck03"),
        "head",
    ),
    "mixamo": (
        chain("mixamorig:Spine2", "mixamorig:Neck", "mixamorig:Head", "mixamorig:HeadTop_End"),
        ("mixamorig:Neck",),
        "mixamorig:Head",
    ),
    "game engine": (chain("spine_03", "neck_01", "head"), ("neck_01",), "head"),
    "cmu": (chain("Spine1", "Neck", "Neck1", "Head"), ("Neck", "Neck1"), "Head"),
    "character creator": (
        chain("CC_Base_Spine02", "CC_Base_NeckTwist01", "CC_Base_NeckTwist02", "CC_Base_Head", "CC_Base_FacialBone"),
        ("CC_Base_NeckTwist01", "CC_Base_NeckTwist02"),
        "CC_Base_Head",
    ),
    "biped": (chain("Bip001 Spine", "Bip001 Neck", "Bip001 Head", "Bip001 HeadNub"), ("Bip001 Neck",), "Bip001 Head"),
    "vrm": (chain("J_Bip_C_UpperChest", "J_Bip_C_Neck", "J_Bip_C_Head"), ("J_Bip_C_Neck",), "J_Bip_C_Head"),
    "head only": (chain("root", "Head"), (), "Head"),
    "neck only": (chain("root", "neck"), ("neck",), None),
    "no head": (chain("root", "forehead_ctrl", "hand.L", "headlight"), (), None),
}


@pytest.mark.parametrize(("parents", "necks", "head"), RIGS.values(), ids=RIGS)
def test_skeletons(parents, necks, head):
    assert bones.find(parents) == bones.HeadBones(necks, head)


def test_controls_are_preferred_to_the_bones_that_follow_them():
    parents = {**chain("DEF-neck", "DEF-head"), **chain("root", "neck", "MCH-ROT-head", "head"), "ORG-head": None}
    found = bones.find(parents, driven={"DEF-neck", "DEF-head", "ORG-head", "MCH-ROT-head"})
    assert found == bones.HeadBones(("neck",), "head")
