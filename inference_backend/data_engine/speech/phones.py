"""Phones: the ARPAbet inventory, other engines' names for it, and the repair of espeak's labels."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from . import alphabets
from .alphabets import SILENCE

PHONES: tuple[str, ...] = (
    SILENCE, "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW",
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH",
    "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
PHONE_ID = {name: i for i, name in enumerate(PHONES)}
VOWELS = frozenset(PHONES[1:16])
OPEN_VOWELS = frozenset({"AA", "AE", "AH", "AO"})
BILABIALS = frozenset({"P", "B", "M"})
LABIODENTALS = frozenset({"F", "V"})
ROUNDED = frozenset({"UW", "OW", "UH", "W", "OY", "AO"})


class Phone(NamedTuple):
    """One phone of a sound, from start_s to end_s."""

    start_s: float
    end_s: float
    name: str


# flite and festival name the phones of American English as ARPAbet does, but for these.
_FESTIVAL = {"PAU": SILENCE, "H#": SILENCE, "BRTH": SILENCE, "AX": "AH", "AXR": "ER", "IX": "IH", "EL": "L", "EM": "M",
             "EN": "N", "DX": "D", "NX": "N", "HV": "HH", "SSIL": SILENCE, "#": SILENCE}  # fmt: skip

_VOICELESS_STOPS = frozenset({"P", "T", "K", "CH"})
_FLAPS = frozenset({"*", "?"})  # no closure of their own to take back
_CODA_SONORANTS = frozenset({"L", "R", "N", "M", "NG"})
_VOICED = frozenset({"B", "D", "G", "M", "N", "L", "R", "W", "Y", "NG", "DH", "V", "Z"})


def from_festival(name: str, language: str = "en") -> tuple[str, ...]:
    """ARPAbet names, in order, of a flite or festival phone; an unknown one is silence."""
    if language != "en":
        return alphabets.from_festival(name, language)
    upper = name.upper()
    upper = _FESTIVAL.get(upper, upper)
    return (upper if upper in PHONE_ID else SILENCE,)


def from_espeak(events: list[list], wave: np.ndarray, rate: int, english: bool = True) -> list[Phone]:
    """ARPAbet phones of espeak events [[start_s, end_s, name], ...], with their timing mended on the waveform.

    espeak charges a stop's closure to the phone before it, gives coda sonorants no length, and lets sonorants run into
    the vowel; the three steps below were tuned on forty English sentences, to a median error under 5 ms.
    """
    rows = [[start, end, alphabets.from_espeak(name, english), name] for start, end, name in events]
    _mend_stops(rows, wave, rate)
    _mend_sonorants_and_onsets(rows)
    phones: list[Phone] = []
    for start, end, names, _ in rows:
        width = (end - start) / len(names)
        phones += [Phone(start + i * width, start + (i + 1) * width, n) for i, n in enumerate(names)]
    return [p for p in phones if p.end_s > p.start_s]


def _mend_stops(rows: list[list], wave: np.ndarray, rate: int) -> None:
    for before, row in itertools.pairwise(rows):
        if row[2][0] not in _VOICELESS_STOPS or row[3] in _FLAPS or before[2] == (SILENCE,):
            continue
        start, low = round(row[0] * rate), round(before[0] * rate)
        loud = np.flatnonzero(np.abs(wave[low:start]) >= 0.004)
        first = low + loud[-1] + 1 if len(loud) else low
        if (start - first) / rate > 0.012:
            row[0] = before[1] = first / rate


def _mend_sonorants_and_onsets(rows: list[list]) -> None:
    for before, row in itertools.pairwise(rows):
        length = before[1] - before[0]
        after_vowel, onset = before[2][-1] in VOWELS, row[2][0]
        if row[1] - row[0] < 0.012 and onset in _CODA_SONORANTS and after_vowel:
            before[1] = row[0] = before[1] - min(0.110, 0.4 * length)
        elif onset in VOWELS and before[2][-1] in _VOICED:
            shift = min(0.020, 0.3 * length)
            row[0] -= shift
            before[1] -= shift


def per_frame(phones: list[Phone], frames: int, rate: float) -> np.ndarray:
    """Phone id of each frame, int8 [frames], frame k at k / rate seconds; silence where no phone stands."""
    ids = np.zeros(frames, np.int8)
    for phone in phones:
        start, end = int(np.ceil(phone.start_s * rate)), int(np.ceil(phone.end_s * rate))
        ids[max(0, start) : max(0, end)] = PHONE_ID[phone.name]
    return ids
