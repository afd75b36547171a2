from __future__ import annotations

import numpy as np
import pytest

from inference_backend.data_engine.gestures import gesture
from inference_backend.data_engine.gestures.gesture import Gesture

TIME = np.arange(0, 4, 0.001)


@pytest.mark.parametrize("kind", ["nod", "shake"])
def test_a_gesture_starts_and_ends_at_rest_and_without_a_jerk(kind: str):
    one = Gesture(kind, 0.5, 0.2, 2.0, 3, 0.25)
    curve = one.curve(TIME)
    assert (curve[TIME < 0.5] == 0).all()
    assert np.abs(curve[one.end_s < TIME]).max() < 1e-9
    acceleration = np.diff(curve, 2) * 1e6
    assert np.abs(np.diff(acceleration)).max() < 0.05 * np.abs(acceleration).max()  # no step anywhere
    near_rest = np.flatnonzero((TIME > 0.5) & (TIME < 0.51))
    assert np.abs(acceleration[near_rest]).max() < 0.2 * np.abs(acceleration).max()


def test_its_numbers_are_what_is_seen():
    one = Gesture("nod", 0.3, 0.2, 2.0, 3, 0.25)
    curve = one.curve(TIME)
    assert curve.max() == pytest.approx(0.2, rel=1e-3)
    assert TIME[curve.argmax()] == pytest.approx(0.3 + one.stroke_s, abs=0.002)
    tops = curve[1:-1][(curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:]) & (curve[1:-1] > 0.02)]
    assert tops == pytest.approx([0.2, 0.15, 0.1125], rel=0.01)
    assert one.end_s - one.onset_s == pytest.approx((3 + 0.5 + 2 * 0.125) / 2.0)


def test_a_nod_hardly_rises_over_rest_and_a_shake_goes_to_both_sides():
    nod, shake = (Gesture(kind, 0.0, 0.2, 2.0, 2, 0.2).curve(TIME) for kind in ("nod", "shake"))
    assert -0.06 < nod.min() < 0
    assert -0.2 < shake.min() < -0.15


@pytest.mark.parametrize("kind", ["nod", "shake"])
def test_drawn_gestures_grow_with_their_amount_and_none_is_like_the_next(kind: str):
    sizes, frequencies = [], []
    for amount in (0.1, 0.5, 1.0):
        drawn = [gesture.draw(kind, amount, np.random.default_rng(i)) for i in range(60)]
        sizes.append(np.mean([g.amplitude_rad for g in drawn]))
        frequencies.append(np.mean([g.frequency_hz for g in drawn]))
        assert len({g.curve(TIME).tobytes() for g in drawn}) == 60
        assert all(len(set(g.sizes)) == g.count for g in drawn)
    assert sizes == sorted(sizes)
    assert sizes[-1] > 2 * sizes[0]
    assert frequencies == sorted(frequencies)


def test_most_nods_begin_downwards_and_shakes_on_either_side():
    rng = np.random.default_rng(0)
    nods, shakes = ([gesture.draw(kind, 0.5, rng).direction for _ in range(300)] for kind in ("nod", "shake"))
    assert 0.75 < np.mean(np.array(nods) > 0) < 0.95
    assert 0.4 < np.mean(np.array(shakes) > 0) < 0.6
