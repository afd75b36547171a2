"""Lips and sound: in step, too late, or of something else."""

from __future__ import annotations

import numpy as np

from inference_backend.data_engine.filtering import lips
from inference_backend.data_engine.filtering.limits import JudgeConfig

RATE, FPS, LENGTH_S = 16000, 25, 6.0
LIMITS = JudgeConfig()


def speech(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times and opening of a mouth, and noise as loud as it is open, with syllables and pauses as they come."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(LENGTH_S * RATE)) / RATE
    opening = np.zeros(len(at))
    start = 0.3
    while start < LENGTH_S - 0.5:
        length = rng.uniform(0.12, 0.3)
        x = np.clip((at - start) / length, 0, 1)
        opening += rng.uniform(0.3, 1) * np.sin(np.pi * x) ** 2
        start += length + (rng.uniform(0.3, 0.8) if rng.random() < 0.3 else 0)
    sound = rng.normal(0, 0.1, len(at)) * opening + rng.normal(0, 1e-4, len(at))
    times = np.arange(round(LENGTH_S * FPS)) / FPS
    return times, np.interp(times, at, opening), sound.astype(np.float32)


def judged(times, mouth, sound, vocal="speaks") -> str:
    return lips.check(lips.follow(times, mouth, sound, LIMITS.allowed_lag_s), vocal, LIMITS)


def test_lips_in_step_pass_and_the_lag_is_found():
    for seed in range(5):
        times, mouth, sound = speech(seed)
        assert judged(times, mouth, sound) == ""
        sync = lips.follow(times + 0.08, mouth, sound, 0.2)
        assert abs(sync.lag_s - 0.08) < 0.03
        assert judged(times + 0.08, mouth, sound) == ""


def test_lips_out_of_step_are_told_with_their_lag():
    for seed in range(5):
        times, mouth, sound = speech(seed)
        assert "late against" in judged(times + 0.5, mouth, sound)


def test_a_mouth_that_stays_shut_does_not_follow():
    times, mouth, sound = speech(1)
    still = np.random.default_rng(0).normal(0, 0.002, len(times))
    assert "do not follow" in judged(times, still * 0, sound)
    assert "do not follow" in judged(times, 1 - mouth, sound) or "against" in judged(times, 1 - mouth, sound)


def test_song_is_held_to_less():
    times, mouth, sound = speech(2)
    assert judged(times, mouth * 0, sound, "sings") == ""
