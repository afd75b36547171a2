"""Bodies: sliders become shares of target files, and keys are carried by how the mesh around them changes."""

from __future__ import annotations

import numpy as np
import pytest
from mien.rigs.demo_body import Body, carry


def test_sliders_share_themselves_between_their_neighbours() -> None:
    targets = Body(gender=0.25, age=0.75, origins={"asian": 1, "african": 3}).targets()
    macro = {name: amount for name, amount in targets.items() if "universal" not in name}
    assert macro["macrodetails/african-female-young"] == pytest.approx(0.75 * 0.75 * 0.5)
    assert macro["macrodetails/asian-male-old"] == pytest.approx(0.25 * 0.25 * 0.5)
    assert sum(macro.values()) == pytest.approx(1.0)
    assert sum(targets.values()) == pytest.approx(2.0)


def test_average_proportions_add_nothing_and_details_count_on_both_sides() -> None:
    assert not any("proportions" in name for name in Body().targets())
    assert any(name.endswith("idealproportions") for name in Body(proportions=0.9).targets())
    targets = Body(details={"eyes/l-eye-scale-incr": 0.4}).targets()
    assert targets["eyes/l-eye-scale-incr"] == targets["eyes/r-eye-scale-incr"] == 0.4


@pytest.fixture
def sheet() -> np.ndarray:
    x, y = np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 1, 21))
    return np.stack([x, y, 0.1 * np.sin(5 * x)], axis=-1).reshape(-1, 3)


def test_keys_turn_and_stretch_with_the_mesh(sheet: np.ndarray) -> None:
    key = {"up": np.broadcast_to([0.0, 0.1, 0.0], sheet.shape).copy()}
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    carried = carry(key, sheet, 2 * sheet @ turn.T + 5)["up"]
    np.testing.assert_allclose(carried, np.broadcast_to([-0.2, 0.0, 0.0], sheet.shape), atol=0.02)


def test_keys_do_not_change_on_the_mesh_that_they_were_drawn_on(sheet: np.ndarray) -> None:
    key = {"some": np.where(sheet[:, :1] > 0.5, [0.1, 0.2, 0.3], 0.0)}
    np.testing.assert_allclose(carry(key, sheet, sheet)["some"], key["some"], atol=1e-9)


def test_only_the_larger_half_of_a_face_moves_further(sheet: np.ndarray) -> None:
    key = {"up": np.broadcast_to([0.0, 0.1, 0.0], sheet.shape).copy()}
    body = sheet * np.where(sheet[:, :1] > 0.5, [1.0, 1.5, 1.0], 1.0)
    carried = carry(key, sheet, body)["up"][:, 1]
    assert carried[sheet[:, 0] > 0.9].mean() > 1.3 * carried[sheet[:, 0] < 0.1].mean()
