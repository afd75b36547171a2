from __future__ import annotations

import numpy as np

from inference_backend.contract import Cue, Ingredient, Request
from inference_backend.generator.timeline import Timeline


def test_one_style_rules_throughout():
    np.testing.assert_array_equal(Timeline(Request("sad")).weights(0, 9), np.ones((9, 1)))


def test_a_cue_fades_in_around_its_time():
    weights = Timeline(Request("sad", cues=(Cue(2.0, "happy"),), fade_s=0.4)).weights(0, 200)
    assert (weights[:90, 1] == 0).all()
    assert weights[100, 1] == np.float32(0.5)
    assert (weights[110:, 0] == 0).all()
    assert (np.diff(weights[:, 1]) >= 0).all()
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)


def test_without_a_fade_a_cue_cuts():
    weights = Timeline(Request("sad", cues=(Cue(1.0, "happy"),), fade_s=0)).weights(48, 52)
    np.testing.assert_array_equal(weights[:, 1], [0, 0, 1, 1])


def test_weights_do_not_depend_on_where_they_are_asked_for():
    cues = (Cue(1.0, "a"), Cue(1.1, "b"), Cue(3.0, "c"), Cue(3.3, "a"))
    timeline = Timeline(Request("sad", cues=cues))
    whole = timeline.weights(0, 250)
    np.testing.assert_allclose(whole.sum(1), 1, atol=1e-6)
    np.testing.assert_array_equal(timeline.weights(140, 180), whole[140:180])


def test_cues_come_in_order_of_time_and_the_same_style_is_one():
    cues = (Cue(3.0, "sad"), Cue(1.0, mix=(Ingredient(text="happy"),)))
    timeline = Timeline(Request("sad", cues=cues, fade_s=0.2))
    assert [recipe.style for recipe in timeline.recipes] == ["sad", ""]
    weights = timeline.weights(0, 250)
    assert weights[100, 1] == weights[0, 0] == weights[200, 0] == 1


def test_a_cue_at_the_start_replaces_the_style_at_once():
    weights = Timeline(Request("sad", cues=(Cue(0.0, "happy"),))).weights(0, 3)
    np.testing.assert_array_equal(weights, [[0, 1]] * 3)
