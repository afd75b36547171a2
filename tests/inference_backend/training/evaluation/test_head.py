"""Beats, onsets and speeds of made heads and sounds."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.generator.features import log_mel
from inference_backend.training.evaluation import head


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
