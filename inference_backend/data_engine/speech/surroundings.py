"""Surroundings of a voice: room, microphone, noise, babble, codec, level. None of them moves anything in time."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import fft

from ...generator.features import SAMPLE_RATE
from . import codecs, texts, voices
from .music import coloured_noise
from .track import from_spoken
from .utterance import Utterance

_CODEC_SHARE = 0.22
_BABBLE_VOICES = ("espeak:en-us+f2", "espeak:en-us+m3", "flite:kal16", "espeak:en-us+f4", "espeak:en-us+m1")
_BABBLE_S = 12.0


def surround(utterance: Utterance, rng: np.random.Generator) -> Utterance:
    """Put an utterance into a drawn room, before a drawn microphone; its phones and events stay where they are."""
    samples, done = utterance.samples, {}
    response, done["room_s"] = _response(len(samples) + SAMPLE_RATE, rng)
    size = 2 * (len(response) - 1)
    loudness = _rms(samples)
    spectrum = np.asarray(fft.rfft(samples.astype(np.float32), size))
    samples = np.asarray(fft.irfft(spectrum * response, size))[: len(samples)]
    samples *= loudness / (_rms(samples) + 1e-9)
    samples, done["noise_db"] = _noisy(samples, loudness, rng)
    if rng.random() < 0.12:
        snr = rng.uniform(8, 25)
        samples = samples + loudness * 10 ** (-snr / 20) * _babble_part(len(samples), rng)
        done["babble_db"] = round(snr, 1)
    samples = samples * 10 ** rng.uniform(-0.5, 0.3)
    if rng.random() < 0.04:
        samples = np.clip(samples, -0.5 * np.abs(samples).max(), 0.5 * np.abs(samples).max())
        done["clipped"] = True
    samples = samples / max(1.0, np.abs(samples).max() / 0.99)
    if rng.random() < _CODEC_SHARE:
        done["codec"] = str(rng.choice(codecs.CODECS, p=[0.25, 0.2, 0.2, 0.35]))
        samples = codecs.coded(samples.astype(np.float32), done["codec"], rng)
    provenance = {**utterance.provenance, "surroundings": done}
    return dataclasses.replace(utterance, samples=samples.astype(np.float32), provenance=provenance)


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float32)) + 1e-12))


def _response(least: int, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Spectrum complex [size // 2 + 1] of a room with a microphone, for the first fast size from `least` on; its RT60.

    The direct sound comes at once.
    """
    size: Any = fft.next_fast_len(least, real=True)
    hz = np.linspace(0, SAMPLE_RATE / 2, size // 2 + 1, dtype=np.float32)
    response = np.ones(len(hz), np.complex64)
    seconds = 0.0
    if rng.random() < 0.6:
        seconds = float(rng.uniform(0.12, 0.8))
        room = _room(seconds, rng)
        response = np.asarray(fft.rfft(room, size))
    if rng.random() < 0.6:
        knots = np.geomspace(60, 8000, 7)
        decibels = np.interp(np.log(hz + 1), np.log(knots), rng.normal(0, 3.5, 7))
        response = response * 10 ** (decibels / 20).astype(np.float32)
    if rng.random() < 0.3:  # a small microphone
        low, high = rng.uniform(60, 250), rng.uniform(4500, 7900)
        response = response * np.clip(hz / low, 0.03, 1) * np.clip((high - hz) / 600 + 1, 0.01, 1)
    return response, round(seconds, 2)


def _room(seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Impulse response: the direct sound, a few early reflections, and a tail that falls 60 dB in some seconds."""
    count = round(min(seconds, 0.5) * SAMPLE_RATE)
    age = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    tail = rng.standard_normal(count, np.float32) * np.exp(-6.9 / seconds * age) * np.clip((age - 0.004) / 0.02, 0, 1)
    out = tail * 10 ** (rng.uniform(-20, -3) / 20) / (np.sqrt(np.sum(tail**2)) + 1e-9)
    for at in rng.uniform(0.002, 0.03, 6):
        out[round(at * SAMPLE_RATE)] += rng.normal(0, 0.12)
    out[0] = 1.0
    return out


def _noisy(samples: np.ndarray, loudness: float, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Lay a noise floor under a sound, mostly far below it; the ratio in dB."""
    ratio = float(rng.uniform(30, 65) if rng.random() < 0.75 else rng.uniform(12, 30))
    level = max(loudness, 0.01) * 10 ** (-ratio / 20)
    return samples + level * coloured_noise(len(samples), rng), round(ratio, 1)


@lru_cache(maxsize=1)
def _babble() -> np.ndarray:
    """Several voices that talk at once, of unit RMS, float32: made once in a process, always the same."""
    rng = np.random.default_rng(20)
    count = round(_BABBLE_S * SAMPLE_RATE)
    out = np.zeros(count, np.float32)
    names = [v for v in _BABBLE_VOICES if v in voices.available()]
    for name in names:
        parts = [from_spoken(s).samples for s in voices.speak(name, [texts.passage(rng, 220)])]
        voice = np.resize(np.concatenate(parts), count)
        out += np.roll(voice / (_rms(voice) + 1e-9), rng.integers(count))
    return out / _rms(out) if names else coloured_noise(count, rng)


def _babble_part(count: int, rng: np.random.Generator) -> np.ndarray:
    babble = _babble()
    return np.resize(np.roll(babble, -int(rng.integers(len(babble)))), count)
