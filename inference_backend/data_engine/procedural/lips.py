"""The teacher's lips: phones to mouth curves by dominance functions (Cohen and Massaro 1993), with sure closures.

Jaw amplitudes, dips and lead times follow tracked recordings of read speech: vowels reach 0.2 to 0.35 of jawOpen, a
bilabial dips the jaw over 160 ms without shutting it, rounding starts 0.1 s before its phone. Shapes that the tracker
cannot see (funnel, upper lip, tongue) come from phonetics.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...contract import CHANNELS, INDEX
from ...generator.contacts import close_lips, gate, tuck_lip
from ...generator.features import FRAME_RATE
from ..speech.phones import BILABIALS, LABIODENTALS, SILENCE, VOWELS, Phone

# jaw, lowerDown, upperUp, stretch, pucker, funnel, dominance of the jaw, dominance of the lips
_TARGETS: dict[str, tuple[float, ...]] = {
    "AA": (.37, .16, .05, .04, .00, .05, 1.0, .7), "AE": (.33, .22, .11, .20, .00, .00, 1.0, .8),
    "AH": (.25, .12, .05, .05, .00, .00, .8, .4), "AO": (.34, .10, .03, .00, .16, .24, 1.0, 1.0),
    "EH": (.32, .20, .09, .13, .00, .00, 1.0, .7), "ER": (.20, .10, .06, .00, .14, .14, .8, .8),
    "IH": (.22, .15, .07, .13, .00, .00, .8, .6), "IY": (.20, .17, .09, .27, .00, .00, .9, 1.0),
    "UH": (.21, .08, .03, .00, .24, .16, .8, .9), "UW": (.16, .04, .02, .00, .48, .20, .9, 1.2),
    "B": (.11, .00, .00, .02, .02, .00, 1.0, .5), "P": (.10, .00, .00, .02, .02, .00, 1.0, .5),
    "M": (.11, .00, .00, .02, .02, .00, 1.0, .5), "F": (.10, .02, .17, .06, .00, .00, 1.0, .9),
    "V": (.12, .02, .15, .06, .00, .00, 1.0, .9), "W": (.14, .02, .00, .00, .52, .20, .8, 1.2),
    "R": (.15, .07, .05, .00, .18, .12, .6, .7), "L": (.21, .11, .04, .05, .00, .00, .5, .3),
    "T": (.19, .11, .05, .07, .00, .00, .5, .25), "D": (.18, .11, .05, .07, .00, .00, .5, .25),
    "N": (.19, .10, .04, .06, .00, .00, .5, .25), "S": (.13, .17, .09, .15, .00, .02, .7, .5),
    "Z": (.13, .16, .08, .15, .00, .02, .7, .5), "SH": (.14, .16, .11, .00, .18, .30, .7, 1.0),
    "ZH": (.14, .15, .11, .00, .18, .30, .7, 1.0), "CH": (.20, .15, .10, .00, .16, .26, .6, .9),
    "JH": (.18, .15, .10, .00, .16, .26, .6, .9), "K": (.24, .10, .04, .04, .00, .00, .35, .2),
    "G": (.21, .10, .04, .04, .00, .00, .35, .2), "NG": (.20, .10, .04, .04, .00, .00, .35, .2),
    "HH": (.22, .08, .03, .03, .00, .00, .2, .1), "Y": (.17, .13, .07, .18, .00, .00, .5, .6),
    "TH": (.12, .12, .05, .06, .00, .00, .8, .5), "DH": (.11, .12, .05, .06, .00, .00, .7, .4),
    SILENCE: (.02, .00, .00, .00, .00, .00, .7, .5),
}  # fmt: skip
_GLIDES = {"AY": ("AA", "IY"), "AW": ("AA", "UH"), "OY": ("AO", "IY"), "EY": ("EH", "IY"), "OW": ("AO", "UW")}
_LIP_CHANNELS = ("lowerDown", "upperUp", "stretch", "pucker", "funnel")
_TONGUE = {"TH": 0.14, "DH": 0.08, "L": 0.04}

# Reach of a phone's dominance beyond its own half length, seconds before and after its centre.
_JAW_REACH_S = (0.045, 0.045)
_LIP_REACH_S = {"pucker": (0.085, 0.060), "funnel": (0.080, 0.060)}
_LIP_REACH_DEFAULT_S = (0.045, 0.045)


def lip_curves(phones: list[Phone], frames: int, loudness: np.ndarray, articulation: float) -> np.ndarray:
    """Mouth curves [frames, 52] at 50 Hz of phones; loudness [frames] about 1 in speech; articulation 1 is normal."""
    time = np.arange(frames) / FRAME_RATE
    parts = [part for phone in phones for part in _steady_parts(phone)]
    curves = np.zeros((frames, len(CHANNELS)), np.float32)
    targets = np.array([_TARGETS[p.name] for p in parts]).reshape(-1, 8)
    jaw = _blend(time, parts, targets[:, 0], targets[:, 6], _JAW_REACH_S)
    opening = articulation * (0.72 + 0.28 * loudness)
    curves[:, INDEX["jawOpen"]] = jaw * opening
    for i, name in enumerate(_LIP_CHANNELS):
        blended = _blend(time, parts, targets[:, 1 + i], targets[:, 7], _LIP_REACH_S.get(name, _LIP_REACH_DEFAULT_S))
        for channel in _channels_of(name):
            curves[:, INDEX[channel]] = blended * (articulation if name in ("lowerDown", "upperUp") else 1.0)
    tongue = np.array([_TONGUE.get(p.name, 0.0) for p in parts])
    curves[:, INDEX["tongueOut"]] = _blend(time, parts, tongue, targets[:, 7], (0.03, 0.03))
    curves = gaussian_filter1d(curves, 0.012 * FRAME_RATE, axis=0).astype(np.float32)
    return touch(curves, phones)


def touch(curves: np.ndarray, phones: list[Phone]) -> np.ndarray:
    """Shut the lips of curves [T, 52] on p b m and lay the lower lip to the teeth on f v, whatever else they do."""
    curves = curves.copy()
    shut, tuck = contact_gates(phones, len(curves))
    close_lips(curves, shut)
    tuck_lip(curves, tuck)
    return curves


def contact_gates(phones: list[Phone], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """How far lips meet on p b m, and lower lip and teeth on f v: two curves [frames] from 0 to 1 at 50 Hz."""
    shut, tuck = np.zeros(frames), np.zeros(frames)
    for phone in phones:
        if phone.name in BILABIALS:
            held = 1.0 if phone.name == "M" else 0.75  # a stop's label ends with its burst
            end = phone.start_s + held * (phone.end_s - phone.start_s)
            np.maximum(shut, gate(phone.start_s, end, frames), out=shut)
        elif phone.name in LABIODENTALS:
            np.maximum(tuck, gate(phone.start_s + 0.01, phone.end_s - 0.01, frames), out=tuck)
    return shut, tuck


def _steady_parts(phone: Phone) -> list[Phone]:
    """Split a diphthong into the two vowels between which it glides."""
    if phone.name not in _GLIDES:
        return [phone]
    middle = phone.start_s + 0.55 * (phone.end_s - phone.start_s)
    first, second = _GLIDES[phone.name]
    return [Phone(phone.start_s, middle, first), Phone(middle, phone.end_s, second)]


def _blend(
    time: np.ndarray, parts: list[Phone], targets: np.ndarray, dominance: np.ndarray, reach_s: tuple[float, float]
) -> np.ndarray:
    """Targets [P] blended over time [T] by their dominances, which rise before a part and linger after it."""
    if not parts:
        return np.zeros(len(time))
    start, end = (np.array([getattr(p, k) for p in parts]) for k in ("start_s", "end_s"))
    centre, half = (start + end) / 2, (end - start) / 2
    offset = time[:, None] - centre[None]
    width = np.where(offset < 0, reach_s[0], reach_s[1]) + 0.75 * half[None]
    weight = dominance[None] * np.exp(-((np.abs(offset) / width) ** 2) * 1.2) + 1e-9
    return (weight @ targets) / weight.sum(1)


def _channels_of(name: str) -> tuple[str, ...]:
    if name in ("pucker", "funnel"):
        return (f"mouth{name.capitalize()}",)
    stem = f"mouth{name[0].upper()}{name[1:]}"
    return f"{stem}Left", f"{stem}Right"


def prominences(phones: list[Phone], loudness: np.ndarray) -> list[tuple[float, float]]:
    """Stressed vowels as (time_s, strength 0..1): the longer and louder third of all vowels."""
    vowels = [p for p in phones if p.name in VOWELS]
    if not vowels:
        return []
    at = [min(len(loudness) - 1, round((p.start_s + p.end_s) / 2 * FRAME_RATE)) for p in vowels]
    score = np.array([(p.end_s - p.start_s) for p in vowels]) * loudness[at]
    threshold, top = np.quantile(score, 0.66), score.max() + 1e-9
    return [((p.start_s + p.end_s) / 2, float(s / top)) for p, s in zip(vowels, score, strict=True) if s >= threshold]


def pauses(phones: list[Phone], least_s: float = 0.18) -> list[tuple[float, float]]:
    """Silences between and around phrases as (start_s, end_s)."""
    merged: list[list[float]] = []
    for phone in phones:
        if phone.name != SILENCE:
            continue
        if merged and phone.start_s - merged[-1][1] < 0.02:
            merged[-1][1] = phone.end_s
        else:
            merged.append([phone.start_s, phone.end_s])
    return [(a, b) for a, b in merged if b - a >= least_s]
