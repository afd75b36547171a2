"""Fingerprints of sound, picture and motion, which survive another codec, level or size, and tell copies of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...contract import INDEX, region
from ...generator.features import SAMPLE_RATE

_SLICES, _BANDS, _LOWEST_HZ, _HIGHEST_HZ = 33, 17, 150.0, 4000.0
_FFT, _WINDOWS = 1024, 4  # samples of a window, windows of a slice
_PICTURES, _ROWS, _COLUMNS = 4, 8, 8
_MOMENTS = 32
_LIPS = [i for name, i in INDEX.items() if region(name) == "lips" and name != "jawOpen"]
_UPPER = [i for name, i in INDEX.items() if region(name) == "upper"]


@dataclass(frozen=True)
class Fingerprint:
    """Bits of the sound [512] and the picture [256] as hexadecimal, and three curves of motion as bytes; "" is none."""

    sound: str = ""
    picture: str = ""
    motion: str = ""


def of_sound(samples: np.ndarray) -> str:
    """Tell where the differences between neighbouring bands rise, over time (Haitsma and Kalker 2002)."""
    padded = np.pad(samples, (0, max(0, _FFT - len(samples))))
    starts = np.linspace(0, len(padded) - _FFT, _SLICES * _WINDOWS).astype(int)
    power = np.abs(np.fft.rfft(padded[starts[:, None] + np.arange(_FFT)] * np.hanning(_FFT))) ** 2
    energy = np.log((power @ _bands()).reshape(_SLICES, _WINDOWS, _BANDS).sum(1) + 1e-6)
    return _hex(np.diff(np.diff(energy, axis=1), axis=0) > 0)


@lru_cache(maxsize=1)
def _bands() -> np.ndarray:
    """Tell which bins [513] lie in which bands [17], evenly spread over the octaves."""
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _BANDS + 1) * _FFT / SAMPLE_RATE
    return np.eye(_BANDS + 2)[np.searchsorted(edges, np.arange(_FFT // 2 + 1))][:, 1:-1]


def of_picture(thumbs: np.ndarray) -> str:
    """Tell which parts of four pictures are brighter than those to their left (dHash), of thumbnails [F, 32, 32]."""
    picked = thumbs[np.linspace(0, len(thumbs) - 1, _PICTURES).round().astype(int)].astype(np.float32)
    rows = picked.reshape(_PICTURES, _ROWS, -1, picked.shape[2]).mean(2)
    columns = rows[:, :, : picked.shape[2] // (_COLUMNS + 1) * (_COLUMNS + 1)]
    return _hex(np.diff(columns.reshape(_PICTURES, _ROWS, _COLUMNS + 1, -1).mean(3), axis=2) > 0)


def of_motion(values: np.ndarray) -> str:
    """Sample jaw, other lips and upper face, ARKit curves or scores [T, 52], at 32 moments."""
    curves = np.stack([values[:, INDEX["jawOpen"]], 4 * values[:, _LIPS].mean(1), 4 * values[:, _UPPER].mean(1)], 1)
    at = np.linspace(0, len(curves) - 1, _MOMENTS)
    sampled = np.stack([np.interp(at, np.arange(len(curves)), curve) for curve in curves.T])
    return np.round(np.clip(sampled, 0, 1) * 255).astype(np.uint8).tobytes().hex()


def read(provenance: dict[str, Any]) -> Fingerprint:
    """Take a clip's fingerprint out of its provenance."""
    return Fingerprint(**provenance.get("fingerprint", {}))


def _hex(bits: np.ndarray) -> str:
    return np.packbits(bits.ravel()).tobytes().hex()
