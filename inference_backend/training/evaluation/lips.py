"""Lips against phones with known times: closures, false closures, their timing, f and v, rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from ...contract import INDEX, Take
from ...data_engine.speech.phones import BILABIALS, LABIODENTALS, OPEN_VOWELS, SILENCE, Phone
from ...generator.aperture import aperture

CLOSED_SHARE = 0.1  # closed means under this share of the clip's 95th percentile of aperture
TOUCH_SHARE = 0.35  # a lower lip touches the teeth under this share of it
ROUND = 0.1  # mouthPucker + mouthFunnel of rounded lips
SLACK_S = 0.030  # a contact may come so much before or after the label
LEAST_VOWEL_S = 0.06
_ROUND_VOWELS = frozenset({"UW", "OW", "W"})
_SPREAD_VOWELS = frozenset({"IY", "EH", "AE", "EY"})


@dataclass
class Contacts:
    """Counts over phones; offsets and late are seconds from the label's centre to the tightest moment of p b m."""

    closed: int = 0
    bilabials: int = 0
    false: int = 0
    vowels: int = 0
    touched: int = 0
    labiodentals: int = 0
    touched_vowels: int = 0
    rounded: int = 0
    rounds: int = 0
    rounded_spread: int = 0
    spreads: int = 0
    offsets: list[float] = field(default_factory=list)

    def __add__(self, other: Contacts) -> Contacts:
        """Put two counts together."""
        return Contacts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def summary(self) -> dict[str, float]:
        """Shares, and the timing offsets in milliseconds; what was not there to count is left out."""
        shares = {
            "closed": (self.closed, self.bilabials),
            "false": (self.false, self.vowels),
            "touch": (self.touched, self.labiodentals),
            "touch_on_vowels": (self.touched_vowels, self.vowels),
            "rounded": (self.rounded, self.rounds),
            "rounded_on_spread": (self.rounded_spread, self.spreads),
        }
        found: dict[str, float] = {name: round(n / of, 4) for name, (n, of) in shares.items() if of}
        found |= {"of": self.bilabials, "vowels": self.vowels}
        if self.offsets:
            offsets = 1000 * np.array(self.offsets)
            found["offset_ms"] = round(float(np.median(offsets)), 1)
            found["offset_abs_ms"] = round(float(np.median(np.abs(offsets))), 1)
            found["offset_p90_ms"] = round(float(np.percentile(np.abs(offsets), 90)), 1)
        return found


def contacts(take: Take, phones: Sequence[Phone]) -> Contacts:
    """Count what the lips of a take do in the phones of its sound."""
    opening = aperture(take.values)
    wide = float(np.percentile(opening, 95))
    teeth, pursed = lip_to_teeth(take.values), take.channel("mouthPucker") + take.channel("mouthFunnel")
    found = Contacts()
    for phone in phones:
        name, loose = phone.name, (phone.start_s - SLACK_S, phone.end_s + SLACK_S)
        if name in BILABIALS:
            found.bilabials += 1
            found.closed += bool(least(opening, *loose, take.fps) <= CLOSED_SHARE * wide)
            found.offsets.append(tightest(opening, *loose, take.fps) - (phone.start_s + phone.end_s) / 2)
        elif name in LABIODENTALS:
            found.labiodentals += 1
            found.touched += bool(least(teeth, *loose, take.fps) <= TOUCH_SHARE * wide)
        if name in _ROUND_VOWELS:
            found.rounds += 1
            found.rounded += bool(-least(-pursed, *loose, take.fps) > ROUND)
        if phone.end_s - phone.start_s <= LEAST_VOWEL_S:
            continue
        quarter = (phone.end_s - phone.start_s) / 4
        inner = (phone.start_s + quarter, phone.end_s - quarter)
        if name in OPEN_VOWELS:
            found.vowels += 1
            found.false += bool(least(opening, *inner, take.fps) <= CLOSED_SHARE * wide)
            found.touched_vowels += bool(least(teeth, *inner, take.fps) <= TOUCH_SHARE * wide)
        elif name in _SPREAD_VOWELS:
            found.spreads += 1
            found.rounded_spread += bool(-least(-pursed, *inner, take.fps) > ROUND)
    return found


def lip_to_teeth(values: np.ndarray) -> np.ndarray:
    """How far the lower lip is from the upper teeth [T]: what jaw and lip open, less what the lip rolls in."""
    lower = (values[:, INDEX["mouthLowerDownLeft"]] + values[:, INDEX["mouthLowerDownRight"]]) / 2
    jaw = values[:, INDEX["jawOpen"]] * (1 - values[:, INDEX["mouthClose"]])
    return np.maximum(0.0, jaw + 0.5 * lower - values[:, INDEX["mouthRollLower"]])


def window(start_s: float, end_s: float, fps: float) -> slice:
    """Frames from start_s to end_s, one at least."""
    low, high = max(0, int(np.ceil(start_s * fps))), int(np.floor(end_s * fps))
    return slice(low, max(low, high) + 1)


def least(curve: np.ndarray, start_s: float, end_s: float, fps: float) -> float:
    """Least value of a curve in a span; infinite beyond its end."""
    return float(curve[window(start_s, end_s, fps)].min(initial=np.inf))


def tightest(curve: np.ndarray, start_s: float, end_s: float, fps: float) -> float:
    """Time of the least value in a span; the middle of the frames that share it."""
    span = window(start_s, end_s, fps)
    part = curve[span]
    if not len(part):
        return (start_s + end_s) / 2
    return float(np.flatnonzero(part <= part.min() + 1e-4).mean() + span.start) / fps


def pauses(phones: Sequence[Phone], frames: int, fps: float, margin_s: float = 0.2) -> np.ndarray:
    """Mark the frames [T] of silences that are margin_s or more away from speech."""
    still = np.zeros(frames, bool)
    for phone in phones:
        if phone.name == SILENCE and phone.end_s - phone.start_s > 2 * margin_s:
            still[window(phone.start_s + margin_s, phone.end_s - margin_s, fps)] = True
    return still
