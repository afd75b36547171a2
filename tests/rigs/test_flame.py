"""FLAME's expression components on a rig are recognised, and driven by a map."""

from __future__ import annotations

import numpy as np
import pytest
from mien.inference_backend.contract import CHANNELS, INDEX
from mien.rigs import flame
from mien.rigs.detection import Anatomy, detect
from mien.rigs.profile import Axis, Kind, from_json, to_json

BONES = ("root", "neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf")


def found(shapes: tuple[str, ...]):
    return detect(Anatomy((shapes,), BONES)).mapping


@pytest.mark.parametrize(
    ("names", "components"),
    [
        (["Exp000", "Exp001", "Exp002", "Shape000"], [0, 1, 2]),
        (["Exp1", "Exp2", "Exp10", "Pose1", "Shape1"], [0, 1, 9]),
        (["exp_000", "exp_001", "exp_002"], [0, 1, 2]),
        (["FLAME.Exp1", "FLAME.Exp2", "FLAME.Exp3"], [0, 1, 2]),
        (["expression0", "expression1", "expression2"], [0, 1, 2]),
        (["Exp1", "jawOpen"], []),
        (["Explode1", "Explode2", "Explode3"], []),
    ],
)
def test_components_are_found_by_name(names, components):
    assert list(flame.components(names).values()) == components


def test_each_component_is_the_sum_that_the_map_says():
    random = np.random.default_rng(1)
    expression, jaw = random.normal(size=(52, 3)), np.zeros((52, 3))
    jaw[INDEX["jawOpen"]] = [0.3, 0, 0]
    jaw[INDEX["jawLeft"]] = [0, 0.1, 0.05]
    shapes = ("Exp000", "Exp001", "Exp002", "Exp003")
    made = flame.mapped(found(shapes), shapes, expression, jaw, "made")
    values = random.uniform(size=(4, 52))
    signals = dict(zip(CHANNELS, values.T, strict=True))
    shown = {
        drive.target.name: drive.formula.value(signals) for drive in made.drives if drive.target.kind is Kind.SHAPE
    }
    assert list(shown) == ["Exp000", "Exp001", "Exp002"]
    assert np.stack(list(shown.values()), axis=1) == pytest.approx(values @ expression, abs=0.01)
    turns = {d.target.axis: d.formula.value(signals) for d in made.drives if d.target.bone == "jaw"}
    assert set(turns) == {Axis.TURN_PITCH, Axis.TURN_YAW, Axis.TURN_ROLL}
    assert np.stack([turns[axis] for axis in list(turns)], axis=1) == pytest.approx(np.degrees(values @ jaw), abs=0.03)
    eyes = {d.target.bone for d in made.drives if "Look" in "".join(d.sources)}
    assert {"left_eye_smplhf", "right_eye_smplhf"} <= eyes
    assert from_json(to_json(made)).drives == made.drives


def test_a_rig_without_components_says_so():
    with pytest.raises(flame.NoExpressions, match="Exp000"):
        flame.mapped(found(("jawOpen",)), ("jawOpen",), np.zeros((52, 50)), np.zeros((52, 3)), "made")
