from __future__ import annotations

import numpy as np
import pytest

from inference_backend.data_engine.speech import codecs


@pytest.mark.parametrize("codec", codecs.CODECS)
def test_a_codec_takes_away_but_does_not_move(codec: str):
    rng = np.random.default_rng(0)
    time = np.arange(48000) / 16000
    sound = 0.3 * np.sin(2 * np.pi * (300 + 400 * time) * time) * (np.sin(2 * np.pi * 2.3 * time) > 0)
    sound = (sound + 0.02 * rng.standard_normal(len(sound))).astype(np.float32)
    coded = codecs.coded(sound, codec, rng)
    assert coded.shape == sound.shape
    assert coded.dtype == np.float32
    assert not np.array_equal(coded, sound)
    # Ends of the tone bursts stay put, measured on the loudness, which the alignment inside did not look at.
    loud = lambda x: np.convolve(np.abs(x), np.ones(160) / 160, "same")  # noqa: E731
    edges = np.flatnonzero(np.diff((loud(sound) > 0.1).astype(int)))
    moved = np.flatnonzero(np.diff((loud(coded) > 0.1 * loud(coded).max() / loud(sound).max()).astype(int)))
    assert np.median([np.abs(moved - e).min() for e in edges]) < 0.005 * 16000
    assert np.corrcoef(coded, sound)[0, 1] > 0.7


def test_a_delay_is_found_and_taken_out():
    rng = np.random.default_rng(1)
    sound = rng.standard_normal(8000).astype(np.float32)
    for delay in (-300, 0, 1105):
        moved = np.roll(np.pad(sound, (0, 2000)), delay)
        np.testing.assert_array_equal(codecs.aligned(moved, sound)[400:7000], sound[400:7000])
