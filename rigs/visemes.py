"""Reduce a face of 52 channels to the few mouth shapes that a character has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..inference_backend.contract import INDEX, Take

PREFIX = "viseme."
"""A mouth shape is a source named viseme.NAME, beside the 52 channels."""

_WIDE = {"mouthStretchLeft": 0.35, "mouthStretchRight": 0.35, "mouthSmileLeft": 0.2, "mouthSmileRight": 0.2}
_PARTED = {"mouthLowerDownLeft": 0.25, "mouthLowerDownRight": 0.25, "mouthUpperUpLeft": 0.15, "mouthUpperUpRight": 0.15}

VISEMES: dict[str, dict[str, float]] = {
    "sil": {},
    "PP": {"mouthPressLeft": 0.4, "mouthPressRight": 0.4, "mouthRollLower": 0.35, "mouthRollUpper": 0.35},
    "FF": {"jawOpen": 0.06, "mouthRollLower": 0.65, "mouthUpperUpLeft": 0.3, "mouthUpperUpRight": 0.3},
    "TH": {"jawOpen": 0.14, **_PARTED, "tongueOut": 0.25},
    "DD": {"jawOpen": 0.14, **_PARTED},
    "kk": {"jawOpen": 0.2, **_PARTED},
    "CH": {"jawOpen": 0.1, "mouthFunnel": 0.55, "mouthPucker": 0.2, **_PARTED},
    "SS": {"jawOpen": 0.06, **_WIDE, **_PARTED},
    "nn": {"jawOpen": 0.16, "mouthLowerDownLeft": 0.2, "mouthLowerDownRight": 0.2},
    "RR": {"jawOpen": 0.13, "mouthFunnel": 0.35, "mouthPucker": 0.2},
    "L": {"jawOpen": 0.22, "mouthLowerDownLeft": 0.2, "mouthLowerDownRight": 0.2, "tongueOut": 0.05},
    "aa": {"jawOpen": 0.55, **_PARTED},
    "E": {"jawOpen": 0.3, **_WIDE, **_PARTED},
    "ih": {"jawOpen": 0.17, **_WIDE, **_PARTED},
    "oh": {"jawOpen": 0.35, "mouthFunnel": 0.5, "mouthPucker": 0.3},
    "ou": {"jawOpen": 0.12, "mouthPucker": 0.75, "mouthFunnel": 0.3},
    "WQ": {"jawOpen": 0.05, "mouthPucker": 0.95, "mouthFunnel": 0.15},
}
"""What the channels are when a mouth shape is shown in full. Sets of shapes that people use name some of these."""


_FEATURES: dict[str, dict[str, float]] = {
    "opening": {"jawOpen": 2.0, "mouthClose": -2.0, "mouthShrugLower": -0.3},
    "lower lip": {"mouthLowerDownLeft": 0.4, "mouthLowerDownRight": 0.4},
    "upper lip": {"mouthUpperUpLeft": 0.3, "mouthUpperUpRight": 0.3},
    "width": {
        "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5, "mouthSmileLeft": 0.25, "mouthSmileRight": 0.25,
        "mouthDimpleLeft": 0.25, "mouthDimpleRight": 0.25, "mouthPucker": -0.9, "mouthFunnel": -0.35,
    },
    "rounding": {"mouthPucker": 0.9, "mouthFunnel": 1.0},
    "tuck": {"mouthRollLower": 0.8},
    "press": {"mouthPressLeft": 0.4, "mouthPressRight": 0.4, "mouthRollUpper": 0.7, "mouthRollLower": 0.25},
    "tongue": {"tongueOut": 0.5},
}  # fmt: skip
"""What eyes see of a mouth, each as a sum of channels: shapes are compared by these and not channel by channel."""

_STEPS = 90
_CLOSED, _PARTED_LIPS = 0.03, 0.1
"""The gap between the lips, in units of jawOpen: up to the first they touch, from the second on they do not."""


def signals(take: Take, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Give the curves [T] of channels and mouth shapes by the names of a formula's sources."""
    shapes = [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]
    found = {name: take.channel(name).astype(np.float64) for name in names if name in INDEX}
    if shapes:
        shown = weights(take, shapes)
        found |= {PREFIX + shape: shown[:, index] for index, shape in enumerate(shapes)}
    return found


def weights(take: Take, shapes: Sequence[str]) -> np.ndarray:
    """Mix the given mouth shapes so that the mouth looks as in the take: [T, shapes], >= 0, rows at most 1 in sum.

    Least squares on what is seen of a mouth. Where the lips touch, open shapes give way to the closed one, or to none.
    """
    seen = _seen(take)
    poses = np.array([_seen_of_pose(VISEMES[shape]) for shape in shapes])
    mix = _mixed(seen, poses)
    opens = np.array([VISEMES[shape].get("jawOpen", 0.0) > 0.0 for shape in shapes])
    touch = _touch(take)
    mix[:, opens] *= (1.0 - touch * ~_tucked(take))[:, None]
    if "PP" in shapes:
        closed = shapes.index("PP")
        room = 1.0 - mix.sum(axis=1) + mix[:, closed]
        pressed = np.clip(seen[:, list(_FEATURES).index("press")] / 0.5 + take.channel("mouthClose") / 0.15, 0.0, 1.0)
        mix[:, closed] = np.minimum(room, np.maximum(mix[:, closed], touch * pressed))
    return np.maximum(mix, 0.0)


def _seen(take: Take) -> np.ndarray:
    table = np.zeros((len(INDEX), len(_FEATURES)))
    for column, parts in enumerate(_FEATURES.values()):
        for channel, weight in parts.items():
            table[INDEX[channel], column] = weight
    return take.values.astype(np.float64) @ table


def _seen_of_pose(pose: dict[str, float]) -> np.ndarray:
    return np.array([sum(w * pose.get(c, 0.0) for c, w in parts.items()) for parts in _FEATURES.values()])


def _mixed(seen: np.ndarray, poses: np.ndarray) -> np.ndarray:
    """Solve for mixes [T, shapes] >= 0 with sums <= 1, by accelerated projected gradients."""
    gram = poses @ poses.T
    aim = seen @ poses.T
    step = 1.0 / max(np.linalg.eigvalsh(gram)[-1], 1e-9)
    mix = ahead = np.zeros_like(aim)
    pace = 1.0
    for _ in range(_STEPS):
        after = _projected(ahead - step * (ahead @ gram - aim))
        next_pace = (1.0 + np.sqrt(1.0 + 4.0 * pace * pace)) / 2.0
        ahead = after + (pace - 1.0) / next_pace * (after - mix)
        mix, pace = after, next_pace
    return mix


def _projected(mix: np.ndarray) -> np.ndarray:
    """Move rows to the nearest ones that are >= 0 and have sums <= 1."""
    positive = np.maximum(mix, 0.0)
    over = positive.sum(axis=1) > 1.0
    if not over.any():
        return positive
    rows = mix[over]
    ranked = -np.sort(-rows, axis=1)
    above = np.cumsum(ranked, axis=1) - 1.0
    counts = np.arange(1, rows.shape[1] + 1)
    last = (ranked - above / counts > 0).sum(axis=1) - 1
    shift = above[np.arange(len(rows)), last] / (last + 1)
    positive[over] = np.maximum(rows - shift[:, None], 0.0)
    return positive


def _touch(take: Take) -> np.ndarray:
    """How surely the lips touch, 0..1."""
    gap = take.channel("jawOpen") - take.channel("mouthClose")
    gap = gap + 0.15 * (take.channel("mouthLowerDownLeft") + take.channel("mouthLowerDownRight"))
    gap = gap + 0.05 * take.channel("mouthPucker")  # a small round opening is one all the same
    return np.clip((_PARTED_LIPS - gap) / (_PARTED_LIPS - _CLOSED), 0.0, 1.0)


def _tucked(take: Take) -> np.ndarray:
    """Tell where the lower lip lies under the teeth, as in f and v: it looks closed and is not."""
    return (take.channel("mouthRollLower") > 0.3) & (take.channel("mouthRollUpper") < 0.2)
