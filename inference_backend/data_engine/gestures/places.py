"""Where gestures fall: on stressed syllables and phrase ends, on loud peaks where no phones are known, or anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from ...generator.features import BANDS, FRAME_RATE, MEL_RATE, SAMPLE_RATE, log_mel
from ..procedural.prosody import hear
from ..speech.phones import Phone

_FLOOR = 10 ** (-55 / 20)  # below this a clip is silent
_QUIET = 0.12  # share of the speaking level under which nobody speaks
_PHRASE_GAP_S = 0.25


class Place(NamedTuple):
    """A time at which a head gesture would fall, and how much it is asked for, 0..1."""

    at_s: float
    strength: float
    why: Literal["stress", "phrase end", "free"]


def places(
    phones: Sequence[Phone] | None, samples: np.ndarray | None, duration_s: float, rng: np.random.Generator
) -> list[Place]:
    """Find the places of a clip in order of time, from its phones and mono 16 kHz samples, as far as they are there."""
    if phones is not None:
        found = _in_speech(phones, samples, duration_s)
    else:
        found = _in_sound(loudness(samples)) if samples is not None else []
    return sorted(found) if found else _anywhere(duration_s, rng)


def loudness(samples: np.ndarray) -> np.ndarray:
    """Relative loudness [T] at 50 Hz, about 1 at the clip's speaking level; all 0 in silence."""
    hop = SAMPLE_RATE // FRAME_RATE
    frames = np.pad(samples, (0, -len(samples) % hop)).reshape(-1, hop)
    level = gaussian_filter1d(np.sqrt((frames**2).mean(1)), 0.04 * FRAME_RATE)
    top = float(np.percentile(level, 90)) if len(level) else 0.0
    return level / top if top > _FLOOR else np.zeros(len(level))


def _in_speech(phones: Sequence[Phone], samples: np.ndarray | None, duration_s: float) -> list[Place]:
    # Of labels without a sound, length alone tells the stress.
    mel = np.zeros((round(duration_s * MEL_RATE), BANDS)) if samples is None else log_mel(samples)
    heard = hear(phones, mel)
    stresses = [Place(at, strength, "stress") for at, strength in heard.accents]
    ends = [Place(a, 0.8, "phrase end") for a, b in heard.pauses if a > 0.2 and b - a >= _PHRASE_GAP_S]
    return stresses + ends


def _in_sound(loud: np.ndarray) -> list[Place]:
    """Take the louder half of the peaks of a sound's energy as stresses, and the starts of gaps as phrase ends."""
    peaks, _ = find_peaks(loud, height=0.4, prominence=0.25, distance=round(0.15 * FRAME_RATE))
    if not len(peaks):
        return []
    limit = np.median(loud[peaks])
    stresses = [Place(p / FRAME_RATE, min(1.0, float(loud[p])), "stress") for p in peaks if loud[p] >= limit]
    edges = np.diff(np.r_[0, loud < _QUIET, 0].astype(int))
    gaps = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    wide = [a / FRAME_RATE for a, b in gaps if (b - a) / FRAME_RATE >= _PHRASE_GAP_S]
    return stresses + [Place(at, 0.8, "phrase end") for at in wide if at > 0.2]


def _anywhere(duration_s: float, rng: np.random.Generator) -> list[Place]:
    """Spread places over a clip in which nobody speaks, some 1.5 s apart."""
    found, at = [], float(rng.uniform(0.2, 0.8))
    while at < duration_s - 0.4:
        found.append(Place(at, float(rng.uniform(0.4, 1.0)), "free"))
        at += float(rng.uniform(0.8, 2.2))
    return found
