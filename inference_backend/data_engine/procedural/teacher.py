"""The procedural teacher: phones and a style in, a whole performance with exact truth out."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...contract import INDEX
from ...generator.features import FLOOR, FRAME_RATE, LOG_MEAN, LOG_SCALE
from ..speech.phones import SILENCE, Phone, per_frame
from . import face, head, lips
from .style import Style

_ARTICULATION = {"mumbled": 0.6, "crisp": 1.25}


def loudness_of(mel: np.ndarray) -> np.ndarray:
    """Relative loudness [T] at 50 Hz, about 1 at the clip's speaking level, from normalised log-mel [2T, 80]."""
    power = (np.exp(mel.astype(np.float32) * LOG_SCALE + LOG_MEAN) - FLOOR).clip(0).sum(1)
    level = np.sqrt(power.reshape(-1, 2).mean(1))
    smooth = gaussian_filter1d(level, 0.06 * FRAME_RATE)
    return np.clip(smooth / (np.percentile(smooth, 85) + 1e-9), 0, 1.4)


def perform(
    phones: list[Phone], mel: np.ndarray, style: Style, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Act a style to labelled speech: curves [T, 52] and head [T, 3] at 50 Hz, for features [2T, 80]."""
    frames = len(mel) // 2
    loudness = loudness_of(mel)
    articulation = _ARTICULATION.get(style.extra, 1.0) * float(np.exp(rng.normal(0, 0.08)))
    mouth = lips.lip_curves(phones, frames, loudness, articulation)
    curves, rotation = act_around(mouth, phones, loudness, style, rng)
    return lips.touch(curves, phones), rotation


def act_around(
    mouth: np.ndarray, phones: list[Phone], loudness: np.ndarray, style: Style, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Put mood, brows, blinks, gaze and head around mouth curves [T, 52]."""
    frames = len(mouth)
    voiced = per_frame(phones, frames, FRAME_RATE) != 0
    speech = gaussian_filter1d(voiced.astype(np.float32), 0.06 * FRAME_RATE)
    accents, pauses = (
        lips.prominences(phones, loudness),
        lips.pauses(phones or [Phone(0, frames / FRAME_RATE, SILENCE)]),
    )
    curves = mouth + face.mood(style, frames, speech, accents, rng) + face.brow_prosody(style, frames, accents, rng)
    curves += face.gaze(style, frames, rng)
    lid = face.blinks(style, frames, pauses, rng)
    for side in ("Left", "Right"):
        channel = curves[:, INDEX[f"eyeBlink{side}"]]
        channel[:] = np.maximum(channel, lid * (1 + 0.01 * rng.normal()))
        curves[:, INDEX[f"eyeWide{side}"]] *= 1 - lid
    return np.clip(curves, 0, 1), head.head_motion(style, frames, accents, pauses, rng)
