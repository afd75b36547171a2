"""Mouths by rules: which cues phones give, how they are keyed, and that the whole chart is drawn."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="loudness is smoothed by scipy")

from inference_backend.contract import INDEX, Request
from inference_backend.data_engine.speech.phones import PHONES, Phone
from inference_backend.generator.aperture import aperture
from inference_backend.generator.sound import Sound
from inference_backend.training.baselines.loudness import OPEN, LoudnessJaw
from inference_backend.training.baselines.mouth_chart import POSES, SHAPE_OF, SHAPES
from inference_backend.training.baselines.viseme_rules import (
    KnownPhones,
    VisemeRules,
    cues_of,
    keyed,
)
from inference_backend.training.evaluation.lips import contacts

MAMA = [Phone(0.2, 0.3, "M"), Phone(0.3, 0.5, "AA"), Phone(0.5, 0.56, "M"), Phone(0.56, 0.8, "AA")]


def test_every_phone_has_a_mouth_and_every_mouth_a_phone():
    diphthongs = {"AW", "AY", "EY", "OW", "OY"}
    assert set(SHAPE_OF) == set(PHONES) - diphthongs
    assert set(SHAPE_OF.values()) == set(SHAPES) == set(POSES)


def test_neighbours_alike_are_one_cue_and_diphthongs_two():
    cues = cues_of([Phone(0.0, 0.1, "S"), Phone(0.1, 0.2, "T"), Phone(0.2, 0.5, "AY")])
    assert [cue.shape for cue in cues] == ["B", "D", "B"]
    assert cues[0].end_s == cues[1].start_s == 0.2


def test_short_mouths_give_way_but_contacts_stay():
    cues = cues_of([Phone(0.0, 0.2, "AA"), Phone(0.2, 0.23, "L"), Phone(0.23, 0.26, "B"), Phone(0.26, 0.5, "AA")])
    assert [cue.shape for cue in cues] == ["D", "A", "D"]


def test_lines_lead_from_mouth_to_mouth():
    jaw = keyed(cues_of(MAMA), 50)[:, INDEX["jawOpen"]]
    assert jaw[0] == 0.0
    assert jaw[20] == pytest.approx(POSES["D"][INDEX["jawOpen"]])
    assert POSES["A"][INDEX["jawOpen"]] < jaw[15] < POSES["D"][INDEX["jawOpen"]]  # half-way between the two
    assert jaw[-1] == 0.0


def test_exact_phones_shut_every_bilabial():
    sound, known = Sound(np.full(16000, 0.1, np.float32)), KnownPhones()
    known.tell(sound, MAMA)
    take = VisemeRules(known).generate(sound, Request(fps=50))
    counted = contacts(take, MAMA)
    assert (counted.closed, counted.bilabials, counted.false) == (2, 2, 0)
    assert aperture(take.values)[20] > 0.3
    assert not take.head.any()


def test_a_sound_that_nobody_told_about_rests():
    take = VisemeRules(KnownPhones()).generate(Sound(np.ones(16000, np.float32)), Request(fps=24))
    assert len(take) == 24
    assert not take.values.any()


def test_the_jaw_follows_loudness_alone():
    time = np.arange(32000) / 16000
    samples = np.where(time < 1, 0.0, 0.2 * np.sin(2 * np.pi * 300 * time)).astype(np.float32)
    take = LoudnessJaw().generate(Sound(samples), Request(fps=50))
    jaw = take.channel("jawOpen")
    assert jaw[:40].max() < 0.01
    assert jaw[60:90].mean() == pytest.approx(OPEN, rel=0.1)
    assert np.delete(take.values, INDEX["jawOpen"], axis=1).max() == 0.0
