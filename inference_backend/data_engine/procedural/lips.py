"""The teacher's lips: phones to mouth curves by dominance functions (Cohen and Massaro 1993), with sure closures.

Each phone draws an articulator to its target with a weight that is whole in the phone's core and decays with its own
reach on either side; the weights sum to one, so that short phones are undershot and held ones are reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...contract import INDEX
from ...generator.contacts import CLOSING_S, OPENING_S, close_lips, gate, tuck_lip
from ...generator.features import FRAME_RATE
from ..speech.phones import BILABIALS, LABIODENTALS, SILENCE, Phone
from .deliveries import Delivery
from .motion import add, blank
from .prosody import Prosody
from .visemes import ARTICULATORS, BREATH, POWER, ROW, SPEAKING, TARGETS, VOWEL_LIKE, Articulator, steady_parts

_NEIGHBOURS = np.arange(-6, 7)  # parts that a frame hears of
_INERTIA_S = 0.006
_LOUD_SHARE, _STRESS = 0.16, 0.14  # of the jaw's opening
_FULL, _UNDERSHOOT, _APPROACH_S = 1.2, 0.9, 0.07
_GAP_S = 0.03
_RIM_S = 0.08  # of a long phone, however long, that its neighbours may take
_READY_S = 0.30  # so long before speech the mouth starts to open
_FAR = 1e4


@dataclass(frozen=True)
class _Parts:
    """Steady parts of phones in order: centres, halves and ends in seconds, rows of TARGETS; each [P].

    reached [P, C] is how far articulators get in so short a time.
    """

    centre: np.ndarray
    half: np.ndarray
    end: np.ndarray
    row: np.ndarray
    reached: np.ndarray


def mouth_of(prosody: Prosody, delivery: Delivery) -> np.ndarray:
    """Mouth curves [T, 52] of speech, before its contacts are made sure."""
    curves = blank(prosody.frames)
    parts = _parts(prosody.phones)
    for name, articulator in ARTICULATORS.items():
        blended = blend(prosody.time, parts, articulator, delivery.pace)
        blended *= _opening(prosody, delivery) if name == "jaw" else _travel(name, delivery)
        for i, unit in enumerate(articulator.units):
            add(curves, unit, blended[:, i])
    return gaussian_filter1d(np.clip(curves, 0, 0.95), _INERTIA_S * FRAME_RATE, axis=0).astype(np.float32)


def _opening(prosody: Prosody, delivery: Delivery) -> np.ndarray:
    at, strength = zip(*prosody.accents, strict=True) if prosody.accents else ((), ())
    stress = np.minimum(1, prosody.pulses(at, strength, 0.12))
    wide = delivery.jaw * (1 - _LOUD_SHARE + _LOUD_SHARE * prosody.loudness) * (1 - 0.04 + _STRESS * stress)
    return wide[:, None]


def _travel(name: str, delivery: Delivery) -> float:
    return delivery.lips if name == "lips" else delivery.lips**0.5 if name == "rounding" else 1.0


def _parts(phones: Sequence[Phone]) -> _Parts:
    parts = [part for phone in _with_pauses(phones) for part in steady_parts(phone)]
    start, end = np.array([(p.start_s, p.end_s) for p in parts]).T
    row = np.array([ROW[p.name] for p in parts])
    share = np.where(VOWEL_LIKE[row], _FULL - _UNDERSHOOT * np.exp(-(end - start) / _APPROACH_S), 1.0)  # Lindblom 1963
    reached = SPEAKING + (TARGETS[row] - SPEAKING) * share[:, None]
    return _Parts((start + end) / 2, (end - start) / 2, end, row, reached)


def _with_pauses(phones: Sequence[Phone]) -> Iterator[Phone]:
    """Put silence wherever labels leave time open, and before speech the opening of the mouth."""
    at, since = -1.0, -1.0
    for phone in phones:
        if phone.name != SILENCE:
            yield from _pause(since, phone.start_s)
            yield phone
            since = phone.end_s
        at = phone.end_s
    yield Phone(since, max(since, at) + 1.0, SILENCE)


def _pause(start_s: float, end_s: float) -> Iterator[Phone]:
    if end_s - start_s > _GAP_S:
        ready = min(_READY_S, 0.45 * (end_s - start_s))
        yield Phone(start_s, end_s - ready, SILENCE)
        yield Phone(end_s - ready, end_s, BREATH)


def blend(time: np.ndarray, parts: _Parts, articulator: Articulator, pace: float) -> np.ndarray:
    """Targets [T, C] of an articulator over time [T], blended by the dominances of the parts around each frame."""
    near = np.searchsorted(parts.end, time - articulator.lag_s)[:, None] + _NEIGHBOURS
    there = (near >= 0) & (near < len(parts.end))
    near = np.clip(near, 0, len(parts.end) - 1)
    row = parts.row[near]
    dominance, before, after = np.moveaxis(articulator.rules()[row], -1, 0)
    offset = time[:, None] - articulator.lag_s - parts.centre[near]
    reach = np.where(offset < 0, before, after) * pace
    half = parts.half[near]
    core = np.maximum(articulator.core * half, half - _RIM_S)
    distance = np.maximum(0, np.abs(offset) - core) / reach
    score = np.where(there, dominance - distance**POWER, -_FAR)
    weight = np.exp(score - score.max(1, keepdims=True))
    weight /= weight.sum(1, keepdims=True)
    return np.einsum("tn,tnc->tc", weight, parts.reached[:, articulator.targets][near])


def touch(curves: np.ndarray, phones: Sequence[Phone]) -> np.ndarray:
    """Shut the lips of curves [T, 52] on p b m and lay the lower lip to the teeth on f v, whatever else they do."""
    curves = curves.copy()
    shut, tuck = contact_gates(phones, len(curves))
    close_lips(curves, shut)
    tuck_lip(curves, tuck)
    return curves


def contact_gates(phones: Sequence[Phone], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """How far lips meet on p b m, and lower lip and teeth on f v: two curves [frames] from 0 to 1 at 50 Hz."""
    shut, tuck = np.zeros(frames), np.zeros(frames)
    for phone in phones:
        if phone.name in BILABIALS:
            held = 1.0 if phone.name == "M" else 0.75  # a stop's label ends with its burst
            _hold(shut, phone.start_s, phone.start_s + held * (phone.end_s - phone.start_s))
        elif phone.name in LABIODENTALS:
            _hold(tuck, phone.start_s + 0.01, phone.end_s - 0.01)
    return shut, tuck


def _hold(gates: np.ndarray, start_s: float, end_s: float) -> None:
    low = max(0, int((start_s - 2 * CLOSING_S) * FRAME_RATE) - 2)
    high = min(len(gates), int((end_s + 2 * OPENING_S) * FRAME_RATE) + 4)
    if high > low:
        part = gate(start_s - low / FRAME_RATE, end_s - low / FRAME_RATE, high - low)
        np.maximum(gates[low:high], part, out=gates[low:high])


def captured_over(mouth: np.ndarray, captured: np.ndarray, live: Sequence[str]) -> np.ndarray:
    """Replace the live channels of a mouth [T, 52] by captured curves [S, 52], whose last row holds on."""
    mouth = mouth.copy()
    rows = np.minimum(np.arange(len(mouth)), len(captured) - 1)
    for name in live:
        mouth[:, INDEX[name]] = captured[rows, INDEX[name]]
    return mouth
