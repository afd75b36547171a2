"""Heads keep their nods and where they lean, and lose their tremor, however they are cut into pieces."""

from __future__ import annotations

import numpy as np
import pytest

from inference_backend.generator.head import HALO, steadied

SECONDS = np.arange(300)[:, None, None] / 50


def nod(degrees: float, hz: float) -> np.ndarray:
    """A head [T, B, 3] that swings."""
    return np.radians(degrees) * np.sin(2 * np.pi * hz * SECONDS)


@pytest.mark.parametrize(("degrees", "hz", "kept"), [(3, 2, 0.87), (2, 2, 0.82), (5, 1, 0.94)])
def test_nods_keep_their_height(degrees: float, hz: float, kept: float):
    assert np.abs(steadied(nod(degrees, hz))[100:200]).max() == pytest.approx(np.radians(degrees) * kept, rel=0.03)


def test_a_trembling_head_comes_to_rest():
    tremor = np.random.default_rng(0).normal(0, 0.01, SECONDS.shape)
    speed = lambda head: np.abs(np.diff(head, axis=0)).mean()  # noqa: E731
    assert speed(steadied(tremor)) < 0.1 * speed(tremor)
    assert speed(steadied(nod(0.2, 2))) < 0.3 * speed(nod(0.2, 2))


def test_a_leaning_head_leans_on():
    np.testing.assert_allclose(steadied(np.full((200, 2, 3), 0.4)), 0.4)


def test_a_piece_with_its_halo_is_what_the_whole_is():
    head = np.cumsum(np.random.default_rng(1).normal(0, 0.01, (300, 2, 3)), 0)
    np.testing.assert_allclose(steadied(head[150 - HALO : 200 + HALO])[HALO:-HALO], steadied(head)[150:200])
