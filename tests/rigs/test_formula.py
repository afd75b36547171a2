"""Formulas of channels are read, written and summed."""

from __future__ import annotations

import numpy as np
import pytest
from mien.rigs import formula


@pytest.mark.parametrize(
    ("text", "terms", "constant"),
    [
        ("jawOpen", {"jawOpen": 1.0}, 0.0),
        ("jawOpen - mouthClose", {"jawOpen": 1.0, "mouthClose": -1.0}, 0.0),
        ("0.5*browInnerUp+.25 browOuterUpLeft - 0.1", {"browInnerUp": 0.5, "browOuterUpLeft": 0.25}, -0.1),
        ("-2 * jawOpen", {"jawOpen": -2.0}, 0.0),
        ("jawOpen + jawOpen", {"jawOpen": 2.0}, 0.0),
        ("viseme.aa", {"viseme.aa": 1.0}, 0.0),
        ("0.5", {}, 0.5),
    ],
)
def test_reading_and_writing(text, terms, constant):
    read = formula.parse(text)
    assert dict(read.terms) == terms
    assert read.constant == constant
    assert formula.parse(str(read)) == read


@pytest.mark.parametrize(
    "text", ["", "jaw", "jawOpen mouthClose", "jawOpen *", "+", "viseme.zz", "jawOpen(", "__import__"]
)
def test_what_cannot_be_read_gets_a_sentence(text):
    with pytest.raises(formula.BadFormula, match=r"\w.*[.]$"):
        formula.parse(text)


def test_a_value_is_the_weighted_sum():
    signals = {"jawOpen": np.array([0.0, 1.0]), "mouthClose": np.array([0.5, 0.25])}
    np.testing.assert_allclose(formula.parse("2*jawOpen - mouthClose + 1").value(signals), [0.5, 2.75])
