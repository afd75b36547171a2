"""Curves come back within the stated error, and take little room."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest
from mien.addon.takes import curve_text


def test_what_comes_back_is_within_half_a_step():
    rng = np.random.default_rng(0)
    values = rng.normal(0.0, 1.0, (500, 55)).astype(np.float32)
    back = curve_text.loads(curve_text.dumps(values), 55)
    assert back.dtype == np.float32
    assert np.abs(back - values).max() < 1e-4


def test_what_earlier_versions_wrote_in_base_85_is_read():
    values = np.linspace(-1.0, 1.0, 110).reshape(2, 55)
    text = curve_text.dumps(values)
    for level in (0, 6, 9):
        old = base64.b85encode(zlib.compress(zlib.decompress(base64.b64decode(text)), level)).decode()
        np.testing.assert_array_equal(curve_text.loads(old, 55), curve_text.loads(text, 55))


def test_zero_one_and_the_last_row_are_kept():
    values = np.zeros((3, 2))
    values[1, 0] = 1.0
    values[2, 1] = -3.1
    back = curve_text.loads(curve_text.dumps(values), 2)
    np.testing.assert_allclose(back, values, atol=1e-4)
    assert back[0, 0] == 0.0


def test_ten_minutes_of_smooth_curves_stay_under_a_megabyte():
    time = np.arange(14400)[:, None] / 24.0
    rng = np.random.default_rng(1)
    values = 0.5 + 0.5 * np.sin(rng.uniform(0, 6, (1, 55)) + rng.uniform(1, 9, (1, 55)) * time)
    assert len(curve_text.dumps(values)) < 1_100_000


@pytest.mark.parametrize("text", ["", "abc", "not base85 \x00", curve_text.dumps(np.zeros((4, 3)))])
def test_damaged_text_is_a_value_error(text):
    with pytest.raises(ValueError):
        curve_text.loads(text, 55)


def test_a_single_row_and_no_row():
    assert curve_text.loads(curve_text.dumps(np.ones((1, 55))), 55).shape == (1, 55)
    assert curve_text.loads(curve_text.dumps(np.ones((0, 55))), 55).shape == (0, 55)
