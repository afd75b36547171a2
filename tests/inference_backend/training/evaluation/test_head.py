"""Beats, onsets and speeds of made heads and sounds."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.data_engine.prompts.prompt import Attributes
from inference_backend.data_engine.speech.phones import SILENCE, Phone
from inference_backend.data_engine.speech.track import Track
from inference_backend.generator.features import log_mel
from inference_backend.training.evaluation import head
from inference_backend.training.evaluation.performances import act
from inference_backend.training.evaluation.system import Line


def test_a_head_that_stops_on_the_accents_is_aligned():
    accents = np.array([0.5, 1.1, 1.9])
    assert head.alignment(accents, accents) == pytest.approx(1)
    assert head.alignment(accents + 0.12, accents) == pytest.approx(np.exp(-0.5), abs=1e-3)
    assert head.alignment(accents + 0.3, np.array([9.0])) < 0.01
    assert head.alignment(np.array([]), accents) == 0.0


def test_own_sounds_align_better_than_others():
    heard = [np.array([0.3, 1.0, 2.2]), np.array([0.6, 1.5, 2.8]), np.array([0.1, 1.9])]
    assert head.against_shuffled(heard, heard)["margin"] > 0.3
    assert head.against_shuffled([heard[1], heard[2], heard[0]], heard)["margin"] < 0


def test_beats_of_a_nod_are_its_turning_points():
    time = np.arange(200) / 50.0
    nod = np.stack([0.1 * np.cos(2 * np.pi * time), 0 * time, 0 * time], 1)
    beats = head.beats(nod)
    assert len(beats) in (6, 7, 8)
    assert np.abs(beats * 2 - np.round(beats * 2)).max() < 0.1  # each half second


def test_the_chin_is_lowest_in_the_middle_of_a_stroke():
    time = np.arange(150) / 50.0
    chin = sum(0.1 * np.exp(-(((time - t) / 0.1) ** 2)) for t in (0.6, 1.4, 2.3))
    head_ = np.stack([chin, 0 * time, 0 * time], 1)
    assert head.strokes(head_) == pytest.approx([0.6, 1.4, 2.3], abs=0.011)
    assert len(head.strokes(0 * head_)) == 0


def test_the_teachers_chin_falls_on_stressed_words_more_than_on_those_of_others():
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(8):
        phones, at = [Phone(0.0, 0.3, SILENCE)], 0.3
        for length in rng.choice([0.06, 0.07, 0.25], 14, p=[0.35, 0.35, 0.3]):
            phones += [Phone(at, at + 0.06, "D"), Phone(at + 0.06, at + 0.06 + length, "AA")]
            at += 0.06 + float(length)
        phones.append(Phone(at, at + 0.4, SILENCE))
        lines.append(Line(Track(0.1 * rng.standard_normal(round((at + 0.4) * 16000)).astype(np.float32), phones)))
    heads = [act(line, Attributes(), i)[:, 52:] for i, line in enumerate(lines)]
    found = head.against_shuffled([head.strokes(h) for h in heads], [head.accents(x) for x in lines])
    assert found["margin"] > 0.05


def test_onsets_of_clicks_are_found():
    samples = np.random.default_rng(0).normal(0, 1e-4, 32000).astype(np.float32)
    for at in (8000, 16000, 25600):
        samples[at : at + 3200] += 0.3 * np.sin(np.arange(3200)).astype(np.float32)
    found = head.onsets(log_mel(samples))
    assert all(np.abs(found - t).min() < 0.03 for t in (0.5, 1.0, 1.6))


def test_speed_and_range_in_degrees():
    ramp = np.zeros((51, 3))
    ramp[:, 1] = np.radians(np.linspace(0, 10, 51))
    found = head.statistics([ramp])
    assert found["yaw_speed"] == pytest.approx(10, abs=0.01)
    assert found["yaw_range"] == pytest.approx(9, abs=0.01)
    assert found["pitch_speed"] == 0
