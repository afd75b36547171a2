"""Teeth, gums and tongue of the demo head; the lower row and the tongue ride on the jaw's keys."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .demo_part import Binding, Part, bound_part, compact, joined
from .demo_source import BONES, Base

ENAMEL, NECK_ENAMEL, GUM, FLESH = (0.80, 0.77, 0.70), (0.72, 0.62, 0.47), (0.42, 0.13, 0.12), (0.47, 0.16, 0.15)
UPPER_WIDTHS_MM = (8.5, 6.6, 7.6, 7.0, 6.8, 10.0, 9.5)
LOWER_WIDTHS_MM = (5.4, 5.9, 6.9, 7.0, 7.1, 11.0, 10.5)
GUM_STEPS = 40
# Rings of a crown from under the gum to the edge: share of its height, share of its width.
CROWN_HEIGHTS, CROWN_WIDTHS = (-0.25, 0.12, 0.45, 0.75, 0.93, 1.0), (0.8, 0.9, 0.99, 1.02, 1.0, 0.9)
CROWN_CORNERS, CROWN_ROUNDNESS = 12, 0.55
"""Vertices around a crown, and the power that makes its section something between a box (0) and an ellipse (1)."""
UPPER_LIP = 474  # base vertex at the bottom of the upper lip, on the midline
# Depth of a crown, outside to inside, at its neck, its belly and its edge, in decimetres: front teeth and molars.
INCISOR_DEPTH, MOLAR_DEPTH = (0.06, 0.062, 0.022), (0.085, 0.098, 0.078)


@dataclass(frozen=True)
class Row:
    """A dental arch: half an ellipse of half-width and depth around (0, y, z), crowns from `neck_y` to `edge_y`."""

    half_width: float
    depth: float
    back_z: float
    neck_y: float
    edge_y: float

    def at(self, arc: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Place arc lengths from the midline (positive to the left): points and outward normals, each [N, 2] (x, z)."""
        turn = np.linspace(-np.pi / 2, np.pi / 2, 2001)
        points = np.stack([self.half_width * np.sin(turn), self.back_z + self.depth * np.cos(turn)], axis=1)
        along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        where = np.interp(arc, along - along[-1] / 2, turn)
        x, z = self.half_width * np.sin(where), self.back_z + self.depth * np.cos(where)
        normal = np.stack([np.sin(where) * self.depth, np.cos(where) * self.half_width], axis=1)
        return np.stack([x, z], axis=1), normal / np.linalg.norm(normal, axis=1, keepdims=True)

    def half_length(self) -> float:
        """Measure the arch from the midline to one end."""
        points, _ = self.at(np.linspace(-2, 2, 2001))
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum() / 2)


def teeth(base: Base) -> Part:
    """Make both rows of teeth with their gums; the upper row stays with the skull."""
    upper, lower = _row(base, "helper-upper-teeth", up=True), _row(base, "helper-lower-teeth", up=False)
    return joined([
        _follow(base, "helper-upper-teeth", "head", *_row_mesh(upper, UPPER_WIDTHS_MM)),
        _follow(base, "helper-lower-teeth", "jaw", *_row_mesh(lower, LOWER_WIDTHS_MM)),
    ])  # fmt: skip


def tongue(base: Base) -> Part:
    """Take MakeHuman's tongue as it is."""
    binding, faces = compact(Binding.of(np.arange(len(base.vertices))), base.faces_of("helper-tongue"))
    part = bound_part(base, binding, faces, np.array(FLESH))
    part.surface = np.broadcast_to([0.6, 0.7, 0.0, 0.75], (len(part.vertices), 4)).copy()
    part.weights = _all_on("jaw", len(part.vertices))
    return part


def _row(base: Base, group: str, *, up: bool) -> Row:
    points = base.vertices[base.spans[group]]
    x, high, front = points.max(axis=0)
    _, low, back = points.min(axis=0)
    # At rest the upper front teeth reach below the upper lip and cover the edges of the lower ones.
    size = base.width
    edge_y = base.vertices[UPPER_LIP][1] - 0.058 * size if up else high - 0.03 * size
    neck_y = high - 0.09 * size if up else low + 0.09 * size
    # Set in from the helper, or the cheeks would pass through the canines in a smile.
    return Row(x - 0.085 * size, front - back - 0.055 * size, back, neck_y, edge_y)


def _row_mesh(row: Row, widths_mm: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    widths = np.array(widths_mm) / 100
    widths *= row.half_length() * 0.97 / widths.sum()
    ends = np.concatenate([[0], np.cumsum(widths)])
    vertices, faces, tint = _gum(row)
    meshes = [(vertices, faces, tint)]
    for k, (start, stop) in enumerate(pairwise(ends)):
        for side in (1, -1):
            meshes.append(_tooth(row, side * (start + stop) / 2, (stop - start) * 1.03, place=k))
    starts = np.cumsum([0] + [len(mesh[0]) for mesh in meshes])
    return (
        np.concatenate([mesh[0] for mesh in meshes]),
        np.concatenate([np.where(m[1] < 0, -1, m[1] + start) for m, start in zip(meshes, starts, strict=False)]),
        np.concatenate([mesh[2] for mesh in meshes]),
    )


def _tooth(row: Row, arc: float, width: float, place: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    (centre,), (out,) = row.at(np.array([arc]))
    side = np.array([out[1], -out[0]])
    molar = np.clip((place - 2) / 3, 0, 1)
    depths = (1 - molar) * np.array(INCISOR_DEPTH) + molar * np.array(MOLAR_DEPTH)
    canine = 0.003 if place == 2 else -0.01 * (place == 1)  # the edge of a real row is not one line
    edge_y = row.edge_y + np.sign(row.edge_y - row.neck_y) * (canine - 0.016 * place - 0.02 * molar)
    crown = edge_y - row.neck_y
    depths = np.interp(CROWN_HEIGHTS, (CROWN_HEIGHTS[0], 0.45, 1.0), depths)
    turn = np.linspace(np.pi, -np.pi, CROWN_CORNERS, endpoint=False)
    round_ = np.stack([np.cos(turn), np.sin(turn)])
    across, through = 0.5 * np.sign(round_) * abs(round_) ** CROWN_ROUNDNESS
    rings = []
    for share, depth, flare in zip(CROWN_HEIGHTS, depths, CROWN_WIDTHS, strict=True):
        belly = 0.008 * np.sin(np.pi * np.clip(share, 0, 1))  # crowns bulge towards the lips
        flat = centre + np.outer(across * width * flare, side) + np.outer((through - 0.5) * depth + belly, out)
        rings.append(np.column_stack([flat[:, 0], np.full(CROWN_CORNERS, row.neck_y + crown * share), flat[:, 1]]))
    tip = rings[-1].mean(axis=0, keepdims=True) + np.array([0.0, 0.06 * crown, 0.0])
    faces = _crown_faces(len(rings))
    if row.edge_y > row.neck_y:
        faces = np.where(faces[:, 3:] < 0, faces[:, [1, 0, 2, 3]], faces[:, ::-1])
    vertices = np.concatenate([*rings, tip])
    white = np.clip((vertices[:, 1] - row.neck_y) / crown / 0.6, 0, 1)[:, None]
    return vertices, faces, (1 - white) * NECK_ENAMEL + white * np.array(ENAMEL)


def _crown_faces(rings: int) -> np.ndarray:
    """Face the wall of a crown, and its edge around one last vertex."""
    k, n = np.arange(CROWN_CORNERS), CROWN_CORNERS
    after = (k + 1) % n
    walls = [np.stack([r * n + k, r * n + after, r * n + n + after, r * n + n + k], axis=1) for r in range(rings - 1)]
    last = (rings - 1) * n
    edge = np.stack([last + k, last + after, np.full(n, rings * n), np.full(n, -1)], axis=1)
    return np.concatenate([*walls, edge])


def _gum(row: Row) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arcs = np.linspace(-row.half_length(), row.half_length(), GUM_STEPS)
    centre, out = row.at(arcs)
    up = np.sign(row.neck_y - row.edge_y)
    profile = ((0.008, -0.015), (0.028, 0.03), (0.02, 0.11), (-0.12, 0.11), (-0.14, 0.03), (-0.085, -0.01))
    points = [np.column_stack([*(centre + o * out).T, np.full(len(arcs), row.neck_y + up * h)]) for o, h in profile]
    vertices = np.concatenate(points)[:, [0, 2, 1]]
    rings = np.arange(len(profile) * GUM_STEPS).reshape(len(profile), GUM_STEPS)
    shifted = np.roll(rings, -1, axis=0)
    faces = np.stack([rings[:, :-1], rings[:, 1:], shifted[:, 1:], shifted[:, :-1]], axis=-1).reshape(-1, 4)
    if up > 0:
        faces = faces[:, ::-1]
    return vertices, faces, np.broadcast_to(GUM, vertices.shape)


def _follow(base: Base, group: str, bone: str, vertices: np.ndarray, faces: np.ndarray, tint: np.ndarray) -> Part:
    """Move with a helper: the affine map that carries the helper to its keyed shape carries these vertices too."""
    helper = base.spans[group]
    system = np.column_stack([base.vertices[helper], np.ones(len(helper))])
    ours = np.column_stack([vertices, np.ones(len(vertices))])
    targets = {
        name: ours @ np.linalg.lstsq(system, delta[helper], rcond=None)[0] for name, delta in base.targets.items()
    }
    surface = np.broadcast_to([0.0, 0.65, 0.0, 1.0], (len(vertices), 4)).copy()
    # The cheeks keep light from the molars.
    surface[:, 3] = np.clip(1 - (vertices[:, 2].max() - vertices[:, 2]) / (1.6 * np.ptp(vertices[:, 2])), 0.3, 1)
    return Part(vertices, faces, tint.copy(), targets, _all_on(bone, len(vertices)), surface)


def _all_on(bone: str, count: int) -> np.ndarray:
    weights = np.zeros((count, len(BONES)))
    weights[:, BONES.index(bone)] = 1.0
    return weights
