"""Sounds of a body besides words: laughter, sobs, wails, sniffs and breaths, made by a small formant synthesizer.

Rates and contours follow measurements of spontaneous laughter (Bachorowski, Smoski and Owren 2001: about 4.5 calls a
second, breathy onsets, pitch well above speech and falling) and of crying (Provine 2012: short in-breaths in volleys).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from ...generator.features import SAMPLE_RATE
from . import vocoder
from .phones import SILENCE, Phone
from .track import Event, Track, join, silence

# First four formants in Hz of an adult male vocal tract, by vowel (Peterson and Barney 1952, rounded).
_FORMANTS = {"AA": (750, 1150, 2450, 3400), "AH": (640, 1200, 2400, 3400), "EH": (550, 1800, 2500, 3500),
             "OW": (480, 900, 2400, 3300), "IY": (300, 2250, 2950, 3600), "UW": (320, 900, 2250, 3300),
             "AE": (680, 1700, 2450, 3500), SILENCE: (500, 1500, 2500, 3500)}  # fmt: skip


def _shaped(source: np.ndarray, vowel: str, tract: float) -> np.ndarray:
    """Let a source sound through the formants of a vowel; tract > 1 is a longer vocal tract."""
    out = source
    for i, hz in enumerate(_FORMANTS[vowel]):
        radius = np.exp(-np.pi * (60 + 40 * i) / SAMPLE_RATE)
        cosine = np.cos(2 * np.pi * min(hz / tract, 7000) / SAMPLE_RATE)
        out = np.asarray(lfilter([1 - 2 * radius * cosine + radius**2], [1, -2 * radius * cosine, radius**2], out))
    return out


def _voice(
    pitch_hz: np.ndarray, loudness: np.ndarray, breath: np.ndarray, vowel: str, tract: float, rng: np.random.Generator
) -> np.ndarray:
    """Voice with pitch, loudness and breath each given per sample; float32 [N]."""
    jitter = 1 + 0.015 * np.interp(np.arange(len(pitch_hz)), np.arange(0, len(pitch_hz) + 160, 160),
                                   rng.normal(size=len(range(0, len(pitch_hz) + 160, 160))))  # fmt: skip
    glottis = lfilter([0.2], [1, -0.82], vocoder.pulses(pitch_hz * jitter))
    source = loudness * glottis + 0.35 * breath * rng.standard_normal(len(pitch_hz))
    return (0.5 * np.diff(_shaped(source, vowel, tract), prepend=0.0) + 0.04 * source).astype(np.float32)


def _breath_noise(seconds: float, vowel: str, tract: float, rng: np.random.Generator) -> np.ndarray:
    """Let air move, swell and ebb."""
    count = round(seconds * SAMPLE_RATE)
    swell = np.sin(np.pi * np.linspace(0, 1, count) ** rng.uniform(0.7, 1.4)) ** 1.5
    noise = _shaped(swell * rng.standard_normal(count), vowel, tract)
    return (0.6 * np.diff(noise, prepend=0.0) + 0.1 * noise).astype(np.float32)


def breath_in(seconds: float, level: float, tract: float, rng: np.random.Generator) -> Track:
    """Breathe in through the mouth, audibly, and hold a moment before speaking."""
    noise = _breath_noise(seconds, str(rng.choice([SILENCE, "AH"])), tract, rng)
    return join([_quiet(noise, level, "breath_in"), silence(rng.uniform(0.03, 0.12))])


def sniff(level: float, tract: float, rng: np.random.Generator) -> Track:
    """Draw air through a wet nose, once or twice, lips closed."""
    parts = []
    for _ in range(rng.choice([1, 1, 2])):
        count = round(rng.uniform(0.14, 0.32) * SAMPLE_RATE)
        rise = np.linspace(0, 1, count) ** 1.5 * np.minimum(1, np.linspace(12, 0, count))
        flutter = 1 + 0.5 * np.sign(np.sin(2 * np.pi * rng.uniform(25, 45) * np.arange(count) / SAMPLE_RATE))
        noise = np.asarray(lfilter([1, -0.9], [1, 0, 0.35], rise * flutter * rng.standard_normal(count)))
        parts += [_quiet(noise.astype(np.float32) / 3, level, "sniff"), silence(rng.uniform(0.05, 0.2))]
    return join(parts)


def _quiet(noise: np.ndarray, level: float, kind: str) -> Track:
    """Make one event of a sound without phones, brought to a peak level."""
    seconds = len(noise) / SAMPLE_RATE
    samples = (level * noise / (np.abs(noise).max() + 1e-6)).astype(np.float32)
    return Track(samples, [Phone(0.0, seconds, SILENCE)], [Event(0.0, seconds, kind)])  # type: ignore[arg-type]


def laughter(pitch_hz: float, level: float, tract: float, bouts: Sequence[int], rng: np.random.Generator) -> Track:
    """Laugh in bouts of some "ha" each, falling in pitch and loudness, with in-breaths between the bouts."""
    vowel = str(rng.choice(["AA", "AH", "AH", "EH", "OW", "AE"]))
    parts: list[Track] = []
    for calls in bouts:
        if parts:
            parts.append(breath_in(rng.uniform(0.25, 0.55), 0.25 * level, tract, rng))
        parts.append(_bout(pitch_hz * rng.uniform(0.9, 1.15), level, tract, calls, vowel, rng))
        level *= rng.uniform(0.7, 1.0)
    return join(parts)


def _bout(pitch: float, level: float, tract: float, calls: int, vowel: str, rng: np.random.Generator) -> Track:
    rate, fall = rng.uniform(4.0, 6.0), rng.uniform(0.9, 0.97)
    parts: list[Track] = []
    for i in range(calls):
        period = rng.uniform(0.92, 1.1) * (1 + 0.05 * i) / rate
        loud = level * fall ** (1.6 * i) * rng.uniform(0.85, 1.1) * (0.7 if i == 0 and calls > 2 else 1.0)
        parts.append(_call(pitch * fall**i * rng.uniform(0.97, 1.04), loud, period, vowel, tract, rng))
    return join(parts)


def _call(pitch: float, level: float, period: float, vowel: str, tract: float, rng: np.random.Generator) -> Track:
    """One "ha": breath that opens into a vowel, which falls, and perhaps a rest."""
    breath_s = period * rng.uniform(0.28, 0.42)
    vowel_s = period * rng.uniform(0.38, 0.5)
    rest_s = period - breath_s - vowel_s
    count = round((breath_s + vowel_s) * SAMPLE_RATE)
    age = np.arange(count) / SAMPLE_RATE - breath_s
    voiced = np.clip(age / 0.012, 0, 1) * np.clip((vowel_s - age) / (0.5 * vowel_s), 0, 1) ** 0.7
    aspirated = np.clip((age + breath_s) / (0.6 * breath_s), 0, 1) * np.clip(1 - age / vowel_s, 0, 1) * 0.6
    contour = pitch * (1.06 - 0.22 * np.clip(age / vowel_s, 0, 1))
    samples = _voice(contour, voiced, aspirated * np.where(age > 0, 0.5, 1.0), vowel, tract, rng)
    samples = level * samples / (np.abs(samples).max() + 1e-6)
    phones = [Phone(0.0, breath_s, "HH"), Phone(breath_s, breath_s + vowel_s, vowel)]
    call = Track(samples.astype(np.float32), phones, [Event(0.0, breath_s + vowel_s, "laugh")])
    return join([call, silence(rest_s)])


def sobs(pitch_hz: float, level: float, tract: float, rng: np.random.Generator) -> Track:
    """Sob: a volley of two to five rapid in-breaths, some of them voiced, ebbing."""
    parts: list[Track] = []
    rate = rng.uniform(3.2, 5.5)
    for i in range(rng.integers(2, 6)):
        seconds = rng.uniform(0.55, 0.75) / rate
        count = round(seconds * SAMPLE_RATE)
        shape = np.sin(np.pi * np.linspace(0, 1, count)) ** 0.8
        voiced = shape * (rng.random() < 0.5) * rng.uniform(0.3, 0.8)
        rise = pitch_hz * np.linspace(1.3, 1.7, count)
        gasp = _voice(rise, voiced, 1.2 * shape, "AH", tract, rng)
        part = _quiet(gasp, level * 0.85**i, "sob")
        parts += [part, silence(max(0.03, 1 / rate - seconds) * rng.uniform(0.7, 1.2))]
    return join(parts)


def wail(pitch_hz: float, level: float, tract: float, rng: np.random.Generator) -> Track:
    """Weep one long vowel: rising a little, then sinking, trembling six to eight times a second, breathy at its end."""
    seconds = rng.uniform(0.5, 1.3)
    count = round(seconds * SAMPLE_RATE)
    age = np.linspace(0, 1, count)
    vowel = str(rng.choice(["AA", "AH", "UW", "OW", "EH"]))
    tremor = np.sin(2 * np.pi * rng.uniform(6, 8) * age * seconds + rng.uniform(0, 6))
    contour = pitch_hz * rng.uniform(1.3, 1.8) * (1 + 0.12 * np.sin(np.pi * age) - 0.3 * age**1.5) * (1 + 0.04 * tremor)
    loud = np.clip(age / 0.1, 0, 1) * np.clip((1 - age) / 0.45, 0, 1) * (1 + 0.35 * tremor)
    cracked = 1 - 0.9 * (np.abs(age - rng.uniform(0.3, 0.8)) < 0.04)
    samples = _voice(contour, loud * cracked, 0.15 + 0.5 * age, vowel, tract, rng)
    fade = np.clip((1 - age) / 0.06, 0, 1) * np.clip(age / 0.03, 0, 1)
    samples = fade * level * samples / (np.abs(samples).max() + 1e-6)
    breath_s = min(0.1, 0.1 * seconds)
    phones = [Phone(0.0, breath_s, "HH"), Phone(breath_s, seconds, vowel)]
    return join([Track(samples.astype(np.float32), phones), silence(rng.uniform(0.1, 0.35))])
