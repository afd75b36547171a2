"""Prosody of labelled speech: loudness, pitch accents, stressed vowels, phrases and pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...generator.features import FLOOR, FRAME_RATE, LOG_MEAN, LOG_SCALE
from ..speech.phones import SILENCE, VOWELS, Phone, per_frame
from ..speech.utterance import Event

PAUSE_S = 0.18  # the shortest silence between phrases
_LOW_BANDS = 16  # mel bands up to about 450 Hz, in which the voice's fundamental moves


@dataclass(frozen=True)
class Prosody:
    """What a body hears of its own speech.

    loudness [T] is about 1 at the clip's speaking level, pitch [T] a relative height of the voice of unit spread (0
    where there is none), speech [T] 1 while phones sound; accents are (time_s, strength 0..1), pauses and phrases
    (start_s, end_s).
    """

    frames: int
    phones: Sequence[Phone]
    events: Sequence[Event]
    loudness: np.ndarray
    pitch: np.ndarray
    speech: np.ndarray
    accents: list[tuple[float, float]]
    pauses: list[tuple[float, float]]
    phrases: list[tuple[float, float]]

    @cached_property
    def time(self) -> np.ndarray:
        """Seconds of the frames [T]."""
        return np.arange(self.frames) / FRAME_RATE

    @property
    def duration_s(self) -> float:
        """Length of the clip."""
        return self.frames / FRAME_RATE

    def of_kind(self, *kinds: str) -> list[Event]:
        """Events of these kinds."""
        return [event for event in self.events if event.kind in kinds]

    def pulses(self, at_s: Sequence[float], sizes: Sequence[float] | np.ndarray, width_s: float) -> np.ndarray:
        """Sum of Gaussian pulses [T] of these sizes at these times."""
        if not len(at_s):
            return np.zeros(self.frames)
        distance = (self.time[:, None] - np.asarray(at_s)[None]) / width_s
        return np.exp(-(distance**2)) @ np.asarray(sizes, float)


def hear(phones: Sequence[Phone], mel: np.ndarray, events: Sequence[Event] = ()) -> Prosody:
    """Listen to phones and features [2T, 80]."""
    frames = len(mel) // 2
    mel = mel[: 2 * frames]
    loudness = loudness_of(mel)
    pitch = _pitch(mel, loudness)
    sounding = _merge([(p.start_s, p.end_s) for p in phones if p.name != SILENCE], PAUSE_S)
    voiced = per_frame(list(phones), frames, FRAME_RATE) != 0
    return Prosody(
        frames,
        phones,
        sorted(events),
        loudness if len(sounding) or len(events) else np.zeros(frames),
        pitch,
        gaussian_filter1d(voiced.astype(np.float32), 0.06 * FRAME_RATE),
        _accents(phones, loudness, pitch),
        _between(sounding, frames / FRAME_RATE),
        sounding,
    )


def loudness_of(mel: np.ndarray) -> np.ndarray:
    """Relative loudness [T] at 50 Hz, about 1 at the clip's speaking level, from normalised log-mel [2T, 80]."""
    power = (np.exp(mel.astype(np.float32) * LOG_SCALE + LOG_MEAN) - FLOOR).clip(0).sum(1)
    level = np.sqrt(power.reshape(-1, 2).mean(1))
    smooth = gaussian_filter1d(level, 0.06 * FRAME_RATE)
    return np.clip(smooth / (np.percentile(smooth, 85) + 1e-9), 0, 1.4)


def _pitch(mel: np.ndarray, loudness: np.ndarray) -> np.ndarray:
    """Relative height of the voice [T]: where the power below 450 Hz lies, against the clip's usual place."""
    low = np.exp(mel[:, :_LOW_BANDS].astype(np.float32) * LOG_SCALE).reshape(-1, 2, _LOW_BANDS).mean(1) ** 2
    height = (low @ np.arange(_LOW_BANDS)) / (low.sum(1) + 1e-9)
    loud = loudness > 0.3
    if not loud.any():
        return np.zeros(len(height))
    spread = max(0.5, float(height[loud].std()))
    relative = np.clip((height - np.median(height[loud])) / spread, -2, 2) * np.clip(loudness / 0.3, 0, 1)
    return gaussian_filter1d(relative, 0.06 * FRAME_RATE)


def _accents(phones: Sequence[Phone], loudness: np.ndarray, pitch: np.ndarray) -> list[tuple[float, float]]:
    """Stressed vowels: the third that is longest, loudest and highest, with their strengths."""
    vowels = [p for p in phones if p.name in VOWELS]
    if not vowels:
        return []
    middle = np.array([(p.start_s + p.end_s) / 2 for p in vowels])
    at = np.minimum(len(loudness) - 1, np.round(middle * FRAME_RATE).astype(int))
    length = np.minimum(0.35, np.array([p.end_s - p.start_s for p in vowels]))
    score = length * (0.3 + loudness[at]) * (1 + 0.25 * pitch[at])
    chosen = score >= np.quantile(score, 0.66)
    return [(float(t), float(s)) for t, s in zip(middle[chosen], score[chosen] / (score.max() + 1e-9), strict=True)]


def _between(phrases: list[tuple[float, float]], duration_s: float) -> list[tuple[float, float]]:
    """Pauses before, between and after phrases."""
    edges = [0.0, *(edge for phrase in phrases for edge in phrase), duration_s]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= PAUSE_S]


def _merge(spans: list[tuple[float, float]], gap_s: float = 0.02) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in spans:
        if merged and start - merged[-1][1] < gap_s:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
