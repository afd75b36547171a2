"""Music and other sounds without words: chords over a beat, noise, tones and silence."""

from __future__ import annotations

import numpy as np

from ...generator.features import SAMPLE_RATE
from .phones import SILENCE, Phone
from .track import Event, Track

_CHORDS = {
    "major": ((0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16)),
    "minor": ((0, 3, 7), (5, 8, 12), (7, 11, 14), (8, 12, 15)),
}
_BEAT_S = 0.12  # how long the mark of a beat lasts


def accompaniment(seconds: float, beat_s: float, root_hz: float, scale: str, rng: np.random.Generator) -> Track:
    """Play chords of a key, a bar each, plucked or bowed, perhaps with drums, from the first beat at zero."""
    count = round(seconds * SAMPLE_RATE)
    out = np.zeros(count + round(beat_s * SAMPLE_RATE) * 4, np.float32)
    decay, harmonics = rng.uniform(0.8, 6), 1 + int(rng.integers(2, 6))
    beats = np.arange(0, seconds, beat_s)
    notes = [_chord(root_hz, chord, beat_s, decay, harmonics) for chord in _CHORDS[scale]]
    drums = _drums(rng) if rng.random() < 0.5 else None
    order = rng.permutation(4)
    for i, start in enumerate(beats):
        at = round(start * SAMPLE_RATE)
        note = notes[0 if i < 4 else order[i // 4 % 4]] * (1.0 if i % 4 == 0 else 0.7)
        out[at : at + len(note)] += note
        if drums is not None:
            drum = drums[i % 2]
            out[at : at + len(drum)] += drum
    marks = [Event(float(b), float(min(b + _BEAT_S, seconds)), "beat") for b in beats]
    return Track(out[:count] / (np.abs(out).max() + 1e-6), [Phone(0.0, seconds, SILENCE)], marks)


def _chord(root_hz: float, steps: tuple[int, ...], beat_s: float, decay: float, harmonics: int) -> np.ndarray:
    age = np.arange(round(1.6 * beat_s * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    out = np.zeros_like(age)
    for step in (steps[0] - 12, *steps):
        for harmonic in range(1, harmonics):
            hz = root_hz * 2 ** (step / 12) * harmonic
            if hz < 7000:
                out += np.sin(np.float32(2 * np.pi * hz) * age) / harmonic**1.3
    return out * np.exp(-decay * age) * np.minimum(1, age / 0.006) * np.minimum(1, (age[-1] - age) / 0.03)


def _drums(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    age = np.arange(round(0.2 * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    kick = 3 * np.sin(2 * np.pi * (45 * age + 4 * (1 - np.exp(-30 * age)))) * np.exp(-14 * age)
    hat = rng.standard_normal(len(age), np.float32) * np.exp(-rng.uniform(20, 60) * age)
    return kick, hat


def wordless(rng: np.random.Generator) -> tuple[Track, str]:
    """Music, noise, tones, clicks or near silence, to which no mouth should move, and its kind."""
    seconds = float(rng.uniform(3.0, 7.0))
    kind = str(rng.choice(["music", "noise", "silence", "tones"], p=[0.45, 0.3, 0.15, 0.1]))
    track = Track(np.zeros(round(seconds * SAMPLE_RATE), np.float32), [Phone(0.0, seconds, SILENCE)])
    if kind == "music":
        root, scale = 110 * 2 ** rng.uniform(-0.5, 1), str(rng.choice(["major", "minor"]))
        track = accompaniment(track.seconds, rng.uniform(0.35, 0.9), root, scale, rng)
        return track.sounding(10 ** rng.uniform(-1.3, -0.3) * track.samples), kind
    time = np.arange(len(track.samples)) / SAMPLE_RATE
    noise = coloured_noise(len(time), rng)
    if kind == "noise":
        swell = 1 + rng.uniform(0, 1) * np.sin(2 * np.pi * rng.uniform(0.1, 4) * time)
        return track.sounding(10 ** rng.uniform(-2.5, -1) * swell * noise), kind
    if kind == "tones":
        beep = np.sin(2 * np.pi * rng.uniform(200, 2500) * time) * (
            np.sin(2 * np.pi * rng.uniform(0.3, 3) * time) > 0.3
        )
        return track.sounding(10 ** rng.uniform(-2, -0.8) * beep + 1e-3 * noise), kind
    return track.sounding(10 ** rng.uniform(-5, -3.3) * noise), kind


def coloured_noise(count: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of unit RMS between white and brown, float32 [count]: up to 2 s of it, repeated."""
    loop = min(count, 2 * SAMPLE_RATE)
    spectrum = np.fft.rfft(rng.standard_normal(loop, np.float32))
    slope = np.maximum(np.arange(len(spectrum)), loop / 800) ** -rng.uniform(0.0, 1.2)
    noise = np.fft.irfft(spectrum * slope, loop)
    return np.resize(noise / (noise.std() + 1e-12), count).astype(np.float32)
