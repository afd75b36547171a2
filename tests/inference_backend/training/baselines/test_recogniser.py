"""Phones without a transcript, on real recordings."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pocketsphinx", reason="phones without a transcript need PocketSphinx")

from inference_backend.data_engine.speech.phones import SILENCE
from inference_backend.generator import sound
from inference_backend.training.baselines.recogniser import Recogniser


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def test_recorded_speech_has_phones_in_order_more_than_once(recogniser: Recogniser, shared_data: Path):
    heard = sound.read(shared_data / "grid_s1" / "audio" / "bbaf3s.opus")  # "bin blue at f three soon"
    first = recogniser(heard)
    assert recogniser(heard) == first  # the alignment before must not spoil the next sound
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in itertools.pairwise(first))
    sounding = [p for p in first if p.name != SILENCE]
    assert 8 <= len(sounding) <= 20
    assert 0.3 < sounding[0].start_s < 0.7  # the clip starts with silence
    assert first[-1].end_s == pytest.approx(heard.duration_s, abs=0.1)


def test_silence_and_noise_do_not_break_it(recogniser: Recogniser):
    assert recogniser(sound.Sound(np.zeros(16000, np.float32))) == []
    noise = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    assert all(p.end_s <= 1.1 for p in recogniser(sound.Sound(noise)))
