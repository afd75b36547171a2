"""A nod or a shake: a few swings of the head about one axis, each of its own size and length."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.interpolate import BPoly
from scipy.spatial.transform import Rotation

Kind = Literal["nod", "shake"]
_MAIN_AXIS: dict[str, int] = {"nod": 0, "shake": 1}  # +x: the chin drops; +y: the nose turns to the character's left
_REBOUND = 0.22  # share of its depth by which a nod rises over rest between two swings
_ONSET = 1.25  # the first and the last movement take longer than those between them


@dataclass(frozen=True)
class Gesture:
    """One gesture, in the measures by which head movements are described (Hadar et al. 1983).

    amplitude_rad is the first swing away from rest, and each later one is smaller by the share `decay`. A nod's swing
    goes down and up again, a shake's to one side and the other; frequency_hz counts swings. direction is 1 where the
    first movement is downwards or to the character's own left, -1 where it is upwards or to the right. sizes and
    lengths [count] vary each swing about 1. lean tips the axis: nobody turns about a pure one.
    """

    kind: Kind
    onset_s: float
    amplitude_rad: float
    frequency_hz: float
    count: int
    decay: float
    direction: int = 1
    sizes: tuple[float, ...] = ()
    lengths: tuple[float, ...] = ()
    lean: tuple[float, float] = (0.0, 0.0)

    @property
    def end_s(self) -> float:
        """Time at which the head is at rest again."""
        return float(self._turns()[0][-1])

    @property
    def stroke_s(self) -> float:
        """Time from the onset to the first turning point, which falls on a stressed syllable."""
        return float(self._turns()[0][1]) - self.onset_s

    def curve(self, time_s: np.ndarray) -> np.ndarray:
        """Angle [T] in radians: from rest with least jerk, in between like a pendulum, with least jerk to rest."""
        times, angles = self._turns()
        inside = np.clip(time_s, times[0], times[-1])
        return np.asarray(_path(times, angles)(inside))

    def rotations(self, time_s: np.ndarray) -> Rotation:
        """Rotation of the head in its own frame at each time."""
        axis = np.insert(np.array(self.lean), _MAIN_AXIS[self.kind], 1.0)
        return Rotation.from_rotvec(self.curve(time_s)[:, None] * axis / np.linalg.norm(axis))

    def scaled(self, factor: float) -> Gesture:
        """Give the gesture at another size."""
        return dataclasses.replace(self, amplitude_rad=self.amplitude_rad * factor)

    def as_record(self) -> dict[str, Any]:
        """Plain values for a clip's provenance."""
        record = dataclasses.asdict(self)
        short = {k: round(v, 4) for k, v in record.items() if isinstance(v, float)}
        lists = {k: [round(x, 3) for x in record[k]] for k in ("sizes", "lengths", "lean")}
        return {**record, **short, **lists, "end_s": round(self.end_s, 4)}

    def _turns(self) -> tuple[np.ndarray, np.ndarray]:
        """List times and angles at which the head turns back, rest at both ends included."""
        sizes, lengths = self.sizes or (1.0,) * self.count, self.lengths or (1.0,) * self.count
        times, angles = [self.onset_s], [0.0]
        for i in range(self.count):
            size = self.amplitude_rad * (1 - self.decay) ** i * sizes[i]
            half = 0.5 * lengths[i] / self.frequency_hz
            back = -_REBOUND * size if self.kind == "nod" else -size * (1 - self.decay / 2)
            there = times[-1] + half * (_ONSET if i == 0 else 1.0)
            times += [there, there + half]
            angles += [self.direction * size, self.direction * back]
        times.append(times[-1] + _ONSET * 0.5 * (lengths[-1] / self.frequency_hz))
        return np.array(times), np.array([*angles, 0.0])


def draw(kind: Kind, amount: float, rng: np.random.Generator) -> Gesture:
    """Draw a gesture as large as amount 0..1 asks, with its onset at 0.

    Nods are of 1.4 to 3 swings a second and 4 to 15 degrees, shakes of 1.1 to 2.3 and 5 to 20 degrees to each side:
    the "ordinary" class of movements that Hadar et al. 1983 count between 1.8 and 3.7 reversals a second.
    """
    nod = kind == "nod"
    count = 1 + int(rng.binomial(3, 0.3 + 0.3 * amount)) if nod else 1 + int(rng.binomial(2, 0.35 + 0.35 * amount))
    degrees = (4 + 11 * amount if nod else 5 + 15 * amount) * np.exp(rng.normal(0, 0.10))
    hz = rng.uniform(1.4, 2.2) + 0.7 * amount if nod else rng.uniform(1.1, 1.7) + 0.5 * amount
    down_first = rng.random() < (0.85 if nod else 0.5)  # some nods begin with a raise of the head
    return Gesture(
        kind,
        0.0,
        float(np.radians(degrees)) * (1.0 if down_first or not nod else 0.7),
        float(hz),
        count,
        float(rng.uniform(0.12, 0.4)),
        1 if down_first else -1,
        tuple(np.exp(rng.normal(0, 0.14, count)).tolist()),
        tuple(np.exp(rng.normal(0, 0.10, count)).tolist()),
        tuple(rng.normal(0, 0.06, 2).tolist()),
    )


def _path(times: np.ndarray, angles: np.ndarray) -> BPoly:
    """Quintic pieces at rest in each turning point, there with the acceleration of the swings on both sides."""
    width, way = np.diff(times), np.diff(angles)
    pull = 0.5 * way * (np.pi / width) ** 2  # of half a cosine's ends
    acceleration = np.r_[0.0, 0.5 * (pull[1:] - pull[:-1]), 0.0]
    return BPoly.from_derivatives(times, np.stack([angles, np.zeros(len(angles)), acceleration], 1))
