from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference_backend.data_engine.prompts.prompt import Attributes
from inference_backend.data_engine.speech import (
    bodies,
    casting,
    espeak,
    manners,
    singing,
    surroundings,
    vocoder,
    voices,
)
from inference_backend.data_engine.speech.delivery import Manner, with_halts
from inference_backend.data_engine.speech.phones import PHONE_ID, SILENCE, VOWELS
from inference_backend.data_engine.speech.track import from_spoken
from inference_backend.data_engine.speech.utterance import utter, wordless

ACTIVITIES = ("speaks", "whispers", "shouts", "laughs", "cries", "sings")
needs_voices = pytest.mark.skipif(not voices.catalogue(), reason="no speech engine is installed")
needs_espeak = pytest.mark.skipif(not espeak.installed(), reason="espeak-ng is not installed")


def _digest(vocal: str, seed: int) -> str:
    utterance = utter(Attributes(vocal=vocal, level=0.5), np.random.default_rng([3, seed]))
    words = f"{utterance.phones}{utterance.events}{utterance.text}{utterance.provenance}".encode()
    return hashlib.sha256(utterance.samples.tobytes() + words).hexdigest()


@needs_voices
@pytest.mark.parametrize("vocal", ACTIVITIES)
def test_phones_cover_every_utterance_and_events_lie_in_it(vocal: str):
    kinds = set()
    for seed in range(4):
        u = utter(Attributes(vocal=vocal, level=0.8, emotion="happy"), np.random.default_rng([1, seed]))
        end_s = len(u.samples) / 16000
        assert u.samples.dtype == np.float32
        assert np.abs(u.samples).max() <= 1
        assert u.phones[0].start_s == 0
        assert u.phones[-1].end_s == pytest.approx(end_s, abs=1e-3)
        assert all(a.end_s == pytest.approx(b.start_s, abs=1e-6) for a, b in zip(u.phones, u.phones[1:], strict=False))
        assert all(p.name in PHONE_ID and p.end_s > p.start_s for p in u.phones)
        assert all(0 <= e.start_s < e.end_s <= end_s + 1e-6 for e in u.events)
        kinds |= {e.kind for e in u.events}
    expected = {"laughs": {"laugh"}, "cries": {"sob"}, "sings": {"note", "beat"}}
    assert expected.get(vocal, set()) <= kinds


@needs_voices
def test_the_same_state_gives_the_same_bytes_in_another_process_and_order():
    code = ("from tests.inference_backend.data_engine.speech.test_utterance import _digest, ACTIVITIES;"
            "print([_digest(v, s) for v in ACTIVITIES for s in (4,)])")  # fmt: skip
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                           cwd=Path(__file__).parents[4])  # fmt: skip
    here = {(v, s): _digest(v, s) for s in (4,) for v in reversed(ACTIVITIES)}
    assert other.stdout.strip() == str([here[v, s] for v in ACTIVITIES for s in (4,)])


@needs_espeak
def test_a_whisper_has_no_pitch_and_keeps_its_stops():
    track = from_spoken(voices.speak("espeak:en-us", ["my mother made a map of the moon"])[0])
    whisper = manners.whispered(track, np.random.default_rng(0))
    spots = [(p.start_s + p.end_s) / 2 for p in track.phones if p.name in VOWELS and p.end_s - p.start_s > 0.07]
    assert np.median([_periodicity(track.samples, s)[0] for s in spots]) > 0.6
    assert np.median([_periodicity(whisper.samples, s)[0] for s in spots]) < 0.45
    assert whisper.phones == track.phones


def _periodicity(samples: np.ndarray, at_s: float, low_hz: float = 70.0, high_hz: float = 260.0) -> tuple[float, float]:
    """Greatest correlation of 20 ms with what follows a period later, and the pitch in Hz of that period."""
    start = round(at_s * 16000)
    part = lambda lag: samples[start + lag : start + lag + 320]  # noqa: E731
    like = lambda lag: float(np.corrcoef(part(0), part(lag))[0, 1])  # noqa: E731
    return max((like(lag), 16000 / lag) for lag in range(round(16000 / high_hz), round(16000 / low_hz)))


def test_laughter_comes_four_to_six_times_a_second_and_falls():
    laugh = bodies.laughter(220.0, 0.3, 1.0, [6], np.random.default_rng(1))
    starts = np.array([e.start_s for e in laugh.events])
    assert [e.kind for e in laugh.events] == ["laugh"] * 6
    assert 1 / 6.8 < np.diff(starts).mean() < 1 / 3.4
    vowels = [p for p in laugh.phones if p.name in VOWELS]
    pitches = [_periodicity(laugh.samples, p.start_s + 0.02, 150.0, 300.0)[1] for p in vowels[:4]]
    assert pitches[0] > 1.04 * pitches[3]
    rests = [p for p in laugh.phones if p.name == SILENCE]
    quiet = [np.abs(laugh.samples[round(p.start_s * 16000) + 1 : round(p.end_s * 16000) - 1]).max() for p in rests]
    assert max(quiet) < 0.01


@needs_espeak
def test_a_song_holds_its_notes_on_pitch_and_beat():
    rng = np.random.default_rng(5)
    spoken = from_spoken(voices.speak("espeak:en-us+m3", ["my mama may be away"])[0])
    song, _ = singing.sung_over(spoken, 0.5, 150.0, rng)
    vowels = [p for p in song.phones if p.name in VOWELS and p.end_s - p.start_s > 0.25]
    assert song.seconds > spoken.seconds
    onsets = [p.start_s for p in song.phones if p.name in VOWELS]
    off = [abs((t - onsets[0]) / 0.25 - round((t - onsets[0]) / 0.25)) for t in onsets]
    assert max(off) < 0.05
    for vowel in vowels:
        hz = vocoder.median_pitch(song.samples, [(vowel.start_s + vowel.end_s) / 2])
        semitones = 12 * np.log2(hz / 150.0)
        assert abs(semitones - round(semitones)) < 0.75


@needs_voices
def test_nothing_is_said_in_a_wordless_sound():
    u = wordless(np.random.default_rng(1))
    assert [p.name for p in u.phones] == [SILENCE]
    assert u.text == ""


@needs_voices
def test_hurried_speech_is_faster_and_halting_speech_stops():
    def rate(stretch: float) -> float:
        cast = casting.speech(Manner(stretch=stretch), np.random.default_rng(3), voice=casting.draw_voice(
            np.random.default_rng(1), english=True))  # fmt: skip
        spoken = [p for p in cast.track.phones if p.name != SILENCE]
        return len(spoken) / sum(p.end_s - p.start_s for p in spoken)

    assert rate(0.72) > 1.4 * rate(1.4)
    halting = with_halts("we never saw the old boat again", 1.0, True, np.random.default_rng(0))
    assert halting.count(",") >= 6


@needs_voices
def test_surroundings_leave_sounds_where_they_were():
    for seed in range(3):
        rng = np.random.default_rng([2, seed])
        u = utter(Attributes(level=0.5), rng)
        around = surroundings.surround(u, rng)
        assert len(around.samples) == len(u.samples)
        assert around.phones == u.phones
        assert abs(_lag_s(around.samples, u.samples)) < 0.005
        assert np.abs(around.samples).max() <= 1.2
        assert "room_s" in around.provenance["surroundings"]


def _lag_s(sound: np.ndarray, reference: np.ndarray) -> float:
    size = 2 * len(reference)
    cross = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(reference, size)))
    at = int(np.argmax(cross))
    return (at - size if at > len(reference) else at) / 16000
