"""Phones without a transcript, on real recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pocketsphinx", reason="phones without a transcript need PocketSphinx")

from inference_backend.generator import sound  # noqa: E402
from inference_backend.training.baselines.recogniser import Recogniser  # noqa: E402


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def test_recorded_speech_has_phones_in_order_more_than_once(recogniser: Recogniser, shared_data: Path):
    heard = sound.read(shared_data / "grid_s1" / "audio" / "bbaf3s.opus")  # "bin blue at f three soon"
    first = recogniser(heard)
    assert recogniser(heard) == first  # the alignment before must not spoil the next sound
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in zip(first, first[1:], strict=False))
    bilabials = [p for p in first if p.name == "B"]
    assert len(bilabials) == 2
    assert first[-1].end_s == pytest.approx(heard.duration_s, abs=0.1)


def test_silence_and_noise_do_not_break_it(recogniser: Recogniser):
    assert recogniser(sound.Sound(np.zeros(16000, np.float32))) == []
    noise = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    assert all(p.end_s <= 1.1 for p in recogniser(sound.Sound(noise)))
