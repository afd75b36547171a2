"""A take's curves as compact text, for a .blend file: quantised, delta coded, deflated. No bpy here.

What earlier versions wrote is in base 85, which takes many times as long to read as base 64.
"""

from __future__ import annotations

import base64
import zlib

import numpy as np

STEP = 1.8e-4
"""Size of a quantum; values come back within half of it."""
_LIMIT = 30000  # quanta: what still fits 16 bits, far beyond anything that a face or a head does

_BASE_85 = "c"  # what the head of deflated data becomes in base 85; in base 64 it is an e


def dumps(values: np.ndarray) -> str:
    """Write float [T, N] as text; values beyond +-5.4 are clipped."""
    quanta = np.clip(np.rint(np.asarray(values, np.float64) / STEP), -_LIMIT, _LIMIT).astype(np.int32)
    steps = np.diff(quanta, axis=0, prepend=np.zeros((1, quanta.shape[1]), np.int32))
    zigzag = ((steps << 1) ^ (steps >> 31)).astype(np.uint16)  # small numbers of either sign become small ones
    columns = np.ascontiguousarray(zigzag.T)
    halves = np.stack([columns & 0xFF, columns >> 8]).astype(np.uint8)  # high bytes are nearly all 0
    return base64.b64encode(zlib.compress(halves.tobytes())).decode("ascii")


def loads(text: str, columns: int) -> np.ndarray:
    """Read what dumps wrote, as float32 [T, columns]; raises ValueError where the text is damaged."""
    try:
        packed = base64.b85decode(text) if text.startswith(_BASE_85) else base64.b64decode(text, validate=True)
        halves = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(2, columns, -1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    zigzag = halves[0].astype(np.int32) | (halves[1].astype(np.int32) << 8)
    steps = (zigzag >> 1) ^ -(zigzag & 1)
    return (np.cumsum(steps, axis=1).T * STEP).astype(np.float32)
