"""A face is reduced to mouth shapes fairly: each shape is itself, sums stay whole, and closed lips stay closed."""

from __future__ import annotations

import numpy as np
import pytest
from mien.inference_backend.contract import INDEX, Take
from mien.rigs import visemes

OCULUS = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")
PRESTON_BLAIR = ("aa", "E", "oh", "ou", "PP", "FF", "L", "WQ", "DD", "sil")
VOWELS = ("aa", "ih", "ou", "E", "oh")


def face(*poses: dict[str, float]) -> Take:
    values = np.zeros((len(poses), 52), np.float32)
    for row, pose in enumerate(poses):
        for channel, value in pose.items():
            values[row, INDEX[channel]] = value
    return Take(30.0, values, np.zeros((len(poses), 3), np.float32))


def test_every_shape_names_channels():
    assert {channel for pose in visemes.VISEMES.values() for channel in pose} <= set(INDEX)


@pytest.mark.parametrize("shapes", [OCULUS, PRESTON_BLAIR, VOWELS], ids=["oculus", "preston blair", "vowels"])
@pytest.mark.parametrize("shown", ["aa", "E", "oh"])
def test_a_shape_in_the_set_is_itself(shapes, shown):
    mix = visemes.weights(face(visemes.VISEMES[shown]), shapes)[0]
    assert mix[shapes.index(shown)] > 0.9


@pytest.mark.parametrize("shown", ["PP", "FF", "CH", "SS"])
def test_consonants_are_themselves_where_they_are_there(shown):
    mix = visemes.weights(face(visemes.VISEMES[shown]), OCULUS)[0]
    assert OCULUS[int(mix.argmax())] == shown
    assert mix.max() > 0.8


def test_weights_are_never_negative_and_sum_to_one_at_most():
    values = np.random.default_rng(0).uniform(0, 1, (500, 52)).astype(np.float32)
    mix = visemes.weights(Take(30.0, values, np.zeros((500, 3), np.float32)), OCULUS)
    assert mix.min() >= 0.0
    assert mix.sum(axis=1).max() <= 1.0 + 1e-6


def test_closed_lips_show_no_open_shape():
    open_jaw = {"jawOpen": 0.2, "mouthClose": 0.2, "mouthPressLeft": 0.3, "mouthPressRight": 0.3}
    for shapes in (OCULUS, PRESTON_BLAIR, VOWELS):
        mix = visemes.weights(face(open_jaw), shapes)[0]
        opening = sum(w * visemes.VISEMES[s].get("jawOpen", 0.0) for s, w in zip(shapes, mix, strict=True))
        assert opening < 0.01
        if "PP" in shapes:
            assert mix[shapes.index("PP")] > 0.6


def test_the_more_open_the_mouth_the_more_it_opens():
    poses = [{"jawOpen": amount} for amount in np.linspace(0, 0.55, 12)]
    opening = visemes.weights(face(*poses), VOWELS) @ [visemes.VISEMES[s].get("jawOpen", 0.0) for s in VOWELS]
    assert np.all(np.diff(opening) > -1e-3)
    assert opening[-1] > 0.45


def test_a_face_at_rest_shows_nothing():
    assert visemes.weights(face({}), VOWELS).max() < 1e-6


def test_signals_give_channels_and_shapes_by_name():
    take = face({"jawOpen": 0.55}, {})
    found = visemes.signals(take, ["jawOpen", "viseme.aa"])
    np.testing.assert_allclose(found["jawOpen"], [0.55, 0.0], atol=1e-6)
    assert found["viseme.aa"][0] > 0.7
    assert found["viseme.aa"][1] == 0.0
