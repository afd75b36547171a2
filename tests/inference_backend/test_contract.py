"""Requests: what is refused, and that JSON keeps what is accepted."""

from __future__ import annotations

import json

import pytest

from inference_backend import contract
from inference_backend.contract import BadRequest, Cue, Ingredient, Request

FULL = Request(
    "weary",
    seed=3,
    mix=(Ingredient(text="happy", weight=0.3), Ingredient(reference="UEsDBA=="), Ingredient(vector=(0.5, -1.0, 2))),
    cues=(Cue(1.5, "furious"), Cue(4.0, mix=(Ingredient(text="calm"),))),
    fade_s=0.25,
    lips=0.5,
    upper=2.0,
    gaze=0.0,
    blinks=1.5,
)


def test_json_keeps_every_field():
    assert Request.from_json(FULL.to_json()) == FULL


def test_a_request_of_old_fields_is_read():
    assert Request.from_json('{"style": "sad", "seed": 4}') == Request("sad", 4)


@pytest.mark.parametrize(
    "fields",
    [
        {"lips": 2.1},
        {"blinks": -0.1},
        {"gaze": "1"},
        {"upper": True},
        {"fade_s": -1},
        {"fade_s": float("nan")},
        {"mix": 3},
        {"mix": "text"},
        {"mix": ["weary"]},
        {"mix": [{}]},
        {"mix": [{"text": "   "}]},
        {"mix": [{"text": "sad", "vector": [1.0]}]},
        {"mix": [{"text": "sad", "reference": "UEs="}]},
        {"mix": [{"text": "sad", "weight": -1}]},
        {"mix": [{"text": "sad", "weight": 0}]},
        {"mix": [{"text": "sad", "wieght": 1}]},
        {"mix": [{"vector": [1.0, "2"]}]},
        {"mix": [{"vector": [1.0, float("inf")]}]},
        {"mix": [{"vector": [10**400]}]},
        {"mix": [{"vector": 1.0}]},
        {"mix": [{"reference": ["UEs="]}]},
        {"mix": [{"text": "sad"}] * (contract.MAX_INGREDIENTS + 1)},
        {"mix": [{"reference": "A" * (contract.MAX_STYLE_BYTES + 1)}]},
        {"cues": [{"style": "sad"}]},
        {"cues": [{"start_s": -1, "style": "sad"}]},
        {"cues": [{"start_s": 1, "style": "a" * (contract.MAX_STYLE_CHARS + 1)}]},
        {"cues": [{"start_s": 1, "mix": [{}]}]},
        {"cues": [[1, "sad"]]},
        {"cues": [{"start_s": 1}] * (contract.MAX_CUES + 1)},
        {"cues": [{"start_s": k, "mix": [{"vector": [0.0] * 1000}] * 16} for k in range(20)]},
    ],
)
def test_out_of_range_is_refused_with_a_sentence(fields):
    with pytest.raises(BadRequest, match=r"^[A-Za-z].*\.$"):
        Request.from_json(json.dumps(fields))


def test_a_mix_without_weight_is_fine_beside_a_style_text():
    assert Request("sad", mix=(Ingredient(text="happy", weight=0),)).mix
