"""Parts of the demo head whose vertices hang on the base mesh: bound, cut, cast on and lifted off it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .demo_source import Base

CORNERS = 4
PLAIN = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Binding:
    """Vertices as blends of base vertices: index int [N, 4], weight float64 [N, 4], each row summing to one."""

    index: np.ndarray
    weight: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Blend one value per base vertex, [V, D], into one per bound vertex, [N, D]."""
        return np.einsum("nc,ncd->nd", self.weight, values[self.index])

    def take(self, rows: np.ndarray) -> Binding:
        """Keep these rows."""
        return Binding(self.index[rows], self.weight[rows])

    @staticmethod
    def of(vertices: np.ndarray) -> Binding:
        """Bind one to one."""
        weight = np.zeros((len(vertices), CORNERS))
        weight[:, 0] = 1.0
        return Binding(np.repeat(vertices[:, None], CORNERS, axis=1), weight)


@dataclass
class Part:
    """One mesh of the demo head, its 52 keys and its skin weights.

    vertices [N, 3]; faces int [F, 4], -1 in the last place of a triangle; tint [N, 3] linear colour;
    targets name -> [N, 3]; weights [N, 6] over BONES. For shaders: surface [N, 4], how much each vertex is skin, moist,
    hair, and open to light (PLAIN where not said), and strand [N, 3], the way that its hair runs.
    """

    vertices: np.ndarray
    faces: np.ndarray
    tint: np.ndarray
    targets: dict[str, np.ndarray]
    weights: np.ndarray
    surface: np.ndarray = field(default_factory=lambda: np.empty((0, 4)))
    strand: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))

    def __post_init__(self) -> None:
        """Fill in what was not said."""
        if not len(self.surface):
            self.surface = np.broadcast_to(PLAIN, (len(self.vertices), 4)).copy()
        if not len(self.strand):
            self.strand = np.zeros((len(self.vertices), 3))


def bound_part(
    base: Base, binding: Binding, faces: np.ndarray, tint: np.ndarray, lift: np.ndarray | None = None
) -> Part:
    """Make a part whose vertices, keys and weights follow the base mesh; lift [N, 3] moves the rest shape off it."""
    vertices = binding.apply(base.vertices)
    targets = {name: binding.apply(delta) for name, delta in base.targets.items()}
    return Part(
        vertices if lift is None else vertices + lift,
        faces,
        np.broadcast_to(tint, vertices.shape).copy(),
        targets,
        binding.apply(base.weights),
    )


def joined(parts: list[Part]) -> Part:
    """Join parts into one mesh."""
    starts = np.cumsum([0] + [len(part.vertices) for part in parts])
    faces = [np.where(part.faces < 0, -1, part.faces + start) for part, start in zip(parts, starts, strict=False)]
    return Part(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate(faces),
        np.concatenate([part.tint for part in parts]),
        {name: np.concatenate([part.targets[name] for part in parts]) for name in parts[0].targets},
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.surface for part in parts]),
        np.concatenate([part.strand for part in parts]),
    )


def cut(binding: Binding, faces: np.ndarray, height: np.ndarray) -> tuple[Binding, np.ndarray]:
    """Keep what lies where height [N] > 0, with new vertices on the line where it is zero."""
    index, weight = [*binding.index], [*binding.weight]
    crossings: dict[tuple[int, int], int] = {}

    def crossing(a: int, b: int) -> int:
        low, high = min(a, b), max(a, b)
        if (low, high) not in crossings:
            share = height[low] / (height[low] - height[high])
            crossings[low, high] = len(index)
            row = _blend(binding, low, high, share)
            index.append(row[0])
            weight.append(row[1])
        return crossings[low, high]

    kept = []
    for face in faces:
        corners = [int(v) for v in face if v >= 0]
        ring: list[int] = []
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
            if height[a] > 0:
                ring.append(a)
            if (height[a] > 0) != (height[b] > 0):
                ring.append(crossing(a, b))
        kept.extend(_fan(ring))
    return compact(Binding(np.array(index), np.array(weight)), np.array(kept))


def _blend(binding: Binding, low: int, high: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    rows = np.concatenate([binding.index[low], binding.index[high]])
    shares = np.concatenate([(1 - share) * binding.weight[low], share * binding.weight[high]])
    order = np.argsort(-shares)[:CORNERS]
    return rows[order], shares[order] / shares[order].sum()


def _fan(ring: list[int]) -> list[list[int]]:
    if len(ring) < 3:
        return []
    if len(ring) <= CORNERS:
        return [ring + [-1] * (CORNERS - len(ring))]
    return [ring[:4], [ring[0], ring[3], ring[4], -1]]


def compact(binding: Binding, faces: np.ndarray) -> tuple[Binding, np.ndarray]:
    """Drop the vertices that no face uses."""
    used = np.unique(faces[faces >= 0])
    renumber = np.full(len(binding.index) + 1, -1)
    renumber[used] = np.arange(len(used))
    return binding.take(used), renumber[faces]


def triangles(faces: np.ndarray) -> np.ndarray:
    """Split quads, int [F, 4] to [T, 3]."""
    second = faces[:, [0, 2, 3]]
    return np.concatenate([faces[:, :3], second[second[:, 2] >= 0]])


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Average the face normals around each vertex, [N, 3], unit length."""
    tris = triangles(faces)
    a, b, c = (vertices[tris[:, k]] for k in range(3))
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, tris[:, k], np.cross(b - a, c - a))
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)


def cast(base: Base, tris: np.ndarray, origins: np.ndarray, directions: np.ndarray) -> tuple[Binding, np.ndarray]:
    """Bind each ray, [N, 3] and [N, 3], to the farthest triangle it meets; also say which rays met one, bool [N].

    Moeller and Trumbore's intersection; the farthest hit is the outer skin for rays from inside the head.
    """
    a = base.vertices[tris[:, 0]]
    ab, ac = base.vertices[tris[:, 1]] - a, base.vertices[tris[:, 2]] - a
    index = np.zeros((len(origins), CORNERS), int)
    weight = np.zeros((len(origins), CORNERS))
    met = np.zeros(len(origins), bool)
    for row, (origin, direction) in enumerate(zip(origins, directions, strict=True)):
        p = np.cross(direction, ac)
        det = np.einsum("td,td->t", ab, p)
        det = np.where(abs(det) < 1e-12, np.inf, det)
        u = ((origin - a) * p).sum(axis=1) / det
        q = np.cross(origin - a, ab)
        v = (q @ direction) / det
        t = np.einsum("td,td->t", ac, q) / det
        inside = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (t > 0)
        if inside.any():
            best = int(np.argmax(np.where(inside, t, -1.0)))
            index[row, :3], met[row] = tris[best], True
            weight[row, :3] = 1 - u[best] - v[best], u[best], v[best]
    return Binding(index, weight), met


def boundary_loops(faces: np.ndarray) -> list[list[int]]:
    """Walk the open edges, in the winding of the faces, into closed loops."""
    edges: set[tuple[int, int]] = set()
    for face in faces:
        corners = [int(v) for v in face if v >= 0]
        edges.update(zip(corners, corners[1:] + corners[:1], strict=True))
    follow = {a: b for a, b in edges if (b, a) not in edges}
    loops = []
    while follow:
        start, here = follow.popitem()
        loop = [start]
        while here != start and here in follow:
            loop.append(here)
            here = follow.pop(here)
        loops.append(loop)
    return loops
