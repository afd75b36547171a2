"""Phones: the ARPAbet inventory, other engines' names for it, and the repair of espeak's labels."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

SILENCE = "SIL"
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

_ESPEAK = {
    "AA": "A: 0 0# O: O Q", "AE": "a aa &", "AH": "@ a# @2 @5 V V# 3#", "AY": "aI aI@ aI3", "AW": "aU aU@", "EH": "E e",
    "EY": "eI e:", "ER": "3: 3 r-", "IH": "I I# I2 y", "IY": "i i: i#", "OW": "oU o o:", "OY": "OI", "UH": "U Y",
    "UW": "u u: y:", "TH": "T", "DH": "D", "SH": "S S;", "ZH": "Z Z;", "NG": "N", "CH": "tS tS; ts", "JH": "dZ dZ; dz",
    "Y": "j", "HH": "h x C X H", "T": "t t# t2 * ?", "L": "l l# l^ L", "Z": "z z#", "B": "b B", "D": "d d#", "F": "f",
    "G": "g Q^", "K": "k c", "M": "m", "N": "n n^", "P": "p", "R": "r R r2 ** r^", "S": "s", "V": "v v#", "W": "w",
}  # fmt: skip
_FROM_ESPEAK = {alias: name for name, aliases in _ESPEAK.items() for alias in aliases.split()}
_SPLIT_ESPEAK = {"A@": ("AA", "R"), "O@": ("AA", "R"), "o@": ("AA", "R"), "U@": ("UH", "R"), "e@": ("EH", "R"),
                 "i@": ("IH", "R"), "i@3": ("IH", "R"), "@L": ("AH", "L"), "aI@": ("AY", "AH"), "aI3": ("AY", "ER"),
                 "IR": ("IH", "R"), "VR": ("AH", "R")}  # fmt: skip
_ESPEAK_VOWELS = frozenset(
    "a# @ A: A@ a aa aI aU E eI 3: 3 I i i: I# I2 O: O O@ o@ oU OI U u: U@ V 0 0# e@ i@ @L @2 @5".split()
)
_ESPEAK_STOPS = frozenset("p t k t2 t# tS".split())
_ESPEAK_SONORANTS = frozenset("l l# r n m N".split())
_ESPEAK_VOICED = frozenset("b d g m n l r w j N D v z".split())


def from_festival(name: str) -> str:
    """ARPAbet name of a flite or festival (radio) phone; an unknown one is silence."""
    upper = name.upper()
    upper = _FESTIVAL.get(upper, upper)
    return upper if upper in PHONE_ID else SILENCE


def from_espeak(events: list[list], wave: np.ndarray, rate: int) -> list[Phone]:
    """ARPAbet phones of espeak events [[start_s, end_s, name], ...], with their timing mended on the waveform.

    espeak charges a stop's closure to the phone before it, gives coda sonorants no length, and lets sonorants run into
    the vowel; the three steps below were tuned on forty sentences, to a median error under 5 ms.
    """
    events = [list(e) for e in events]
    _mend_stops(events, wave, rate)
    _mend_sonorants_and_onsets(events)
    phones: list[Phone] = []
    for start, end, name in events:
        names = _SPLIT_ESPEAK.get(name) or (_FROM_ESPEAK.get(name.rstrip(":;#"), _FROM_ESPEAK.get(name, SILENCE)),)
        if name in _FROM_ESPEAK:
            names = (_FROM_ESPEAK[name],)
        width = (end - start) / len(names)
        phones += [Phone(start + i * width, start + (i + 1) * width, n) for i, n in enumerate(names)]
    return [p for p in phones if p.end_s > p.start_s]


def _mend_stops(events: list[list], wave: np.ndarray, rate: int) -> None:
    for before, event in itertools.pairwise(events):
        if event[2] not in _ESPEAK_STOPS or before[2] in ("_", "_:"):
            continue
        start, low = round(event[0] * rate), round(before[0] * rate)
        loud = np.flatnonzero(np.abs(wave[low:start]) >= 0.004)
        first = low + loud[-1] + 1 if len(loud) else low
        if (start - first) / rate > 0.012:
            event[0] = before[1] = first / rate


def _mend_sonorants_and_onsets(events: list[list]) -> None:
    for before, event in itertools.pairwise(events):
        length = before[1] - before[0]
        if event[1] - event[0] < 0.012 and event[2] in _ESPEAK_SONORANTS and before[2] in _ESPEAK_VOWELS:
            before[1] = event[0] = before[1] - min(0.110, 0.4 * length)
        elif event[2] in _ESPEAK_VOWELS and before[2] in _ESPEAK_VOICED:
            shift = min(0.020, 0.3 * length)
            event[0] -= shift
            before[1] -= shift


def per_frame(phones: list[Phone], frames: int, rate: float) -> np.ndarray:
    """Phone id of each frame, int8 [frames], frame k at k / rate seconds; silence where no phone stands."""
    ids = np.zeros(frames, np.int8)
    for phone in phones:
        start, end = int(np.ceil(phone.start_s * rate)), int(np.ceil(phone.end_s * rate))
        ids[max(0, start) : max(0, end)] = PHONE_ID[phone.name]
    return ids
