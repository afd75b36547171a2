"""Brows and lashes of the demo head: ribbons of hair that hang on the skin and follow its keys, and the moist line."""

from __future__ import annotations

import numpy as np

from .demo_part import Binding, Part, bound_part, boundary_loops, cast, joined, normals, triangles
from .demo_source import Base

SEED = 7
UP = np.array([0.0, 1.0, 0.0])
LASH, LINER, TEAR = (0.008, 0.006, 0.005), (0.05, 0.022, 0.016), (0.55, 0.30, 0.26)

# The left brow's middle line around the eye's centre: x outwards, y up, half height (decimetres).
BROW_LINE = np.array(
    [(-0.185, 0.16, 0.02), (-0.09, 0.195, 0.032), (0.03, 0.226, 0.029), (0.14, 0.228, 0.021), (0.235, 0.175, 0.008)]
)
BROW_HAIRS, LASHES, LINER_STEPS = 760, {"2": (96, 1.0), "1": (44, 0.5)}, 24


def brows(base: Base) -> Part:
    """Grow both brows; they ride on the skin, so that browInnerUp and browDown can be read."""
    return joined([_brow(base, side) for side in (1, -1)])


def lashes(base: Base) -> Part:
    """Grow the lashes along MakeHuman's lash strips (2: upper, 1: lower)."""
    return joined([
        make(base, f"helper-{side}-eyelashes-{row}", count, length)
        for side in "lr"
        for row, (count, length) in LASHES.items()
        for make in (_lash_row, _liner, *([_moist_line] if row == "1" else []))
    ])  # fmt: skip


def _brow(base: Base, side: int) -> Part:
    random = np.random.default_rng(SEED)
    eye, count = base.eye, round(BROW_HAIRS * base.look.brow)
    along = random.uniform(0, 1, count)
    # Thinner where the brow begins by the nose: hairs there stand apart.
    along = np.where(along < 0.22, 0.22 * (along / 0.22) ** 0.6, along)
    stops = np.linspace(0, 1, len(BROW_LINE))
    x, y, half = (base.width * np.interp(along, stops, BROW_LINE[:, k]) for k in range(3))
    half *= base.look.brow**0.7
    across = np.clip(random.normal(0, 0.55, count), -1.25, 1.25)  # denser in the middle, so that its edges are soft
    root = np.stack([x, y + half * across], axis=1)
    # Hairs stand up by the nose and lie down towards the temple; the lower ones point up, the upper ones down.
    lean = np.radians(np.interp(along, [0, 0.15, 0.5, 1], [75, 48, 18, -22])) - 0.35 * across * np.interp(
        along, [0, 1], [0.3, 1]
    )
    lean += random.normal(0, 0.14, count)
    length = np.interp(along, [0, 0.3, 1], base.width * np.array([0.06, 0.08, 0.06])) * random.uniform(0.75, 1.2, count)
    forward = np.stack([np.cos(lean), np.sin(lean)], axis=1)
    aside = np.stack([-forward[:, 1], forward[:, 0]], axis=1)
    rows = [
        root + length[:, None] * (t * forward + 0.12 * t * t * np.array([0, -1])) + w * aside
        for t, w in ((0.0, -0.0015), (0.0, 0.0015), (0.55, 0.0013), (0.55, -0.0013), (1.0, 0.0))
    ]
    flat = np.stack(rows, axis=1).reshape(-1, 2)
    origins = np.column_stack([side * (eye[0] + flat[:, 0]), eye[1] + flat[:, 1], np.full(len(flat), eye[2] - 0.1)])
    near = _near(base, origins.mean(axis=0), 0.6)
    binding, met = cast(base, near, origins, np.broadcast_to([0.0, 0.0, 1.0], origins.shape))
    kept = np.repeat(met.reshape(-1, 5).all(axis=1), 5)
    binding, count = binding.take(np.flatnonzero(kept)), int(kept.sum()) // 5
    lift = np.tile([0.001, 0.001, 0.012, 0.012, 0.009], count)[:, None]
    outward = binding.apply(normals(base.vertices, base.faces_of("body")))
    tint = np.repeat(_brow_shades(base, random, count), 5, axis=0)
    return _hairy(bound_part(base, binding, _ribbon_faces(count), tint, lift * outward))


def _brow_shades(base: Base, random: np.random.Generator, count: int) -> np.ndarray:
    """Draw the colours of hairs; brows are darker than the hair, and by the skin under them never quite as dark."""
    colour = np.array(base.look.brow_colour or base.look.hair.dark)
    return colour + 0.16 * np.array(base.look.skin) * random.uniform(0.1, 1, (count, 1))


def _hairy(part: Part) -> Part:
    part.surface[:, 1] = 0.12
    return part


def _ribbon_faces(count: int) -> np.ndarray:
    """Face ribbons of five vertices: root, root, middle, middle, tip."""
    first = 5 * np.arange(count)[:, None]
    quads = first + np.array([0, 1, 2, 3])
    tips = np.column_stack([first + np.array([3, 2, 4]), np.full(count, -1)])
    return np.concatenate([quads, tips])


def _lash_row(base: Base, group: str, count: int, length: float) -> Part:
    random = np.random.default_rng(SEED)
    root, tip = _strip_edges(base, group)
    t = np.linspace(0.03, 0.97, count) + random.normal(0, 0.3 / count, count)
    starts, ends = _along(base, root, t), _along(base, tip, t)
    reach = (
        base.look.lashes
        * length
        * random.uniform(0.62, 1.1, count)
        * np.interp(t, [0, 0.15, 0.75, 1], [0.6, 1, 0.9, 0.35])
    )
    a, b = starts.apply(base.vertices), ends.apply(base.vertices)
    aside = np.gradient(a, axis=0)
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    upper = group.endswith("2")
    sag = np.array([0.0, -0.012 if upper else 0.006, 0.008])
    clump = 0.05 * random.normal(size=(count, 1)) * np.linalg.norm(b - a, axis=1, keepdims=True) * aside
    middle, end = a + 0.55 * reach[:, None] * (b - a) + sag, a + reach[:, None] * (b - a) + 2 * clump
    if upper:
        end = end + np.array([0.0, 0.022, 0.012])
    points = np.stack(
        [a - 0.0021 * aside, a + 0.0021 * aside, middle + 0.0016 * aside, middle - 0.0016 * aside, end], axis=1
    )
    bound = Binding(np.repeat(starts.index, 5, axis=0), np.repeat(starts.weight, 5, axis=0))
    lift = points.reshape(-1, 3) - bound.apply(base.vertices)
    return _hairy(bound_part(base, bound, _ribbon_faces(count), np.array(LASH), lift))


def _liner(base: Base, group: str, count: int, length: float) -> Part:
    """Darken the edge of the lid, where real lashes stand too close to be told apart."""
    root, tip = _strip_edges(base, group)
    t = np.linspace(0.02, 0.98, LINER_STEPS)
    starts, ends = _along(base, root, t), _along(base, tip, t)
    reach = 0.14 * length * np.sin(np.pi * np.clip(t * 1.1, 0.08, 1.0))[:, None]
    inner = starts.apply(base.vertices)
    outer = inner + reach * (ends.apply(base.vertices) - inner)
    bound = Binding(np.repeat(starts.index, 2, axis=0), np.repeat(starts.weight, 2, axis=0))
    lift = np.stack([inner, outer], axis=1).reshape(-1, 3) - bound.apply(base.vertices)
    first = 2 * np.arange(LINER_STEPS - 1)[:, None]
    faces = first + np.array([0, 1, 3, 2])
    return bound_part(base, bound, faces, np.array(LINER), lift)


def _moist_line(base: Base, group: str, count: int, length: float) -> Part:
    """Lay the wet rim of the lower lid between its lashes and the eyeball."""
    root, _ = _strip_edges(base, group)
    bound = _along(base, root, np.linspace(0.02, 0.98, LINER_STEPS))
    rim = bound.apply(base.vertices)
    eye = base.eye * [1.0 if rim[:, 0].mean() > 0 else -1.0, 1.0, 1.0]
    inward = (eye - rim) / np.linalg.norm(eye - rim, axis=1, keepdims=True)
    rows = [rim + 0.004 * UP, rim + 0.016 * inward + 0.007 * UP, rim + 0.034 * inward + 0.004 * UP]
    both = Binding(np.repeat(bound.index, 3, axis=0), np.repeat(bound.weight, 3, axis=0))
    lift = np.stack(rows, axis=1).reshape(-1, 3) - both.apply(base.vertices)
    first = 3 * np.arange(LINER_STEPS - 1)[:, None]
    faces = np.concatenate([first + np.array([k, k + 1, k + 4, k + 3]) for k in (0, 1)])
    part = bound_part(base, both, faces, np.array(TEAR), lift)
    part.surface[:] = (0.5, 1.0, 0.0, 0.8)
    return part


def _strip_edges(base: Base, group: str) -> tuple[np.ndarray, np.ndarray]:
    """Split the border of a lash strip at its two ends: the path on the lid and the path of the tips."""
    (loop,) = boundary_loops(base.faces_of(group))
    points = base.vertices[loop]
    loop = np.roll(loop, -int(np.argmin(points[:, 0])))
    far = int(np.argmax(base.vertices[loop][:, 0]))
    one, other = loop[: far + 1], np.concatenate([loop[far:], loop[:1]])[::-1]
    return (one, other) if base.vertices[one][:, 2].mean() < base.vertices[other][:, 2].mean() else (other, one)


def _along(base: Base, path: np.ndarray, t: np.ndarray) -> Binding:
    """Bind places on a path of edges, t in 0..1 by length."""
    steps = np.linalg.norm(np.diff(base.vertices[path], axis=0), axis=1)
    where = np.concatenate([[0], np.cumsum(steps)]) / steps.sum()
    left = np.clip(np.searchsorted(where, t, side="right") - 1, 0, len(path) - 2)
    share = np.clip((t - where[left]) / (where[left + 1] - where[left]), 0, 1)
    none = np.zeros_like(share)
    return Binding(
        np.stack([path[left], path[left + 1], path[left], path[left]], axis=1),
        np.stack([1 - share, share, none, none], axis=1),
    )


def _near(base: Base, point: np.ndarray, reach: float) -> np.ndarray:
    tris = triangles(base.faces_of("body"))
    middle = base.vertices[tris].mean(axis=1)
    close = np.linalg.norm((middle - point)[:, :2], axis=1) < reach
    return tris[close & (middle[:, 2] > point[2])]
