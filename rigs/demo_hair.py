"""Hair of the demo head: a shell over the scalp, and strands that grow out of it, fall, and lie on what they meet."""

from __future__ import annotations

import numpy as np

from .demo_cast import Hair
from .demo_part import Binding, Part, bound_part, cast, compact, cut, joined, normals, triangles
from .demo_source import BONES, Base

SEED = 7
GROWTH = 28
"""Steps in which a strand grows; fewer are kept."""
LONG_STEPS, SHORT_STEPS = 9, 5
DOWN, UP = np.array([0.0, -1.0, 0.0]), np.array([0.0, 1.0, 0.0])

# The hairline: angle from the front (degrees), height over the eyes' centre (decimetres).
HAIRLINE = np.array(
    (
        *((0, 0.70), (22, 0.69), (38, 0.60), (52, 0.42), (63, 0.20), (71, 0.0), (80, -0.03), (90, 0.20), (102, 0.18)),
        *((116, -0.14), (130, -0.42), (150, -0.62), (180, -0.7)),
    )
)
EDGE_DENSITY = 5.0
FADE, SCALP_FADE = 0.07, 0.16
"""Over how much height hair and the scalp's shade thin out towards the hairline, or both would look like a cap (dm)."""
# How far to the side a strand in front must hang, in degrees from the front, by its height over the eyes.
FACE_FREE = np.array(((-1.2, 58), (-0.6, 66), (0.0, 71), (0.2, 60), (0.34, 36), (0.46, 0)))
FRINGE = 0.2
"""How much lower a fringe may hang (decimetres)."""
GRID = (54, 37)
"""Directions, around and from bottom to top, in which the skull's distance is measured."""
FOREHEAD_DEG = 44.0
LONG = ("parted", "bob")
SUNK = 0.03
LOOSE = 0.35
"""How closely, beside combed hair, tousled hair keeps to the head at each step of its growth."""


class Skull:
    """The head as a distance from its middle in every direction, for hair to lie on."""

    def __init__(self, base: Base):
        self.base = base
        self.centre = np.array([0.0, base.eye[1] + 0.2 * base.height, base.joint("head-2")[2]])
        faces = base.faces_of("body")
        middle = base.vertices[faces].mean(axis=1)
        self.faces = faces[middle[:, 1] > base.eye[1] - 1.0 * base.width]
        around = np.linspace(-np.pi, np.pi, GRID[0], endpoint=False)
        height = np.linspace(-np.pi / 2, np.pi / 2, GRID[1])
        a, h = (values.ravel() for values in np.meshgrid(around, height, indexing="ij"))
        rays = np.stack([np.sin(a) * np.cos(h), np.sin(h), np.cos(a) * np.cos(h)], axis=1)
        bound, met = cast(base, triangles(self.faces), np.broadcast_to(self.centre, rays.shape), rays)
        far = np.where(met, np.linalg.norm(bound.apply(base.vertices) - self.centre, axis=1), 0.0)
        self.reach = _without_ears(far.reshape(GRID))
        if base.look.hair.style in LONG:
            self.reach = _beside_ears(far.reshape(GRID), self.reach)
        self.reach = _smoothed(self.reach)

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Say how far the skin lies from the middle in the direction of points [N, 3]."""
        away = points - self.centre
        around = (np.arctan2(away[:, 0], away[:, 2]) + np.pi) / (2 * np.pi) * GRID[0]
        height = np.arctan2(away[:, 1], np.hypot(away[:, 0], away[:, 2]))
        row = np.clip((height / np.pi + 0.5) * (GRID[1] - 1), 0, GRID[1] - 1.001)
        a, r = np.floor(around).astype(int), np.floor(row).astype(int)
        u, v = around - a, row - r
        pick = lambda i, j: self.reach[(a + i) % GRID[0], r + j]  # noqa: E731
        return (1 - u) * ((1 - v) * pick(0, 0) + v * pick(0, 1)) + u * ((1 - v) * pick(1, 0) + v * pick(1, 1))

    def height(self, points: np.ndarray) -> np.ndarray:
        """Say how far points lie over the hairline (negative: bare skin), [N]."""
        return over_hairline(self.base, points)


def over_hairline(base: Base, points: np.ndarray) -> np.ndarray:
    """Say how far points lie over the hairline (negative: bare skin), [N]; bald above the cut's height."""
    size, hair = base.height, base.look.hair
    angle = np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] - base.joint("head-2")[2]))
    over = points[:, 1] - base.eye[1]
    inside = over - size * np.interp(angle, *HAIRLINE.T)
    if hair.bald is None:
        return inside
    edge = size * np.interp(angle, [55, 80, 180], [hair.bald - 0.3, hair.bald, hair.bald - 0.1])
    return np.minimum(inside, np.where(angle > 55, edge - over, -1.0))


def scalp_cover(base: Base, points: np.ndarray) -> np.ndarray:
    """Say how much hair darkens the skin at points, 0..1, [N, 1]."""
    return np.clip(over_hairline(base, points) / SCALP_FADE + 0.1, 0, 1)[:, None]


def _without_ears(reach: np.ndarray) -> np.ndarray:
    """Level out what stands off the head: hair lies beside ears, not on their tips."""
    for _ in range(3):
        around = np.median([np.roll(reach, shift, axis=0) for shift in (-4, -3, -2, 0, 2, 3, 4)], axis=0)
        reach = np.where(reach > 1.02 * around, around, reach)
    return reach


def _beside_ears(far: np.ndarray, bare: np.ndarray) -> np.ndarray:
    """Let long hair pass outside the ears: widen what stands off the head, smoothly."""
    out = np.minimum(far, 1.18 * bare)
    for _ in range(2):
        out = np.maximum(out, 0.5 * (np.roll(out, 1, axis=0) + np.roll(out, -1, axis=0)))
        out[:, 1:-1] = np.maximum(out[:, 1:-1], 0.5 * (out[:, 2:] + out[:, :-2]))
    return np.maximum(out, bare)


def _smoothed(reach: np.ndarray) -> np.ndarray:
    """Smooth a grid of distances, never inwards by much, so that strands on it run on without kinks."""
    out = reach
    for _ in range(2):
        out = 0.5 * out + 0.25 * (np.roll(out, 1, axis=0) + np.roll(out, -1, axis=0))
        out[:, 1:-1] = 0.5 * out[:, 1:-1] + 0.25 * (out[:, 2:] + out[:, :-2])
    return np.maximum(out, 0.99 * reach)


def hair(base: Base) -> Part:
    """Cover the scalp: a dark shell, strands over it, and a knot where the cut has one."""
    skull, random = Skull(base), np.random.default_rng(SEED)
    parts = [_scalp(skull), _strands(skull, random)]
    if base.look.hair.style == "bun":
        parts.append(_knot(skull, random))
    return joined(parts)


def _scalp(skull: Skull) -> Part:
    base, cut_hair = skull.base, skull.base.look.hair
    binding, faces = compact(Binding.of(np.arange(len(base.vertices))), skull.faces)
    binding, faces = cut(binding, faces, skull.height(binding.apply(base.vertices)))
    points = binding.apply(base.vertices)
    outward = binding.apply(normals(base.vertices, base.faces_of("body")))
    inside = np.maximum(skull.height(points), 0)
    tint = 0.55 * np.array(cut_hair.dark)
    # Its rim sinks into the skin, which is shaded there.
    rise = np.clip(inside / 0.15, 0, 1)
    lift = 0.10 * cut_hair.lift * (1 - np.exp(-inside / 0.25)) * rise - SUNK * (1 - rise)
    shell = bound_part(base, binding, faces, tint, lift[:, None] * outward)
    return _hairy(shell, np.tile(DOWN, (len(points), 1)))


def _hairy(part: Part, strand: np.ndarray) -> Part:
    part.surface[:, 2], part.strand = 1.0, strand
    return part


def _roots(skull: Skull, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Scatter roots over the scalp, by area: points and outward normals, each [N, 3]."""
    base = skull.base
    tris = triangles(skull.faces)
    corners = base.vertices[tris]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    over = skull.height(corners.mean(axis=1))
    area *= np.where(over < -0.1, 0.0, np.interp(over, [0.0, 0.25], [EDGE_DENSITY, 1.0]))
    which = random.choice(len(tris), 3 * count, p=area / area.sum())
    share = random.dirichlet([1, 1, 1], 3 * count)
    points = np.einsum("nc,ncd->nd", share, corners[which])
    outward = np.einsum("nc,ncd->nd", share, normals(base.vertices, base.faces_of("body"))[tris[which]])
    thin = random.uniform(0, 1, 3 * count) < np.clip((skull.height(points) + 0.01) / FADE, 0, 1)
    outer = np.linalg.norm(points - skull.centre, axis=1) > 0.93 * skull.distance(points)  # not in an ear's folds
    good = np.flatnonzero(thin & outer)[:count]
    return points[good], outward[good] / np.linalg.norm(outward[good], axis=1, keepdims=True)


def _flow(style: str, away: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, float]:
    """Say which way hair is combed at roots, by the way from the skull's middle to them [N, 3], and how it falls."""
    x, y, z = away.T
    zero, one = np.zeros(len(x)), np.ones(len(x))
    side = np.where(x > PARTING.get(style, 0.0), 1.0, -1.0)
    match style:
        case "parted" | "bob":
            back = np.interp(y, [0.2, 0.7], [-0.35, -0.6]) + 0.08 * random.normal(size=len(x))
            over = np.interp(z, [0.2, 0.6], [0.0, 0.55])  # from the forehead hair first goes up
            return np.stack([side * np.clip(1.1 - abs(x), 0.5, 1), over, back], axis=1), 0.5
        case "bun":
            goal = np.array([0.0, 0.75, -0.75])
            return goal - away, 0.0
        case "short":
            return np.stack([0.5 * side, 0.25 * one, np.where(z > 0.4, -0.25, -1.0)], axis=1), 0.10
        case "tousled":
            turn = random.normal(0, 0.4, (len(x), 3))
            return np.stack([0.35 * side, zero, np.where(y > 0.25, 1.0, -0.4)], axis=1) + turn, 0.22
        case "cropped":
            return random.normal(0, 0.4, (len(x), 3)) + 0.6 * away, 0.0
    raise ValueError(style)


PARTING = {"parted": 0.22, "bob": 0.0, "short": -0.28, "tousled": 0.1}
"""Where hair parts, in decimetres to the character's left."""


def _strands(skull: Skull, random: np.random.Generator) -> Part:
    style = skull.base.look.hair
    roots, outward = _roots(skull, random, style.strands)
    path = _grown(skull, style, roots, outward, random)
    if style.style != "tousled":
        path = path[~_astray(skull, path)]
    return _ribbons(skull.base, path, path - skull.centre, style, random)


def _astray(skull: Skull, path: np.ndarray) -> np.ndarray:
    """Say which strands [N, steps, 3] stray over the forehead, bool [N]."""
    points = path.reshape(-1, 3)
    away = points - skull.centre
    forehead = abs(np.arctan2(away[:, 0], away[:, 2])) < np.radians(FOREHEAD_DEG)
    return (forehead & (skull.height(points) < -0.04)).reshape(path.shape[:2]).any(axis=1)


def _grown(
    skull: Skull, style: Hair, roots: np.ndarray, outward: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Let strands grow from roots, [N, steps, 3]: combed first, then falling, never in the head or over the face."""
    size, count = skull.base.width, len(roots)
    away = (roots - skull.centre) / size
    flow, weight = _flow(style.style, away, random)
    flow = flow - (flow * outward).sum(axis=1, keepdims=True) * outward
    flow /= np.linalg.norm(flow, axis=1, keepdims=True) + 1e-9
    heading = flow + style.rise * outward + random.normal(0, 0.10, flow.shape)
    edge = np.clip(skull.height(roots) / 0.3, 0.35, 1)
    length = size * style.length * random.uniform(0.78, 1.0, count)
    if style.style in ("short", "cropped", "tousled", "bun"):
        length = length * np.interp(skull.height(roots), [0, 0.5], [0.55, 1.0])
    lift = size * style.lift * random.uniform(0.35, 1.0, count) * edge
    stride = (length / (GROWTH - 1))[:, None]
    phase, points = random.uniform(0, 2 * np.pi, count), [roots]
    for k in range(1, GROWTH):
        heading = heading / np.linalg.norm(heading, axis=1, keepdims=True)
        swing = style.wave * np.sin(phase + 0.4 * k)[:, None] * np.cross(heading, outward) * 7 / GROWTH
        here = points[-1] + stride * heading + swing
        risen = np.sin(np.pi / 2 * min(1.0, k / (0.3 * GROWTH)))
        here = _laid(skull, here, lift * risen, fringe=style.style == "tousled")
        heading = here - points[-1] + 1e-9
        free = np.clip((skull.centre[1] - here[:, 1]) / (0.4 * size), 0, 1)[:, None] * (weight > 0.2)
        heading = heading / np.linalg.norm(heading, axis=1, keepdims=True)
        heading += (weight * min(1.0, k / (0.7 * GROWTH)) + 3 * free) * 7 / GROWTH * DOWN
        points.append(here)
    kept = np.linspace(0, GROWTH - 1, _steps(style)).round().astype(int)
    return np.stack([points[k] for k in kept], axis=1)


def _steps(style: Hair) -> int:
    return LONG_STEPS if style.style in (*LONG, "bun") else SHORT_STEPS


def _laid(skull: Skull, points: np.ndarray, lift: np.ndarray, *, fringe: bool) -> np.ndarray:
    """Push points off the skin by lift [N], and from before the face to its side; without a fringe, lay them on it."""
    base = skull.base
    away = points - skull.centre
    least = np.radians(np.interp((points[:, 1] - base.eye[1]) / base.height + FRINGE * fringe, *FACE_FREE.T))
    around = np.arctan2(away[:, 0], away[:, 2])
    turned = np.where(around < 0, -1, 1) * np.maximum(abs(around), least)
    flat = np.hypot(away[:, 0], away[:, 2])
    away = np.stack([flat * np.sin(turned), away[:, 1], flat * np.cos(turned)], axis=1)
    far = np.linalg.norm(away, axis=1)
    wanted = skull.distance(skull.centre + away)
    wanted = np.where(wanted > 0, wanted + lift, 0)
    # Down to where the skull is widest hair is held; from there on it hangs.
    held = (LOOSE if fringe else 1.0) * np.clip((away[:, 1] / base.width + 0.55) / 0.4, 0, 1)
    far_now = held * np.minimum(far, np.maximum(wanted, 0.01)) + (1 - held) * far
    away, far = away * (far_now / np.maximum(far, 1e-9))[:, None], far_now
    return skull.centre + away * (np.maximum(far, wanted) / np.maximum(far, 1e-9))[:, None]


def _knot(skull: Skull, random: np.random.Generator) -> Part:
    """Wind a bun of ribbons behind the crown."""
    size, style = skull.base.width, skull.base.look.hair
    middle = skull.centre + size * np.array([0.0, 0.86, -0.62])
    axis = np.array([0.0, 0.62, -0.78])
    across, along = np.array([1.0, 0.0, 0.0]), np.cross(axis, [1.0, 0.0, 0.0])
    count, turn = 220, np.linspace(0, 2.2, LONG_STEPS)
    start, level = random.uniform(0, 2 * np.pi, count), random.uniform(-0.55, 0.95, count)
    angle = start[:, None] + turn
    ring = np.cos(angle)[..., None] * across + np.sin(angle)[..., None] * along
    tilt = np.arcsin(np.clip(level[:, None] + 0.22 * np.sin(angle * 2), -0.95, 0.98))[..., None]
    out = np.cos(tilt) * ring + np.sin(tilt) * axis
    path = middle + size * 0.36 * out * random.uniform(0.94, 1.03, (count, 1, 1))
    return _ribbons(skull.base, path, out, style, random)


def _ribbons(base: Base, path: np.ndarray, outward: np.ndarray, style: Hair, random: np.random.Generator) -> Part:
    """Make a ribbon of each path [N, steps, 3] that lies flat on what is below and ends in a tip."""
    count, steps = path.shape[:2]
    outward = outward / np.linalg.norm(outward, axis=2, keepdims=True)
    along = np.gradient(path, axis=1)
    along /= np.linalg.norm(along, axis=2, keepdims=True) + 1e-9
    aside = np.cross(along, outward + random.normal(0, 0.25, (count, 1, 3)))
    aside /= np.linalg.norm(aside, axis=2, keepdims=True) + 1e-9
    taper = np.interp(np.linspace(0, 1, steps), [0, 0.15, 0.7, 1], [0.5, 1.0, 0.8, 0.05])
    half = (
        0.5 * base.width * (style.width * random.uniform(0.5, 1.3, count))[:, None, None] * taper[None, :, None] * aside
    )
    points = np.stack([path - half, path + half], axis=2).reshape(-1, 3)
    n = np.arange(count * steps * 2).reshape(count, steps, 2)
    faces = np.stack([n[:, :-1, 0], n[:, :-1, 1], n[:, 1:, 1], n[:, 1:, 0]], axis=-1).reshape(-1, 4)
    weights = np.zeros((len(points), len(BONES)))
    weights[:, BONES.index("head")] = 1.0
    still = {name: np.zeros_like(points) for name in base.targets}
    part = Part(points, faces, _shades(count, steps, style, random), still, weights)
    return _hairy(part, np.repeat(along[:, :, None], 2, axis=2).reshape(-1, 3))


def _shades(count: int, steps: int, style: Hair, random: np.random.Generator) -> np.ndarray:
    """Colour ribbons [N * steps * 2, 3]: each its own, darker at the root, lighter at the tip, streaked across."""
    own = random.beta(1.8, 2.6, (count, 1, 1)) + random.normal(0, 0.10, (count, 1, 2))
    share = np.clip(own + np.linspace(-0.25, 0.14, steps)[None, :, None], 0, 1).reshape(-1, 1)
    return (1 - share) * style.dark + share * style.light
