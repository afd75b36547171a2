from __future__ import annotations

import numpy as np
import pytest

from inference_backend.contract import INDEX
from inference_backend.data_engine.procedural.head import LIMITS, TOP_SPEED
from inference_backend.data_engine.prompts.prompt import Attributes
from inference_backend.data_engine.speech.utterance import Event

from .acting import act, sentence

BLINK = INDEX["eyeBlinkLeft"]
MINUTE = sentence(21)


def blinks_a_minute(curves: np.ndarray) -> float:
    shut = curves[:, BLINK] > 0.5
    return float((np.diff(shut.astype(int)) == 1).sum() * 3000 / len(curves))


def rate(**given) -> float:
    return float(np.mean([blinks_a_minute(act(Attributes(**given), s, MINUTE)[0]) for s in range(3)]))


def test_blink_rates_follow_the_state():
    calm = rate()
    assert 9 <= calm <= 21
    assert rate(vocal="cries", emotion="tearful", level=0.9) > 1.3 * calm
    assert rate(emotion="focused", level=0.9) < 0.8 * calm
    assert rate(detail="many blinks") > 28 > 7 > rate(detail="few blinks")


def test_lids_fall_faster_than_they_rise():
    falls, rises = [], []
    for seed in range(4):
        lid = act(Attributes(), seed, MINUTE)[0][:, BLINK]
        for peak in np.flatnonzero((lid[1:-1] > 0.8) & (lid[1:-1] >= lid[2:]) & (lid[1:-1] > lid[:-2])) + 1:
            falls.append(peak - np.flatnonzero(lid[: peak + 1] < 0.3)[-1:])
            rises.append(np.flatnonzero(lid[peak:] < 0.3)[:1])
    assert np.concatenate(falls).mean() * 20 < 110
    assert np.concatenate(rises).mean() > 1.2 * np.concatenate(falls).mean()


def across(curves: np.ndarray) -> np.ndarray:
    return curves[:, INDEX["eyeLookOutLeft"]] - curves[:, INDEX["eyeLookInLeft"]]


def test_saccades_are_fast_and_eyes_rest_between_them():
    gaze = across(act(Attributes(gaze="wandering"), 1, MINUTE)[0])
    speed = np.abs(np.diff(gaze)) * 50
    assert speed.max() > 3  # about a hundred degrees a second at the least
    assert (speed < 0.6).mean() > 0.85


@pytest.mark.parametrize(("gaze", "channel"), [("down", "eyeLookDownLeft"), ("up", "eyeLookUpLeft")])
def test_gaze_words_turn_the_eyes(gaze: str, channel: str):
    there, forward = (act(Attributes(gaze=g), 0, MINUTE)[0][:, INDEX[channel]].mean() for g in (gaze, "forward"))
    assert there > 0.3 > 0.12 > forward


def test_held_gaze_scatters_least_and_wandering_most():
    spread = {
        g: np.std(across(act(Attributes(gaze=g, head="still"), 2, MINUTE)[0])) for g in ("forward", "", "wandering")
    }
    assert spread["forward"] < spread[""] < spread["wandering"]


def test_looking_down_lowers_the_lids():
    def lid(gaze: str) -> float:
        return float(np.median(act(Attributes(gaze=gaze), 0, MINUTE)[0][:, BLINK]))

    assert lid("down") > lid("forward") + 0.05


def test_heads_keep_to_human_limits():
    bursts = [Event(1.0 + 0.2 * i, 1.15 + 0.2 * i, "laugh") for i in range(12)]
    for seed in range(6):
        wild = Attributes(emotion="excited", level=1.0, delivery="emphatic", vocal="shouts", head="lively")
        head = act(wild, seed, sentence(3), bursts)[1]
        assert (np.abs(head) <= LIMITS + 1e-6).all()
        assert np.abs(np.diff(head, axis=0)).max() * 50 <= TOP_SPEED + 1e-3


def test_still_is_still_and_lively_lively():
    spread = {h: np.mean([np.degrees(act(Attributes(head=h), s, sentence(4))[1].std(0)) for s in range(4)])
              for h in ("still", "", "lively")}  # fmt: skip
    assert spread["still"] < 0.3
    assert 2 * spread["still"] < spread[""] < spread["lively"]


@pytest.mark.parametrize(("word", "sign"), [("bowed", 1), ("raised", -1)])
def test_bowed_and_raised_heads(word: str, sign: int):
    for seed in range(3):
        assert sign * np.degrees(act(Attributes(head=word), seed, sentence(2))[1][:, 0].mean()) > 5


def test_a_tilted_head_is_tilted():
    for seed in range(3):
        assert abs(np.degrees(act(Attributes(head="tilt"), seed, sentence(2))[1][:, 2].mean())) > 5


def test_chin_drops_with_stressed_words():
    """On average over many accents, the pitch just after one is lower in the face than a third of a second away."""
    line = [("SIL", 0.4), *[("T", 0.06), ("IH", 0.07), ("T", 0.06), ("AA", 0.3), ("T", 0.06), ("IH", 0.08)] * 12]
    gains = []
    for seed in range(6):
        _, head, phones = act(Attributes(delivery="emphatic"), seed, line)
        for phone in phones:
            if phone.name == "AA":
                at = round((phone.start_s + 0.2) * 50)
                gains.append(head[min(at, len(head) - 1), 0] - head[max(0, at - 17), 0])
    assert np.degrees(np.mean(gains)) > 0.3
