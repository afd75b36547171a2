"""Few keys, within the error at every row, exact at turning points, and never beyond their neighbours."""

from __future__ import annotations

import time

import numpy as np
import pytest
from mien.rigs.extrema import extrema
from mien.rigs.thinning import Thinned, shut_rows, thin


def played(thinned: Thinned, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Evaluate the cubics [N, C] at positions in rows."""
    rows = thinned.rows
    k = np.clip(np.searchsorted(rows, at, side="right") - 1, 0, len(rows) - 2)
    length = (rows[k + 1] - rows[k])[:, None]
    u = (at - rows[k])[:, None] / length
    y0, y1 = values[rows[k]], values[rows[k + 1]]
    cubic = y0 * (1 + 2 * u) * (1 - u) ** 2 + y1 * u**2 * (3 - 2 * u)
    return cubic + length * (thinned.out_of[k] * u * (1 - u) ** 2 - thinned.into[k + 1] * u**2 * (1 - u))


def wave(frames=600, columns=1, seed=0, noise=0.0):
    rng = np.random.default_rng(seed)
    t = np.arange(frames)[:, None] / 24
    curve = sum(np.sin(rng.uniform(0, 6, columns) + rng.uniform(1, 12, columns) * t) for _ in range(3))
    return 0.5 + curve / 6 + noise * rng.normal(size=(frames, columns))


@pytest.mark.parametrize("max_error", [0.002, 0.01, 0.05])
@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("columns", [1, 4])
def test_no_row_is_missed_by_more_than_the_error(max_error, noise, columns):
    values = wave(columns=columns, noise=noise)
    thinned = thin(values, max_error)
    missed = np.abs(played(thinned, values, np.arange(len(values))) - values)
    assert missed.max() <= max_error
    assert len(thinned.rows) < len(values)


def test_smooth_curves_need_few_keys():
    values = wave(frames=2400)
    assert len(thin(values, 0.01).rows) < 0.3 * len(values)
    assert len(thin(values, 0.002).rows) > len(thin(values, 0.02).rows)


def test_turning_points_are_keys_and_level():
    values = wave()
    thinned = thin(values, 0.01)
    turns = extrema(values[:, 0], 0.02)[1:-1]
    assert len(turns) > 20
    assert set(turns) <= set(thinned.rows)
    at = np.searchsorted(thinned.rows, turns)
    # a monotone cubic on both sides of a turn cannot rise above it: its slope there has the side's own sign
    assert (thinned.into[at, 0] * thinned.out_of[at, 0] <= 1e-12).all()


def test_between_rows_nothing_leaves_the_range():
    values = np.clip(wave(noise=0.02), 0, 1)
    values[100:140] = 0.0
    thinned = thin(values, 0.02)
    fine = played(thinned, values, np.linspace(0, len(values) - 1, 6000))
    assert fine.min() >= values.min() - 1e-9
    assert fine.max() <= values.max() + 1e-9
    held = played(thinned, values, np.linspace(100, 139, 400))
    assert np.abs(held).max() < 1e-12


def test_chosen_rows_are_keys():
    values = wave()
    thinned = thin(values, 0.05, np.array([7, 8, 300]))
    assert {0, 7, 8, 300, 599} <= set(thinned.rows.tolist())


def test_one_key_for_one_row_and_two_for_rest():
    assert thin(np.ones((1, 1)), 0.01).rows.tolist() == [0]
    assert thin(np.ones((2, 1)), 0.01).rows.tolist() == [0, 1]
    assert thin(np.full((500, 3), 0.3), 0.01).rows.tolist() == [0, 499]


def test_short_contacts_are_kept_whole_and_long_ones_at_their_ends():
    shut = np.zeros(40, bool)
    shut[[3, 10, 11, 12, *range(20, 40)]] = True
    assert shut_rows(shut).tolist() == [3, 10, 11, 12, 20, 39]
    assert shut_rows(np.zeros(5, bool)).tolist() == []


def test_an_error_for_each_column():
    values = np.concatenate([wave(seed=1), 0.01 * wave(seed=2)], axis=1)
    thinned = thin(values, np.array([0.02, 0.0002]))
    missed = np.abs(played(thinned, values, np.arange(len(values))) - values).max(axis=0)
    assert missed[0] <= 0.02
    assert missed[1] <= 0.0002


def test_ten_minutes_of_a_whole_face_are_quick():
    values = wave(frames=14400, columns=52, noise=0.003)
    start = time.process_time()
    for column in values.T:
        thin(column[:, None], 0.01)
    assert time.process_time() - start < 6.0
