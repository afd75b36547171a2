from __future__ import annotations

import numpy as np

from inference_backend.data_engine.gestures.places import places
from inference_backend.data_engine.speech.phones import Phone

RATE = 16000
SYLLABLES = [
    (0.5, 0.2, 0.3),
    (1.0, 0.2, 0.05),
    (1.5, 0.25, 0.4),
    (2.6, 0.2, 0.3),
    (3.1, 0.2, 0.06),
]  # at_s, for_s, level


def sound() -> np.ndarray:
    rng = np.random.default_rng(0)
    samples = 0.0005 * rng.normal(size=4 * RATE)
    for at, length, level in SYLLABLES:
        part = slice(round(at * RATE), round((at + length) * RATE))
        samples[part] += level * rng.normal(size=part.stop - part.start) * np.hanning(part.stop - part.start)
    return samples.astype(np.float32)


def phones() -> list[Phone]:
    found, last = [], 0.0
    for at, length, _ in SYLLABLES:
        found += [Phone(last, at - 0.08, "SIL")] if at - last > 0.5 else []
        found += [Phone(at - 0.08, at, "M"), Phone(at, at + length, "AA")]
        last = at + length
    return [*found, Phone(last, 4.0, "SIL")]


def test_phones_and_loudness_tell_the_stressed_syllables_and_phrase_ends():
    found = places(phones(), sound(), 4.0, np.random.default_rng(0))
    stresses = [p.at_s for p in found if p.why == "stress"]
    ends = [p.at_s for p in found if p.why == "phrase end"]
    assert any(abs(at - 1.625) < 0.02 for at in stresses)
    assert not any(abs(at - 1.1) < 0.1 or abs(at - 3.2) < 0.1 for at in stresses)  # the quiet ones
    assert any(abs(at - 1.75) < 0.02 for at in ends)
    assert any(abs(at - 3.3) < 0.02 for at in ends)
    assert found == sorted(found)


def test_without_phones_the_energy_tells_nearly_the_same():
    found = places(None, sound(), 4.0, np.random.default_rng(0))
    stresses = [p.at_s for p in found if p.why == "stress"]
    assert any(abs(at - 1.625) < 0.06 for at in stresses)
    assert not any(abs(at - 1.1) < 0.1 or abs(at - 3.2) < 0.1 for at in stresses)
    assert any(abs(p.at_s - 1.8) < 0.12 for p in found if p.why == "phrase end")


def test_in_silence_gestures_fall_anywhere():
    quiet = (1e-4 * np.random.default_rng(0).normal(size=8 * RATE)).astype(np.float32)
    for samples in (quiet, None):
        found = places(None, samples, 8.0, np.random.default_rng(1))
        assert len(found) >= 3
        assert {p.why for p in found} == {"free"}
        assert all(0 < p.at_s < 8 for p in found)
