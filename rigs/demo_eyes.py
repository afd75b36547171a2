"""Eyeballs of the demo head: spheres with a cornea, an iris and a pupil, which the eyeLook keys really turn."""

from __future__ import annotations

import numpy as np

from ..inference_backend.contract import CHANNELS
from .demo_cast import Colour
from .demo_part import Part, joined
from .demo_source import BONES, Base

SEGMENTS = 64
# Angles of the rings from the pupil's centre, in degrees; the iris of a 12 mm eye spans about 29 degrees.
RINGS_DEG = (0, 5, 9.5, 10.5, 11.5, 13, 14.5, 16, 17.5, 19, 20.5, 22, 23.5, 25, 26.5, 28.5, 31, 36, 44, 54, 68, 90,
             130, 180)  # fmt: skip
PUPIL_DEG, IRIS_DEG, LIMBUS_DEG = 10.0, 26.0, 3.2
CORNEA_BULGE = 0.045
PUPIL, SCLERA, CORNER = (0.003, 0.003, 0.004), (0.66, 0.63, 0.60), (0.55, 0.33, 0.29)
LIMBUS_SHADE, SHADED_DEG = 0.22, (34.0, 78.0)
SEED = 11

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
    unit, tint, faces = _ball(base.look.iris)
    weights = np.zeros((len(unit), len(BONES)))
    weights[:, BONES.index(f"eye.{side[0]}")] = 1.0
    targets = {name: np.zeros_like(unit) for name in CHANNELS}
    for way, (axis, angle_deg) in TURNS_DEG.items():
        # An eye turns "in" towards the nose: the left eye to the right (negative yaw), the right eye to the left.
        sign = 1.0 if axis == "x" or (way == "Out") == (side == "Left") else -1.0
        targets[f"eyeLook{way}{side}"] = radius * (unit @ _rotation(axis, sign * angle_deg).T - unit)
    moist = np.broadcast_to([0.0, 1.0, 0.0, 1.0], (len(unit), 4)).copy()
    # Lids shade the white towards its edge; under them nothing is seen.
    away = np.degrees(np.arccos(np.clip(unit[:, 2] / np.linalg.norm(unit, axis=1), -1, 1)))
    moist[:, 3] = np.interp(away, SHADED_DEG, [1.0, 0.35])
    return Part(centre + radius * unit, faces, tint, targets, weights, moist)


def _ball(iris: tuple[Colour, Colour]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
    return unit, _tint(degrees, spoke, iris), _ball_faces(len(angles))


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


def _tint(degrees: np.ndarray, spoke: np.ndarray, colours: tuple[Colour, Colour]) -> np.ndarray:
    random = np.random.default_rng(SEED)
    # Fibres: the iris varies from spoke to spoke, and a little along them.
    fibre = np.convolve(np.tile(random.normal(0, 1, SEGMENTS), 3), [0.25, 0.5, 0.25], "same")[SEGMENTS : 2 * SEGMENTS]
    shade = 1 + 0.28 * fibre[spoke] + 0.10 * random.normal(0, 1, len(degrees))
    within = np.clip((degrees - PUPIL_DEG) / (IRIS_DEG - PUPIL_DEG), 0, 1)[:, None]
    mixed = np.clip(within * 1.35 - 0.1 + 0.12 * fibre[spoke][:, None], 0, 1)
    iris = ((1 - mixed) * colours[0] + mixed * np.array(colours[1])) * np.clip(shade, 0.45, 1.7)[:, None]
    rim = np.clip((degrees - IRIS_DEG + LIMBUS_DEG) / LIMBUS_DEG, 0, 1)[:, None]
    iris *= 1 - (1 - LIMBUS_SHADE) * rim
    redness = np.clip((degrees - 42) / 40, 0, 1)[:, None]
    sclera = (1 - redness) * SCLERA + redness * np.array(CORNER)
    soft = np.clip((degrees - IRIS_DEG) / 2.6, 0, 1)[:, None]
    colour = np.where(degrees[:, None] > IRIS_DEG, (1 - soft) * 0.4 * np.array(colours[1]) + soft * sclera, iris)
    return np.where(degrees[:, None] < PUPIL_DEG, PUPIL, colour)


def _rotation(axis: str, degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    if axis == "x":
        return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    return np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
