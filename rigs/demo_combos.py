"""Combination shapes of the demo head: what two keys need on top of their sum, driven by their product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .demo_lips import parted, smoothed
from .demo_skin import lip_rows
from .demo_source import Base

LIDS = ("eyeSquint", "eyeLookDown", "cheekSquint")
"""What moves the lids too; over a blink, which has shut them, they would fold."""
LID_REACH, CHEEK_REACH = 0.14, 0.30
"""How far from the eye's centre a blink holds the lids, and from where on it holds nothing (decimetres)."""
LIP_FALLOFF, MIDDLE = 0.08, 0.12
"""How far the skin follows the lips, and half the width in which left goes over into right (decimetres)."""


@dataclass(frozen=True)
class Combo:
    """Two keys of the base that need a third, and its deltas [V, 3] where both are full."""

    first: str
    second: str
    deltas: np.ndarray

    @property
    def name(self) -> str:
        """Name of its key, which no reader of names takes for a channel."""
        return f"combo_{self.first}_{self.second}"


def combos(base: Base) -> list[Combo]:
    """Make the combination shapes of a base whose blinks shut."""
    found = []
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        held = _lids(base, sign)
        for name in LIDS:
            found.append(Combo(f"eyeBlink{side}", f"{name}{side}", -held * base.targets[f"{name}{side}"]))
    apart, share = _lips_apart(base), np.clip(0.5 + base.vertices[:, :1] / (2 * MIDDLE * base.width), 0, 1)
    found.append(Combo("mouthSmileLeft", "mouthPucker", share * apart))
    found.append(Combo("mouthSmileRight", "mouthPucker", (1 - share) * apart))
    return found


def _lids(base: Base, sign: float) -> np.ndarray:
    """Say where a blink holds the skin, 1..0, [V, 1]."""
    away = np.linalg.norm((base.vertices - base.eye * [sign, 1.0, 1.0])[:, :2], axis=1)
    return np.interp(away, base.width * np.array([LID_REACH, CHEEK_REACH]), [1.0, 0.0])[:, None]


def _lips_apart(base: Base) -> np.ndarray:
    """Part the lips by as much as smile and pucker together press them deeper than one alone, [V, 3]."""
    smile = base.targets["mouthSmileLeft"] + base.targets["mouthSmileRight"]
    pucker = base.targets["mouthPucker"]
    upper, lower = lip_rows(base)

    def overlap(delta: np.ndarray) -> np.ndarray:
        height = (base.vertices + delta)[:, 1]
        return height[lower].max(axis=0) - height[upper].min(axis=0)

    excess = np.maximum(overlap(smile + pucker) - np.maximum(overlap(smile), overlap(pucker)), 0)
    out = np.zeros_like(base.vertices)
    out[:, 1] = parted(base, smoothed(excess), LIP_FALLOFF)
    return out
