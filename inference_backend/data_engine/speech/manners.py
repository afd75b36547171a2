"""Ways of speaking that change the sound of a whole track: whispered, shouted, trembling, brighter or duller."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.signal import lfilter

from ...generator.features import SAMPLE_RATE
from . import vocoder
from .phones import SILENCE, VOWELS, Phone
from .track import Track

_VOICELESS = frozenset({"P", "T", "K", "CH", "F", "TH", "S", "SH", "HH"})


def voicing(phones: list[Phone], frames: int, frame_s: float) -> np.ndarray:
    """How voiced each frame is, float32 [frames] from 0 to 1."""
    out = np.zeros(frames, np.float32)
    for phone in phones:
        if phone.name != SILENCE and phone.name not in _VOICELESS:
            value = 0.5 if phone.name in ("Z", "ZH", "V", "DH", "JH") else 1.0
            out[round(phone.start_s / frame_s) : round(phone.end_s / frame_s)] = value
    return out


def whispered(track: Track, rng: np.random.Generator, share: np.ndarray | None = None) -> Track:
    """Replace the voice by breath through the same vocal tract; share float [N] mixes it in part by part.

    What was voiced sinks by 14 dB and loses its lows, since an open glottis takes away what is below the first
    formant; what was breath stays.
    """
    spectra = np.abs(vocoder.spectra(track.samples))
    voiced = voicing(track.phones, len(spectra), vocoder.HOP / SAMPLE_RATE)
    voiced = maximum_filter1d(voiced, 5)[:, None]  # a window at a voiced phone's edge still holds the voice
    hz = np.linspace(0, SAMPLE_RATE / 2, spectra.shape[1], dtype=np.float32)
    open_glottis = 0.2 * (hz / (hz + 500)) ** 1.5 * (1 + hz / 2500)
    breath = np.minimum(1, hz / 400)
    envelope = vocoder.envelopes(spectra) * (breath * (1 - voiced) + voiced * open_glottis)
    noise = vocoder.excite(envelope, rng.standard_normal(len(track.samples), np.float32))
    if share is None:
        return track.sounding(noise * (0.13 * rng.uniform(0.5, 1.1) / (loudness(noise) + 1e-6)))
    return track.sounding(track.samples * (1 - share) + 1.5 * noise * share)


def shouted(track: Track, level: float) -> Track:
    """Flatten the spectral tilt above 1 kHz and press the peaks; level 0..1 is how hard."""
    raised = tilted(track, 4 + 8 * level).samples
    raised = raised / (loudness(raised) + 1e-6)
    return track.sounding(0.7 * np.tanh((0.35 + 0.3 * level) * raised))


def trembling(track: Track, rng: np.random.Generator, hz: float, depth: float, swell: float) -> Track:
    """Let the pitch swing by depth (a share of it) and the level by swell, about hz times a second, never evenly."""
    count = round(track.seconds * 100) + 2
    steps = np.linspace(0.0, track.seconds, count)
    rate = hz * np.exp(0.15 * _slow(count, rng))
    swing = np.sin(2 * np.pi * np.cumsum(rate) * 0.01) * np.clip(1 + 0.5 * _slow(count, rng), 0.1, 2)
    speed = 1 + depth * swing
    new = np.concatenate([[0.0], np.cumsum(np.diff(steps) / speed[1:])])
    warped = track.warped(new, steps)
    gain = np.interp(np.arange(len(warped.samples)) / SAMPLE_RATE, new, 1 + swell * np.roll(swing, count // 50))
    return warped.sounding(warped.samples * np.clip(gain, 0.05, 2))


def tilted(track: Track, decibels: float) -> Track:
    """Raise what lies above about 1 kHz by some decibels (or lower it)."""
    low = lfilter([0.33], [1, -0.67], track.samples)
    return track.sounding(low + (track.samples - low) * 10 ** (decibels / 20))


def broken(track: Track, rng: np.random.Generator, breaks: int) -> Track:
    """Let the voice break into breath in the middle of some vowels."""
    vowels = [p for p in track.phones if p.name in VOWELS and p.end_s - p.start_s > 0.06]
    share = np.zeros(len(track.samples), np.float32)
    for i in rng.permutation(len(vowels))[:breaks]:
        start = rng.uniform(vowels[i].start_s, vowels[i].end_s - 0.04)
        share[round(start * SAMPLE_RATE) : round((start + rng.uniform(0.05, 0.18)) * SAMPLE_RATE)] = 1.0
    if not share.any():
        return track
    return whispered(track, rng, np.convolve(share, np.hanning(321) / np.hanning(321).sum(), "same"))


def loudness(samples: np.ndarray) -> float:
    """Give the RMS of the louder half of a sound."""
    power = np.add.reduceat(samples**2, np.arange(0, len(samples), 400)) / 400
    return float(np.sqrt(np.mean(power[power >= np.median(power)])))


def _slow(count: int, rng: np.random.Generator) -> np.ndarray:
    """Slow random drift of unit spread, [count] at 100 a second."""
    knots = rng.normal(size=count // 30 + 3)
    return np.interp(np.arange(count) / 30, np.arange(len(knots)), knots)
