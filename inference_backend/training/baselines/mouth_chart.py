"""Nine mouths: the chart that cartoonists draw speech with, as ARKit poses, and the phones that each stands for.

A lips shut, B teeth, C open, D wide open, E a little round, F puckered, G lip to teeth, H tongue up, X at rest, as in
Preston Blair's chart and the tools that follow it.
"""

from __future__ import annotations

import numpy as np

from ...contract import CHANNELS, INDEX
from ...data_engine.speech.phones import SILENCE

SHAPES: tuple[str, ...] = tuple("ABCDEFGHX")
_POSES: dict[str, dict[str, float]] = {
    "A": {"jawOpen": 0.03, "mouthPress": 0.20, "mouthRollUpper": 0.12, "mouthRollLower": 0.12},
    "B": {"jawOpen": 0.10, "mouthLowerDown": 0.12, "mouthUpperUp": 0.08, "mouthStretch": 0.15},
    "C": {"jawOpen": 0.24, "mouthLowerDown": 0.12, "mouthUpperUp": 0.06, "mouthStretch": 0.08},
    "D": {"jawOpen": 0.42, "mouthLowerDown": 0.14, "mouthUpperUp": 0.06},
    "E": {"jawOpen": 0.22, "mouthLowerDown": 0.06, "mouthFunnel": 0.25, "mouthPucker": 0.12},
    "F": {"jawOpen": 0.10, "mouthFunnel": 0.20, "mouthPucker": 0.50},
    "G": {"jawOpen": 0.06, "mouthRollLower": 0.30, "mouthUpperUp": 0.15},
    "H": {"jawOpen": 0.24, "mouthLowerDown": 0.10, "mouthUpperUp": 0.04, "tongueOut": 0.06},
    "X": {},
}
_PHONES = {
    "A": "P B M", "B": "T D N K G NG S Z SH ZH CH JH TH DH Y IH IY", "C": "EH AH HH AE", "D": "AA",
    "E": "AO ER R UH", "F": "UW W", "G": "F V", "H": "L", "X": SILENCE,
}  # fmt: skip
SHAPE_OF: dict[str, str] = {phone: shape for shape, row in _PHONES.items() for phone in row.split()}


def _pose(parts: dict[str, float]) -> np.ndarray:
    pose = np.zeros(len(CHANNELS), np.float32)
    for name, amount in parts.items():
        for channel in (name,) if name in INDEX else (f"{name}Left", f"{name}Right"):
            pose[INDEX[channel]] = amount
    return pose


POSES: dict[str, np.ndarray] = {shape: _pose(parts) for shape, parts in _POSES.items()}
"""Each shape as ARKit values [52]."""
