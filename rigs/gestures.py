"""Nods, shakes and tilts of the head, placed by hand: from rest to rest, no faster than a neck turns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..inference_backend.contract import HEAD

AXES: dict[str, str] = {"nod": "pitch", "shake": "yaw", "tilt": "roll"}
FASTEST_RAD_S = math.radians(330.0)
"""Vigorous turns reach 780 degrees a second (median, Grossman et al. 1988); under half of that goes with speech."""
_REBOUND = {"nod": 0.22, "shake": 1.0, "tilt": 0.15}  # how far the head swings back beyond rest, of the way there
_DECAY = 0.2  # by which each swing is smaller than the one before
_ONSET = 1.25  # the first and the last movement take longer than those between
_PEAK = 1.875  # greatest speed of a movement with least jerk, over its mean


@dataclass(frozen=True)
class Gesture:
    """One gesture: how far the first swing goes, how many swings a second, how many of them.

    direction 1 begins downwards, or to the character's own left, or towards its right shoulder; -1 the other way.
    """

    kind: str = "nod"
    amount_rad: float = math.radians(10.0)
    speed_hz: float = 1.6
    count: int = 2
    direction: int = 1

    @property
    def duration_s(self) -> float:
        """Time from rest to rest."""
        return float(self.turns()[0][-1])

    def turns(self) -> tuple[np.ndarray, np.ndarray]:
        """List the times and angles at which the head turns back, rest at both ends included."""
        angles = [0.0]
        for swing in range(self.count):
            size = self.direction * self.amount_rad * (1 - _DECAY) ** swing
            angles += [size, -_REBOUND[self.kind] * size * (1 - _DECAY / 2)]
        angles.append(0.0)
        if self.count:
            angles[-2] *= 0.5  # the last swing back only comes to rest
        ways = np.abs(np.diff(angles))
        lengths = np.full(len(ways), 0.5 / self.speed_hz)
        lengths[[0, -1]] *= _ONSET
        lengths = np.maximum(lengths, _PEAK * ways / FASTEST_RAD_S)
        return np.concatenate([[0.0], np.cumsum(lengths)]), np.array(angles)

    def head(self, fps: float) -> np.ndarray:
        """Rotation of the head at each frame, float32 [T, 3] in radians; the first and the last are at rest."""
        times, angles = self.turns()
        at = np.minimum(np.arange(math.ceil(times[-1] * fps) + 1) / fps, times[-1])
        before = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
        u = (at - times[before]) / (times[before + 1] - times[before])
        eased = u**3 * (10 - 15 * u + 6 * u * u)  # least jerk
        head = np.zeros((len(at), len(HEAD)), np.float32)
        head[:, HEAD.index(AXES[self.kind])] = angles[before] + eased * (angles[before + 1] - angles[before])
        return head
