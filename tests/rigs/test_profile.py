"""Mappings are written as files and read again; shipped profiles recognise their own rigs."""

from __future__ import annotations

import json

import pytest
from mien.inference_backend.contract import CHANNELS
from mien.rigs import detection, formula, profile, profiles
from mien.rigs.profile import Axis, Drive, Kind, Mapping, Target


def jaw(axis=Axis.TURN_PITCH) -> Drive:
    return Drive(Target(Kind.BONE, "", "jaw", axis), formula.parse("jawOpen - mouthClose"), 22.0, 0.0, 1.0)


def test_a_mapping_survives_its_file():
    made = Mapping(
        "Mine",
        (
            jaw(),
            Drive(Target(Kind.SHAPE, 'odd "name" ü'), formula.parse("0.5*mouthSmileLeft + 0.1")),
            Drive(Target(Kind.PROPERTY, "smile", "ctrl"), formula.parse("mouthSmileLeft"), enabled=False),
            Drive(Target(Kind.BONE, "", "gaze", Axis.MOVE_UP, "eye"), formula.parse("eyeLookUpLeft")),
        ),
        "head",
        ("neck1", "neck2"),
        ("eye.L", "eye.R"),
    )
    assert profile.from_json(profile.to_json(made)) == made


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"format": "else"}',
        '{"format": "mien-mapping", "version": 9, "drives": []}',
        '{"format": "mien-mapping", "version": 1}',
        '{"format": "mien-mapping", "version": 1, "drives": [{"shape": "x", "from": "nonsense"}]}',
        '{"format": "mien-mapping", "version": 1, "drives": [{"bone": "x", "axis": "UP", "from": "jawOpen"}]}',
        '{"format": "mien-mapping", "version": 1, "drives": [5]}',
    ],
)  # fmt: skip
def test_files_that_are_no_mappings_get_a_sentence(text):
    with pytest.raises((profile.BadMapping, formula.BadFormula)):
        profile.from_json(text)


def test_a_mirrored_row_makes_the_other_side():
    rows = [
        {
            "bone": "lips.L.001",
            "axis": "MOVE_LEFT",
            "from": "mouthStretchLeft + mouthLeft",
            "factor": 2.0,
            "mirror": True,
        },
        {"shape": "eyeLookUpL", "from": "eyeLookUpLeft", "mirror": True},
    ]
    fields = {"format": "mien-mapping", "version": 1, "sides": [[".L", ".R"], ["L", "R"]], "drives": rows}
    drives = profile.from_json(json.dumps(fields)).drives
    assert drives[1] == Drive(
        Target(Kind.BONE, "", "lips.R.001", Axis.MOVE_LEFT), formula.parse("mouthStretchRight + mouthRight"), -2.0
    )
    assert (drives[3].target.name, str(drives[3].formula)) == ("eyeLookUpR", "eyeLookUpRight")


@pytest.mark.parametrize("shipped", profiles.shipped(), ids=lambda p: p.label)
def test_shipped_profiles_are_sound(shipped):
    targets = [drive.target for drive in shipped.mapping.drives]
    assert len(set(targets)) == len(targets)
    assert profile.from_json(profile.to_json(shipped.mapping)) == shipped.mapping


def names_of(shipped) -> detection.Anatomy:
    drives = shipped.mapping.drives
    shapes = [drive.target.name.split("|")[0] for drive in drives if drive.target.kind is Kind.SHAPE]
    bones = [name.split("|")[0] for drive in drives for name in (drive.target.bone, drive.target.pivot) if name]
    return detection.Anatomy((tuple(dict.fromkeys(shapes)),) if shapes else (), tuple(dict.fromkeys(bones)))


@pytest.mark.parametrize("shipped", profiles.shipped(), ids=lambda p: p.label)
def test_each_profile_moves_all_that_its_own_rig_has(shipped):
    anatomy = names_of(shipped)
    found = detection.detect(anatomy).mapping
    moved = {drive.target.name or drive.target.bone for drive in found.drives}
    wanted = {drive.target.name.split("|")[0] or drive.target.bone.split("|")[0] for drive in shipped.mapping.drives}
    assert moved == wanted


@pytest.mark.parametrize("label", ["Character Creator", "MetaHuman", "Rigify", "Auto-Rig Pro"])
def test_whole_faces_show_all_52(label):
    shipped = next(p for p in profiles.shipped() if p.label == label)
    detected = detection.detect(names_of(shipped))
    assert set(CHANNELS) - set(detected.mapping.sources) <= {"noseSneerLeft", "noseSneerRight"}
