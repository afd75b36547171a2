from __future__ import annotations

import numpy as np

from inference_backend.generator import features


def tone(hz: float, seconds: float, level: float = 0.1) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * 16000)) / 16000)).astype(np.float32)


def test_frames_cover_the_sound_and_pair_up():
    mel = features.log_mel(tone(440, 1.0))
    assert mel.shape == (2 * features.network_frames(16000), 80)
    assert len(mel) // 2 >= 51


def test_a_click_lands_in_the_frame_of_its_time():
    samples = np.zeros(16000, np.float32)
    samples[8000] = 1.0
    assert abs(int(features.log_mel(samples).sum(1).argmax()) - 50) <= 1


def test_speaking_level_does_not_matter_within_bounds():
    quiet, loud = features.log_mel(tone(300, 1.0, 0.02)), features.log_mel(tone(300, 1.0, 0.5))
    np.testing.assert_allclose(quiet, loud, atol=0.05)


def test_near_silence_stays_quiet():
    assert features.log_mel(np.zeros(16000, np.float32)).max() < features.log_mel(tone(300, 1.0))[20:80].max() - 2
