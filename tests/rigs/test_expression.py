"""Drivers' arithmetic is worked out, and the way back from a value to its control is found."""

from __future__ import annotations

import numpy as np
import pytest
from mien.rigs.expression import Expression, NotArithmetic
from mien.rigs.response import measured


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("var*2", 0.5), ("1 - var", 0.75), ("(max(0, var/0.5)) * amp", 1.0), ("-min(0,max(-amp,-var))", 0.25),
        ("clamp(var*8)", 1.0), ("var if var > 0.2 else 0", 0.25), ("var**2", 0.0625), ("sqrt(var)", 0.5),
        ("smoothstep(0, 0.5, var)", 0.5), ("abs(-var) + pi*0", 0.25), ("var > 0 and amp > 0", 1.0),
    ],
)  # fmt: skip
def test_arithmetic(text, value):
    assert Expression(text).value({"var": 0.25, "amp": 2.0}) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["__import__('os')", "bpy.data", "[1]", "frame", "var.real", "1/0", "lambda: 1", "(", "'a'"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(NotArithmetic):
        Expression(text).value({"var": 0.25})


@pytest.mark.parametrize(
    "value_at",
    [
        lambda x: x, lambda x: 0.2 * x, lambda x: -x / 0.03, lambda x: max(0.0, x / 3.0), lambda x: min(1.0, 50.0 * x),
        lambda x: max(0.0, -x) ** 2, lambda x: max(0.0, x - 0.2) / 0.5,
    ],
)  # fmt: skip
def test_the_control_for_a_value_shows_that_value(value_at):
    response = measured(value_at)
    assert response
    wanted = np.linspace(0.05, 1.0, 20)
    shown = [value_at(x) for x in response.control_for(wanted)]
    np.testing.assert_allclose(shown, wanted, atol=0.02)
    assert response.control_for(np.array([0.0]))[0] == pytest.approx(0.0, abs=0.21)


def test_what_never_gets_there_has_no_control():
    assert measured(lambda x: 0.0) is None
    assert measured(lambda x: 1.0 + x) is None
    assert measured(lambda x: 0.5 * min(max(x, 0.0), 1.0)) is None
