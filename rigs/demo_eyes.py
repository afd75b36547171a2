"""Eyeballs of the demo head: spheres with a cornea, an iris and a pupil, which the eyeLook keys really turn."""

from __future__ import annotations

import numpy as np

from ..inference_backend.contract import CHANNELS
from .demo_part import Part, joined
from .demo_source import BONES, Base

SEGMENTS = 48
# Angles of the rings from the pupil's centre, in degrees; the iris of a 12 mm eye spans about 29 degrees.
RINGS_DEG = (0, 5, 9.5, 10.5, 13, 16, 19, 22, 24.5, 26.5, 29, 36, 48, 65, 90, 120, 150, 180)
PUPIL_DEG, IRIS_DEG = 10.0, 25.5
CORNEA_BULGE = 0.045
PUPIL, SCLERA, CORNER = (0.004, 0.004, 0.005), (0.72, 0.69, 0.66), (0.60, 0.40, 0.36)
IRIS_INNER, IRIS_OUTER, LIMBUS = (0.20, 0.105, 0.035), (0.062, 0.085, 0.065), (0.016, 0.02, 0.018)

# How far a full eyeLook key turns the eye, in degrees, axis by the right-hand rule (x left, y up, z front).
TURNS_DEG: dict[str, tuple[str, float]] = {
    "Up": ("x", -22.0),
    "Down": ("x", 21.0),
    "In": ("y", 30.0),
    "Out": ("y", 30.0),
}


def eyes(base: Base) -> Part:
    """Make both eyeballs, each turned by its own eyeLook keys and skinned to its own bone."""
    return joined([_eye(base, "Left"), _eye(base, "Right")])


def centre_and_radius(base: Base, side: str) -> tuple[np.ndarray, float]:
    """Fit a sphere to MakeHuman's eye helper."""
    points = base.vertices[base.spans[f"helper-{side[0].lower()}-eye"]]
    rear = points[points[:, 2] < np.median(points[:, 2])]  # the front bulges with the cornea
    system = np.column_stack([2 * rear, np.ones(len(rear))])
    x, y, z, rest = np.linalg.lstsq(system, (rear**2).sum(axis=1), rcond=None)[0]
    centre = np.array([x, y, z])
    return centre, float(np.sqrt(rest + centre @ centre))


def _eye(base: Base, side: str) -> Part:
    centre, radius = centre_and_radius(base, side)
    unit, tint, faces = _ball()
    weights = np.zeros((len(unit), len(BONES)))
    weights[:, BONES.index(f"eye.{side[0]}")] = 1.0
    targets = {name: np.zeros_like(unit) for name in CHANNELS}
    for way, (axis, angle_deg) in TURNS_DEG.items():
        # An eye turns "in" towards the nose: the left eye to the right (negative yaw), the right eye to the left.
        sign = 1.0 if axis == "x" or (way == "Out") == (side == "Left") else -1.0
        targets[f"eyeLook{way}{side}"] = radius * (unit @ _rotation(axis, sign * angle_deg).T - unit)
    return Part(centre + radius * unit, faces, tint, targets, weights)


def _ball() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    angles = np.radians(RINGS_DEG[1:-1])
    around = np.linspace(0, 2 * np.pi, SEGMENTS, endpoint=False)
    bulge = 1 + CORNEA_BULGE * np.cos(np.clip(angles / np.radians(IRIS_DEG + 2), 0, 1) * np.pi / 2) ** 2
    ring = np.stack([np.cos(around), np.sin(around)], axis=1)
    body = np.concatenate([
        np.column_stack([b * np.sin(t) * ring, np.full(SEGMENTS, b * np.cos(t))])
        for t, b in zip(angles, bulge, strict=True)
    ])  # fmt: skip
    unit = np.concatenate([body, [[0, 0, 1 + CORNEA_BULGE], [0, 0, -1]]])
    degrees = np.concatenate([np.repeat(RINGS_DEG[1:-1], SEGMENTS), [0, 180]])
    spoke = np.concatenate([np.tile(np.arange(SEGMENTS), len(angles)), [0, 0]])
    return unit, _tint(degrees, spoke), _ball_faces(len(angles))


def _ball_faces(rings: int) -> np.ndarray:
    k = np.arange(SEGMENTS)
    after = (k + 1) % SEGMENTS
    quads = [
        np.stack([r * SEGMENTS + k, (r + 1) * SEGMENTS + k, (r + 1) * SEGMENTS + after, r * SEGMENTS + after], axis=1)
        for r in range(rings - 1)
    ]
    front, back, last = rings * SEGMENTS, rings * SEGMENTS + 1, (rings - 1) * SEGMENTS
    none = np.full(SEGMENTS, -1)
    caps = [
        np.stack([np.full(SEGMENTS, front), k, after, none], axis=1),
        np.stack([np.full(SEGMENTS, back), last + after, last + k, none], axis=1),
    ]
    return np.concatenate([*quads, *caps])


def _tint(degrees: np.ndarray, spoke: np.ndarray) -> np.ndarray:
    # Fibres: the iris varies from spoke to spoke, most around the pupil.
    fibre = 1 + 0.3 * np.sin(spoke * 7.3) * np.cos(spoke * 2.1)
    within = np.clip((degrees - PUPIL_DEG) / (IRIS_DEG - PUPIL_DEG), 0, 1)[:, None]
    iris = ((1 - within) * IRIS_INNER + within * np.array(IRIS_OUTER)) * fibre[:, None]
    iris = np.where(degrees[:, None] > IRIS_DEG - 2.5, LIMBUS, iris)
    redness = np.clip((degrees - 45) / 40, 0, 1)[:, None]
    sclera = (1 - redness) * SCLERA + redness * np.array(CORNER)
    colour = np.where(degrees[:, None] > IRIS_DEG + 0.5, sclera, iris)
    return np.where(degrees[:, None] < PUPIL_DEG, PUPIL, colour)


def _rotation(axis: str, degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    if axis == "x":
        return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    return np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
