"""Singing: festival's own singers, and any voice sung through the vocoder; notes held, with vibrato, over music."""

from __future__ import annotations

import numpy as np

from ...generator.features import SAMPLE_RATE
from . import festival, manners, music, vocoder
from .phones import VOWELS, Phone
from .spoken import shift_labels
from .track import Event, Track, from_spoken

_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FESTIVAL_SINGERS = ("kal_diphone", "ked_diphone")


def melody(count: int, rng: np.random.Generator) -> tuple[list[int], list[float], str]:
    """Draw notes: steps above the root in semitones, their lengths in beats, and the scale that they keep to."""
    scale = str(rng.choice(list(_SCALES)))
    steps, degree = _SCALES[scale], int(rng.choice([0, 2, 4]))
    notes, beats = [], []
    for i in range(count):
        notes.append(12 * (degree // 7) + steps[degree % 7])
        beats.append(float(rng.choice([0.5, 1.0, 1.0, 2.0], p=[0.35, 0.3, 0.2, 0.15])))
        degree = int(np.clip(degree + rng.choice([-2, -1, -1, 0, 1, 1, 2, 3]), -3, 9))
        if i == count - 2:
            degree = 7 * round(degree / 7)  # come home
    beats[-1] = 2.0
    return notes, beats, scale


def score(words: list[list[str]], notes: list[int], beats: list[float], root: int, beat_s: float) -> str:
    """Write festival's singing XML: words as lists of syllables, a note for each syllable; root as a MIDI number."""
    lines, at = [], 0
    for syllables in words:
        part = slice(at, at + len(syllables))
        keys = ",".join(f"{_NAMES[(root + n) % 12]}{(root + n) // 12 - 1}" for n in notes[part])
        lengths = ",".join(f"{b:.2f}" for b in beats[part])
        lines.append(f'<PITCH NOTE="{keys}"><DURATION BEATS="{lengths}">{"".join(syllables)}</DURATION></PITCH>')
        at += len(syllables)
    head = (
        '<?xml version="1.0"?>\n<!DOCTYPE SINGING PUBLIC "-//SINGING//DTD SINGING mark up//EN" "Singing.v0_1.dtd" []>'
    )
    return f'{head}\n<SINGING BPM="{60 / beat_s:.2f}">\n' + "\n".join(lines) + "\n</SINGING>\n"


def sung_by_festival(name: str, words: list[list[str]], beat_s: float, rng: np.random.Generator) -> tuple[Track, str]:
    """Sing words with a voice of festival, with vibrato; the track and the scale of its melody."""
    notes, beats, scale = melody(sum(map(len, words)), rng)
    root = int(rng.integers(55, 64))
    spoken = festival.sing(name, score(words, notes, beats, root, beat_s))
    track = from_spoken(shift_labels(spoken, festival.VOICES[name].lag_s))
    track = manners.trembling(track, rng, rng.uniform(4.8, 6.2), rng.uniform(0.006, 0.02), 0.06)
    return Track(track.samples, track.phones, _notes(track.phones)), scale


def sung_over(track: Track, beat_s: float, pitch_hz: float, rng: np.random.Generator) -> tuple[Track, str]:
    """Sing what a voice speaks: its vowels stretched to the lengths of notes, its breath and formants kept."""
    vowels = [p for p in track.phones if p.name in VOWELS]
    notes, beats, scale = melody(max(2, len(vowels)), rng)
    new, old = _time_map(track, vowels, np.array(beats) * beat_s, beat_s / 2)
    count = round(new[-1] * SAMPLE_RATE)
    move = lambda t: float(np.interp(t, old, new))  # noqa: E731
    phones = [Phone(move(p.start_s), move(p.end_s), p.name) for p in track.phones]
    spectra = np.abs(vocoder.spectra(track.samples))
    frame_s = vocoder.HOP / SAMPLE_RATE
    at = np.interp(np.arange(count // vocoder.HOP + 1) * frame_s, new, old) / frame_s
    envelope = vocoder.envelopes(spectra)[np.clip(np.round(at).astype(int), 0, len(spectra) - 1)]
    pitch = _contour([p for p in phones if p.name in VOWELS], notes, pitch_hz, count, rng)
    voiced = np.repeat(manners.voicing(phones, len(envelope), frame_s), vocoder.HOP)[:count]
    noise = rng.standard_normal(count, np.float32)
    source = voiced * vocoder.pulses(pitch)[: len(voiced)] + (1 - 0.94 * voiced) * noise[: len(voiced)]
    samples = vocoder.excite(envelope, np.pad(source, (0, count - len(source))))
    samples *= np.abs(track.samples).max() / (np.abs(samples).max() + 1e-6)
    return Track(samples.astype(np.float32), phones, _notes(phones)), scale


def _time_map(
    track: Track, vowels: list[Phone], lengths: np.ndarray, half_beat_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pair instants of the song with those of the speech: vowels begin on the notes, consonants keep their length."""
    start = vowels[0].start_s if vowels else 0.0
    new, old, onset = [0.0], [0.0], start
    for i, vowel in enumerate(vowels):
        after = vowels[i + 1].start_s if i + 1 < len(vowels) else track.seconds
        between = after - vowel.end_s
        natural = vowel.end_s - vowel.start_s
        least = (
            between + 0.6 * natural
        )  # a note that would be over before it is said lasts another half beat, and another
        length = max(lengths[i], half_beat_s * np.ceil(least / half_beat_s))
        held = length - between
        new += [onset, onset + held]
        old += [vowel.start_s, vowel.end_s]
        onset += held + between
    rows = np.array([new, old])
    if track.seconds > rows[1, -1] + 1e-3:
        rows = np.concatenate([rows, [[rows[0, -1] + track.seconds - rows[1, -1]], [track.seconds]]], axis=1)
    rising = np.concatenate([[True], (np.diff(rows[1]) > 1e-4) & (np.diff(rows[0]) > 1e-4)])
    return rows[0, rising], rows[1, rising]


def _contour(vowels: list[Phone], notes: list[int], root_hz: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """Pitch in Hz of each sample: glides of 60 ms into the notes, and vibrato that comes in late."""
    step = 0.005
    time = np.arange(0, count / SAMPLE_RATE + step, step)
    semitones = np.full(len(time), float(notes[0]))
    vibrato = np.zeros(len(time))
    for vowel, note in zip(vowels, notes, strict=False):
        semitones[time >= vowel.start_s - 0.05] = note
        held = (time >= vowel.start_s) & (time < vowel.end_s)
        vibrato[held] = np.clip((time[held] - vowel.start_s - 0.15) / 0.3, 0, 1)
    window = np.hanning(14)
    semitones = np.convolve(np.pad(semitones, 6, mode="edge"), window / window.sum(), "same")[6:-6]
    wave = rng.uniform(0.25, 0.6) * np.sin(2 * np.pi * rng.uniform(4.8, 6.4) * time)
    hz = root_hz * 2 ** ((semitones + vibrato * wave) / 12)
    return np.interp(np.arange(count) / SAMPLE_RATE, time, hz)


def _notes(phones: list[Phone]) -> list[Event]:
    return [Event(p.start_s, p.end_s, "note") for p in phones if p.name in VOWELS]


def accompanied(track: Track, beat_s: float, root_hz: float, scale: str, rng: np.random.Generator) -> Track:
    """Put music under a song, a beat on the first vowel, its peak 22 to 6 dB below the singer's."""
    first = next((p.start_s for p in track.phones if p.name in VOWELS), 0.0) % beat_s
    band = music.accompaniment(track.seconds + beat_s, beat_s, root_hz, scale, rng)
    skip = round((beat_s - first) % beat_s * SAMPLE_RATE)
    under = band.samples[skip : skip + len(track.samples)]
    gain = np.abs(track.samples).max() * 10 ** rng.uniform(-1.1, -0.3)
    shift = skip / SAMPLE_RATE
    beats = [Event(b.start_s - shift, min(b.end_s - shift, track.seconds), "beat") for b in band.events
             if shift <= b.start_s < track.seconds + shift - 0.02]  # fmt: skip
    return Track(track.samples + gain * under, track.phones, sorted([*track.events, *beats]))
