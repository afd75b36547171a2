"""Lips follow the sound: how well the opening of the mouth goes with its level, and how much later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...generator.features import SAMPLE_RATE
from .limits import JudgeConfig

RATE = 100  # Hz
_FLOOR_DB = 45.0  # below the loudest: all that is quieter is as quiet
_SMOOTH_S, _TREND_S = 0.08, 8.0
_SEARCH_S = 0.6


@dataclass(frozen=True)
class Sync:
    """The best correlation of mouth and sound within the lags allowed and within the lags searched, and its lag there.

    lag_s > 0 where the mouth is later than the sound.
    """

    correlation: float
    best: float
    lag_s: float


def follow(times_s: np.ndarray, mouth: np.ndarray, samples: np.ndarray, allowed_s: float) -> Sync:
    """Compare the opening of the mouth [F] at times [F] with a sound [N] at 16 kHz."""
    level = level_of(samples)
    at = np.arange(len(level)) / RATE
    opening = np.interp(at, times_s, mouth)
    opening[at > times_s[-1] + 0.1] = mouth[-1]
    opening, level = _detrended(opening), _detrended(level)
    lags = np.arange(-round(_SEARCH_S * RATE), round(_SEARCH_S * RATE) + 1)
    found = np.array([_correlation(opening, level, int(lag)) for lag in lags])
    best = int(found.argmax())
    near = np.abs(lags) <= round(allowed_s * RATE)
    return Sync(float(found[near].max()), float(found[best]), float(lags[best] / RATE))


def check(sync: Sync, vocal: str, limits: JudgeConfig) -> str:
    """Say why the lips do not fit the sound, or nothing; song, laughter and tears, less alike, are held to less."""
    if vocal not in ("speaks", "shouts", "whispers"):
        least, most = limits.least_follow_unspoken, 1.0
    else:
        least, most = limits.least_follow, limits.most_better_elsewhere
    if sync.best - sync.correlation > most and sync.best > 2 * limits.least_follow:
        late = "late" if sync.lag_s > 0 else "early"
        return f"The lips are {abs(sync.lag_s):.2f} s {late} against the sound."
    if sync.correlation < least:
        return f"The lips do not follow the sound (correlation {sync.correlation:.2f}, at least {least:g} is needed)."
    return ""


def level_of(samples: np.ndarray) -> np.ndarray:
    """Level of a sound in dB at 100 Hz, cut off 45 dB under its loudest, smoothed."""
    hop = SAMPLE_RATE // RATE
    blocks = np.pad(samples, (0, -len(samples) % hop)).reshape(-1, hop).astype(np.float64)
    level = 10 * np.log10((blocks**2).mean(1) + 1e-10)
    return _smoothed(np.maximum(level, level.max(initial=-100.0) - _FLOOR_DB), _SMOOTH_S)


def mouth_opening(landmarks: np.ndarray) -> np.ndarray:
    """Gap [F] between the inner lips over the distance of the eyes' outer corners, of landmarks [F, 478, 3]."""
    gap = np.linalg.norm(landmarks[:, 13] - landmarks[:, 14], axis=1)
    return gap / np.maximum(1e-6, np.linalg.norm(landmarks[:, 33] - landmarks[:, 263], axis=1))


def _detrended(curve: np.ndarray) -> np.ndarray:
    """Take off the mean, and of a long clip the slow drift, but no more: pauses are what tells most."""
    return curve - (_smoothed(curve, _TREND_S) if len(curve) > 2 * _TREND_S * RATE else curve.mean())


def _smoothed(curve: np.ndarray, width_s: float) -> np.ndarray:
    width = max(1, min(round(width_s * RATE), len(curve) // 2 * 2 - 1)) | 1
    padded = np.pad(curve, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")


def _correlation(opening: np.ndarray, level: np.ndarray, lag: int) -> float:
    later = opening[max(0, lag) : len(opening) + min(0, lag)]
    sooner = level[max(0, -lag) : len(level) + min(0, -lag)]
    spread = later.std() * sooner.std()
    return float(((later - later.mean()) * (sooner - sooner.mean())).mean() / spread) if spread > 1e-9 else 0.0
