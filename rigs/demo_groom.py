"""Brows, lashes and hair of the demo head: ribbons of hair that hang on the skin and follow its keys."""

from __future__ import annotations

import numpy as np

from .demo_part import Binding, Part, bound_part, boundary_loops, cast, compact, cut, joined, normals, triangles
from .demo_source import Base

HAIR_DARK, HAIR_LIGHT = np.array((0.016, 0.0095, 0.006)), np.array((0.075, 0.043, 0.024))
SEED = 7

# The left brow's middle line around the eye's centre: x outwards, y up, half height (decimetres).
BROW_LINE = np.array(
    [(-0.185, 0.16, 0.02), (-0.09, 0.195, 0.032), (0.03, 0.226, 0.029), (0.14, 0.228, 0.021), (0.235, 0.175, 0.008)]
)
BROW_HAIRS, LASHES, LINER_STEPS = 230, {"2": (60, 1.1), "1": (28, 0.55)}, 24

# The hairline: angle from the front (degrees), height over the eyes' centre (decimetres).
HAIRLINE = np.array(
    (
        *((0, 0.71), (25, 0.70), (42, 0.61), (56, 0.40), (66, 0.18), (74, 0.0), (84, 0.02), (92, 0.30), (104, 0.24)),
        *((116, -0.12), (130, -0.42), (150, -0.62), (180, -0.7)),
    )
)
HAIR_LIFT, HAIR_CARDS, CARD_STEPS = 0.115, 1000, 5
HAIR_FADE, STUBBLE = 0.06, np.array((0.15, 0.085, 0.058))


def brows(base: Base) -> Part:
    """Grow both brows; they ride on the skin, so that browInnerUp and browDown can be read."""
    return joined([_brow(base, side) for side in (1, -1)])


def lashes(base: Base) -> Part:
    """Grow the lashes along MakeHuman's lash strips (2: upper, 1: lower)."""
    return joined([
        make(base, f"helper-{side}-eyelashes-{row}", count, length)
        for side in "lr"
        for row, (count, length) in LASHES.items()
        for make in (_lash_row, _liner)
    ])  # fmt: skip


def hair(base: Base) -> Part:
    """Cover the scalp: a dark shell, and ribbons combed back over it."""
    return joined([_scalp(base), _combed(base)])


def _brow(base: Base, side: int) -> Part:
    random = np.random.default_rng(SEED)
    eye = _eye_centre(base)
    along = random.uniform(0, 1, BROW_HAIRS)
    stops = np.linspace(0, 1, len(BROW_LINE))
    x, y, half = (np.interp(along, stops, BROW_LINE[:, k]) for k in range(3))
    across = random.uniform(-1, 1, BROW_HAIRS)
    root = np.stack([x, y + half * across], axis=1)
    # Hairs stand up by the nose and lie down towards the temple; the lower ones point up, the upper ones down.
    lean = np.radians(np.interp(along, [0, 0.15, 0.5, 1], [75, 48, 18, -22])) - 0.35 * across * np.interp(
        along, [0, 1], [0.3, 1]
    )
    lean += random.normal(0, 0.12, BROW_HAIRS)
    length = np.interp(along, [0, 0.3, 1], [0.065, 0.085, 0.06]) * random.uniform(0.8, 1.2, BROW_HAIRS)
    forward = np.stack([np.cos(lean), np.sin(lean)], axis=1)
    aside = np.stack([-forward[:, 1], forward[:, 0]], axis=1)
    rows = [
        root + length[:, None] * (t * forward + 0.12 * t * t * np.array([0, -1])) + w * aside
        for t, w in ((0.0, -0.0035), (0.0, 0.0035), (0.55, 0.0028), (0.55, -0.0028), (1.0, 0.0))
    ]
    flat = np.stack(rows, axis=1).reshape(-1, 2)
    origins = np.column_stack([side * (eye[0] + flat[:, 0]), eye[1] + flat[:, 1], np.full(len(flat), eye[2] - 0.1)])
    near = _near(base, origins.mean(axis=0), 0.6)
    binding, met = cast(base, near, origins, np.broadcast_to([0.0, 0.0, 1.0], origins.shape))
    kept = np.repeat(met.reshape(-1, 5).all(axis=1), 5)
    binding, count = binding.take(np.flatnonzero(kept)), int(kept.sum()) // 5
    lift = np.tile([0.006, 0.006, 0.016, 0.016, 0.012], count)[:, None]
    outward = binding.apply(normals(base.vertices, base.faces_of("body")))
    tint = np.repeat(_shades(random, count), 5, axis=0)
    return bound_part(base, binding, _ribbon_faces(count), tint, lift * outward)


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
    reach = length * random.uniform(0.85, 1.1, count) * np.interp(t, [0, 0.15, 0.75, 1], [0.6, 1, 0.9, 0.35])
    a, b = starts.apply(base.vertices), ends.apply(base.vertices)
    aside = np.gradient(a, axis=0)
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    upper = group.endswith("2")
    sag = np.array([0.0, -0.012 if upper else 0.006, 0.008])
    middle, end = a + 0.55 * reach[:, None] * (b - a) + sag, a + reach[:, None] * (b - a)
    if upper:
        end = end + np.array([0.0, 0.022, 0.012])
    points = np.stack(
        [a - 0.0036 * aside, a + 0.0036 * aside, middle + 0.0026 * aside, middle - 0.0026 * aside, end], axis=1
    )
    bound = Binding(np.repeat(starts.index, 5, axis=0), np.repeat(starts.weight, 5, axis=0))
    lift = points.reshape(-1, 3) - bound.apply(base.vertices)
    return bound_part(base, bound, _ribbon_faces(count), HAIR_DARK * 0.6, lift)


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
    return bound_part(base, bound, faces, HAIR_DARK, lift)


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


def _scalp(base: Base) -> Part:
    binding, faces = compact(Binding.of(np.arange(len(base.vertices))), _skull_faces(base))
    binding, faces = cut(binding, faces, _inside_hairline(base, binding.apply(base.vertices)))
    points = binding.apply(base.vertices)
    outward = binding.apply(normals(base.vertices, base.faces_of("body")))
    # The hair thins out towards the hairline, or it would look like a cap.
    cover = np.clip(_inside_hairline(base, points) / HAIR_FADE, 0, 1)[:, None]
    tint = (1 - cover) * STUBBLE + cover * (HAIR_DARK + 0.25 * (HAIR_LIGHT - HAIR_DARK))
    return bound_part(base, binding, faces, tint, _thickness(base, points)[:, None] * outward)


def _thickness(base: Base, points: np.ndarray) -> np.ndarray:
    inside = np.maximum(_inside_hairline(base, points), 0)
    height = np.clip((points[:, 1] - _eye_centre(base)[1]) / 0.9, 0, 1)
    return 0.004 + HAIR_LIFT * (0.35 + 0.65 * height) * (1 - np.exp(-inside / 0.2))


def _combed(base: Base) -> Part:
    """Lay ribbons over the shell, from the hairline and the crown to the back, each turned from the parting."""
    random = np.random.default_rng(SEED)
    centre = _skull_centre(base)
    tris = triangles(_skull_faces(base))
    azimuth = np.radians(random.uniform(-180, 180, HAIR_CARDS))
    line = np.interp(abs(np.degrees(azimuth)), *HAIRLINE.T) + _eye_centre(base)[1]
    low = np.arctan2(line - centre[1], 0.75)
    elevation = low + (np.pi / 2 - low) * 0.96 * random.uniform(0, 1, HAIR_CARDS) ** 1.5
    comb, width = _comb_paths(random, azimuth, elevation)
    directions = comb.reshape(-1, 3)
    binding, met = cast(base, tris, np.broadcast_to(centre, directions.shape), directions)
    points = binding.apply(base.vertices)
    outward = binding.apply(normals(base.vertices, base.faces_of("body")))
    inside = _inside_hairline(base, points).reshape(HAIR_CARDS, CARD_STEPS)
    good = np.logical_and(met.reshape(HAIR_CARDS, CARD_STEPS).all(axis=1), (inside > -0.02).all(axis=1))
    lift = _thickness(base, points) + np.tile(
        np.interp(np.arange(CARD_STEPS), [0, 2, 4], [-0.012, 0.014, 0.004]), HAIR_CARDS
    )
    spine = points + lift[:, None] * outward
    return _ribbons(base, binding, spine, outward, width, good, random)


def _comb_paths(
    random: np.random.Generator, azimuth: np.ndarray, elevation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Trace directions from the skull's centre, [cards, steps, 3]: great circles towards the nape."""
    start = np.stack(
        [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)], axis=1
    )
    goal = np.array([0.0, -0.45, -0.9]) + random.normal(0, 0.12, start.shape)
    length = random.uniform(0.28, 0.5, HAIR_CARDS)
    along = goal - (goal * start).sum(axis=1, keepdims=True) * start
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    turn = length[:, None] * np.linspace(0, 1, CARD_STEPS)
    paths = np.cos(turn)[..., None] * start[:, None] + np.sin(turn)[..., None] * along[:, None]
    return paths, random.uniform(0.022, 0.042, HAIR_CARDS)


def _ribbons(
    base: Base,
    binding: Binding,
    spine: np.ndarray,
    outward: np.ndarray,
    width: np.ndarray,
    good: np.ndarray,
    random: np.random.Generator,
) -> Part:
    shape = (len(good), CARD_STEPS, 3)
    spine, outward = spine.reshape(shape)[good], outward.reshape(shape)[good]
    count = int(good.sum())
    aside = np.cross(np.gradient(spine, axis=1), outward)
    aside /= np.linalg.norm(aside, axis=2, keepdims=True)
    taper = np.interp(np.arange(CARD_STEPS), [0, 1, 3, CARD_STEPS - 1], [0.5, 0.9, 1.0, 0.15])
    half = 0.5 * width[good][:, None, None] * taper[None, :, None] * aside
    # Middle row raised: each ribbon is a shallow gutter, so that its edges sink into its neighbours.
    points = np.stack([spine - half, spine + 0.006 * outward, spine + half], axis=2).reshape(-1, 3)
    rows = np.flatnonzero(np.repeat(good, CARD_STEPS))
    bound = binding.take(np.repeat(rows, 3))
    tint = np.repeat(_shades(random, count), 3 * CARD_STEPS, axis=0)
    n = np.arange(count * CARD_STEPS * 3).reshape(count, CARD_STEPS, 3)
    faces = [
        np.stack([n[:, :-1, k], n[:, :-1, k + 1], n[:, 1:, k + 1], n[:, 1:, k]], axis=-1).reshape(-1, 4) for k in (0, 1)
    ]
    return bound_part(base, bound, np.concatenate(faces), tint, points - bound.apply(base.vertices))


def _shades(random: np.random.Generator, count: int) -> np.ndarray:
    share = random.beta(1.6, 3.0, count)[:, None]
    return (1 - share) * HAIR_DARK + share * HAIR_LIGHT


def _eye_centre(base: Base) -> np.ndarray:
    return base.vertices[base.spans["helper-l-eye"]].mean(axis=0)


def _skull_centre(base: Base) -> np.ndarray:
    crown = base.joint("head-2")
    return np.array([0.0, _eye_centre(base)[1] + 0.2, crown[2]])


def _skull_faces(base: Base) -> np.ndarray:
    faces = base.faces_of("body")
    middle = base.vertices[faces].mean(axis=1)
    return faces[middle[:, 1] > _eye_centre(base)[1] - 1.0]


def _inside_hairline(base: Base, points: np.ndarray) -> np.ndarray:
    """Measure the height over the hairline (decimetres; negative: bare skin), [N]."""
    centre = _skull_centre(base)
    azimuth = np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] - centre[2]))
    return points[:, 1] - _eye_centre(base)[1] - np.interp(azimuth, *HAIRLINE.T)


def _near(base: Base, point: np.ndarray, reach: float) -> np.ndarray:
    tris = triangles(base.faces_of("body"))
    middle = base.vertices[tris].mean(axis=1)
    close = np.linalg.norm((middle - point)[:, :2], axis=1) < reach
    return tris[close & (middle[:, 2] > point[2])]
