"""Contacts on made mouths: what is shut, late, false or open is counted so."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.contract import CHANNELS, INDEX, Take
from inference_backend.data_engine.speech.phones import SILENCE, Phone
from inference_backend.generator.aperture import aperture
from inference_backend.training.evaluation.lips import Contacts, contacts, pauses

FPS = 50.0
PHONES = [
    Phone(0.0, 0.4, SILENCE),
    Phone(0.4, 0.6, "AA"),
    Phone(0.6, 0.7, "B"),
    Phone(0.7, 0.9, "AE"),
    Phone(0.9, 1.0, "M"),
    Phone(1.0, 1.2, "IY"),
    Phone(1.2, 1.3, "F"),
    Phone(1.3, 1.5, "UW"),
    Phone(1.5, 2.0, SILENCE),
]


def mouth(**curves):
    values = np.zeros((101, len(CHANNELS)), np.float32)
    for name, curve in curves.items():
        values[:, INDEX[name]] = curve
    return Take(FPS, values, np.zeros((101, 3), np.float32))


def dipping(*at_s, width_s=0.03):
    time = np.arange(101) / FPS
    return 0.4 * (1 - 1.2 * sum(np.exp(-(((time - t) / width_s) ** 2)) for t in at_s)).clip(0)


def test_closures_where_they_belong():
    found = contacts(mouth(jawOpen=dipping(0.65, 0.95)), PHONES).summary()
    assert found["closed"] == 1.0
    assert found["false"] == 0.0
    assert found["of"] == 2
    assert abs(found["offset_ms"]) <= 10


def test_a_mouth_that_stays_open_closes_nothing():
    found = contacts(mouth(jawOpen=0.4), PHONES).summary()
    assert found["closed"] == 0.0
    assert found["touch"] == 0.0
    assert found["rounded"] == 0.0


def test_a_mouth_that_stays_shut_closes_vowels_too():
    found = contacts(mouth(), PHONES).summary()
    assert found["closed"] == 1.0
    assert found["false"] == 1.0
    assert found["touch_on_vowels"] == 1.0


def test_a_closure_too_late_does_not_count_and_its_time_is_told():
    assert contacts(mouth(jawOpen=dipping(0.77, 1.07)), PHONES).summary()["closed"] == 0.0
    late = contacts(mouth(jawOpen=dipping(0.69, 0.99)), PHONES).summary()
    assert late["closed"] == 1.0
    assert late["offset_ms"] == pytest.approx(40, abs=10)
    assert contacts(mouth(jawOpen=dipping(0.61, 0.91)), PHONES).summary()["offset_ms"] == pytest.approx(-40, abs=10)


def test_a_closure_in_the_vowel_is_false():
    assert contacts(mouth(jawOpen=dipping(0.5, 0.65, 0.95)), PHONES).summary()["false"] == 0.5


def test_a_lip_that_rolls_in_touches_the_teeth_and_lips_that_purse_are_round():
    time = np.arange(101) / FPS
    there = lambda a, b: ((time >= a) & (time <= b)).astype(float)  # noqa: E731
    take = mouth(
        jawOpen=0.4 - 0.25 * there(1.2, 1.3), mouthRollLower=0.15 * there(1.2, 1.3), mouthPucker=0.4 * there(1.3, 1.5)
    )
    found = contacts(take, PHONES).summary()
    assert (found["touch"], found["touch_on_vowels"]) == (1.0, 0.0)
    assert (found["rounded"], found["rounded_on_spread"]) == (1.0, 0.0)
    everywhere = contacts(mouth(jawOpen=0.4, mouthPucker=0.4), PHONES).summary()
    assert everywhere["rounded_on_spread"] == 1.0


def test_counts_add_up():
    one, other = contacts(mouth(jawOpen=0.4), PHONES), contacts(mouth(), PHONES)
    both = one + other
    assert both.summary()["closed"] == 0.5
    assert len(both.offsets) == 4
    assert Contacts().summary() == {"of": 0, "vowels": 0}


def test_closing_a_jaw_by_the_lips_counts_as_shut():
    assert aperture(mouth(jawOpen=0.4, mouthClose=1.0).values).max() == 0.0
    assert aperture(mouth(jawOpen=0.4, mouthClose=0.4).values, corrective=True).max() == pytest.approx(0.0, abs=1e-6)
    assert aperture(mouth(jawOpen=0.4, mouthClose=0.4).values).max() > 0.2


def test_pauses_leave_a_margin():
    still = pauses(PHONES, 101, FPS, margin_s=0.1)
    assert not still[:5].any()
    assert still[5:15].all()
    assert not still[16:80].any()
