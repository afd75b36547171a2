from __future__ import annotations

import numpy as np
import pytest

from inference_backend.data_engine.speech.phones import PHONES, Phone, from_espeak, from_festival, per_frame


def test_festival_names_become_arpabet():
    assert [from_festival(n)[0] for n in ("pau", "ax", "hh", "nonsense")] == ["SIL", "AH", "HH", "SIL"]


def test_a_stop_takes_back_the_silence_before_it():
    rate = 16000
    wave = np.full(rate, 0.1, np.float32)
    wave[4800:6400] = 0.0  # the closure: 0.3 to 0.4 s; the raw label says that p starts at 0.4 s
    phones = from_espeak([[0.0, 0.4, "a"], [0.4, 0.5, "p"], [0.5, 1.0, "a"]], wave, rate)
    assert [p.name for p in phones] == ["AE", "P", "AE"]
    assert phones[1].start_s == pytest.approx(0.3, abs=1e-3)
    assert phones[0].end_s == phones[1].start_s


def test_a_coda_sonorant_gets_a_share_of_its_vowel():
    wave = np.full(16000, 0.1, np.float32)
    phones = from_espeak([[0.0, 0.3, "O:"], [0.3, 0.3, "l"], [0.3, 1.0, "_"]], wave, 16000)
    assert [p.name for p in phones][:2] == ["AO", "L"]
    assert phones[1].end_s - phones[1].start_s == pytest.approx(0.11, abs=1e-6)


def test_frames_take_the_phone_that_stands_at_their_time():
    ids = per_frame([Phone(0.02, 0.05, "M")], 5, 50.0)
    assert [PHONES[i] for i in ids] == ["SIL", "M", "M", "SIL", "SIL"]
