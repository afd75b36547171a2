"""Skin and shirt of the demo head, cut from the body of the base mesh."""

from __future__ import annotations

import numpy as np

from .demo_hair import scalp_cover
from .demo_part import Binding, Part, bound_part, boundary_loops, compact, cut, joined, normals
from .demo_source import Base

CHEST_BELOW_NECK, ARM_X = 1.35, 1.72
"""Where the bust ends: decimetres below the neck joint, and to each side of the middle."""
NECKLINE_BELOW_NECK, NECKLINE_SLOPE = 0.02, 0.32
UNDER_SHIRT = 0.3
CLOTH_LIFT, SUNK = 0.045, 0.035
COLLAR = ((0.008, -0.05), (0.02, 0.09), (-0.015, 0.13), (-0.05, 0.06))
"""Profile of the collar's rib: outwards, upwards from the neckline (decimetres)."""

MOUTH, RIB_SHADE = (0.20, 0.045, 0.04), 0.7
CAVITIES = ((2, 0.9), (12, 1.3), (60, 0.9))
"""How often the mesh is smoothed to find its hollows, and how much each darkens."""
DARKEST = 0.45
SCALP_SHADE = 0.75
# Base mesh vertices on the midline of the lips, outside to inside; each stands for one closed edge loop.
LIP_EDGE, LIP_LOOPS, MOUTH_LOOP = 455, (466, 467, 509, 468, 474, 520, 537, 554), 571
THROAT = 676
NOSE_TIP, UPPER_LIP = 297, 474
LIP_CONTACTS = (509, 468, 474, 520, 537)


def skin(base: Base) -> Part:
    """Cut the skin of the bust, tinted lip, blush and mouth."""
    binding, faces = _bust(base)
    binding, faces = cut(binding, faces, above_neckline(base, binding.apply(base.vertices)) + UNDER_SHIRT)
    below = np.clip(-above_neckline(base, binding.apply(base.vertices)) / 0.06, 0, 1)[:, None]
    inward = -SUNK * below * binding.apply(normals(base.vertices, base.faces_of("body")))
    part = bound_part(base, binding, faces, binding.apply(skin_tint(base)), inward)
    part.surface = binding.apply(skin_surface(base))
    return part


def shirt(base: Base) -> Part:
    """Cut a crew-neck shirt from the body and lift it off the skin."""
    binding, faces = _bust(base)
    binding, faces = cut(binding, faces, -above_neckline(base, binding.apply(base.vertices)))
    body_normals = normals(base.vertices, base.faces_of("body"))
    outward = binding.apply(body_normals)
    cloth = bound_part(base, binding, faces, np.array(base.look.cloth), CLOTH_LIFT * outward)
    rim = abs(above_neckline(base, binding.apply(base.vertices))) < 1e-6
    loop = next(loop for loop in boundary_loops(faces) if rim[loop].all())
    return joined([cloth, _collar(base, binding.take(np.array(loop)), outward[loop])])


def above_neckline(base: Base, points: np.ndarray) -> np.ndarray:
    """Measure how far points lie above the neckline's plane, which drops towards the front, [N]."""
    neck = base.joint("neck")
    line = neck[1] - NECKLINE_BELOW_NECK - NECKLINE_SLOPE * (points[:, 2] - neck[2])
    return points[:, 1] - line


def _bust(base: Base) -> tuple[Binding, np.ndarray]:
    binding, faces = compact(Binding.of(np.arange(len(base.vertices))), base.faces_of("body"))
    floor, arm = base.joint("neck")[1] - CHEST_BELOW_NECK * base.width, ARM_X * base.width
    for height in (lambda p: p[:, 1] - floor, lambda p: arm - p[:, 0], lambda p: arm + p[:, 0]):
        binding, faces = cut(binding, faces, height(binding.apply(base.vertices)))
    return binding, faces


def _collar(base: Base, rim: Binding, outward: np.ndarray) -> Part:
    flat = outward * [1, 0, 1]
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    rib, none = RIB_SHADE * np.array(base.look.cloth), np.zeros((0, 4), int)
    rings = [bound_part(base, rim, none, rib, (CLOTH_LIFT + o) * flat + h * up) for o, h in COLLAR]
    count, k = len(rim.index), np.arange(len(rim.index))
    after = (k + 1) % count
    part = joined(rings)
    part.faces = np.concatenate([
        np.stack([r * count + after, r * count + k, (r + 1) * count + k, (r + 1) * count + after], axis=1)
        for r in range(len(COLLAR) - 1)
    ])  # fmt: skip
    return part


def lip_lines(base: Base, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows of the upper and the lower lip among points [N, 3], from right to left, int [rows, K] each.

    The mouth is shut where the lowest of the upper rows is no higher than the highest of the lower ones.
    """
    upper, lower = lip_rows(base)
    return _among(points, base.vertices[upper]), _among(points, base.vertices[lower])


def lip_rows(base: Base) -> tuple[np.ndarray, np.ndarray]:
    """Find the base vertices where the upper and the lower lip meet, from right to left, int [rows, K] each."""
    neighbours = _neighbours(base.faces_of("body"))
    upper, lower = [], []
    for start in LIP_CONTACTS:
        loop = _edge_loop(neighbours, base, start)
        half = len(loop) // 2
        quarter = half // 2
        upper.append(loop[-quarter:] + loop[: quarter + 1])
        lower.append(loop[half - quarter : half + quarter + 1][::-1])
    return np.array(upper), np.array(lower)


def _among(points: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None, None] - wanted, axis=3).argmin(axis=0)


def skin_tint(base: Base) -> np.ndarray:
    """Colour every base vertex: skin, redder cheeks, nose, ears and lids, beard, lips, the mouth's inside, [V, 3]."""
    points, look, size = base.vertices, base.look, base.width
    tint = np.broadcast_to(look.skin, points.shape).copy()
    tip, eye = points[NOSE_TIP], base.eye
    ear = np.array([0.78 * size, eye[1] - 0.1 * size, 0.2])
    cheek = np.array([eye[0] + 0.12 * size, tip[1] + 0.02 * size, tip[2] - 0.32 * size])
    spots = ((tip, 0.15, 0.5), (cheek, 0.27, 0.55), (ear, 0.3, 0.5), (eye + np.array([0, 0.02, 0.12]), 0.17, 0.45),
             (eye - np.array([0, 0.16, -0.1]), 0.12, 0.2))  # fmt: skip
    for centre, radius, strength in spots:
        amount = strength * _near_both(points, centre, radius * size)[:, None]
        tint = (1 - amount) * tint + amount * np.array(look.blush)
    bearded = look.beard * beard(base)[:, None]
    tint = (1 - bearded) * tint + bearded * np.array(look.beard_colour)
    haired = SCALP_SHADE * scalp_cover(base, points)
    tint = (1 - haired) * tint + haired * np.array(look.hair.dark)
    return _mouth_tint(base, tint)


def beard(base: Base) -> np.ndarray:
    """Say how much of a beard grows at each base vertex, 0..1: upper lip, chin, jaw, whiskers, [V]."""
    points, size = base.vertices, base.width
    mouth = points[UPPER_LIP]
    x, y, z = abs(points[:, 0]) / size, (points[:, 1] - mouth[1]) / size, points[:, 2]
    line = np.interp(x, [0.0, 0.18, 0.34, 0.55, 0.68, 0.9], [0.16, 0.13, -0.1, -0.02, 0.35, 0.35])
    below = np.clip((line - y) / 0.09, 0, 1)
    above = np.clip((y + 0.78) / 0.2, 0, 1)
    front = np.clip((z - base.eye[2] + 1.05 * size) / 0.2, 0, 1)
    hollow = np.exp(-(((x - 0.13) / 0.09) ** 2) - ((y + 0.16) / 0.06) ** 2)  # bare beside the tuft under the lip
    return below * above * front * (1 - 0.6 * hollow)


def skin_surface(base: Base) -> np.ndarray:
    """Describe the skin for shaders, [V, 4]: skin, moist, hair, open (0 in hollows, where less light comes)."""
    points, size = base.vertices, base.width
    out = np.zeros((len(points), 4))
    out[:, 0] = 1.0
    shiny = ((points[NOSE_TIP], 0.16, 0.18), (np.array([0.0, base.eye[1] + 0.4 * size, base.eye[2]]), 0.35, 0.12))
    out[:, 1] = 0.3 + sum(amount * _near_both(points, centre, radius * size) for centre, radius, amount in shiny)
    lips, inside = mouth_rows(base)
    out[lips, 1], out[inside, 1] = 0.62, 0.75
    out[:, 3] = _openness(points, base.faces_of("body"))
    out[inside, 3] *= 0.7
    return out


def _openness(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Estimate how open each vertex lies from how far smoothing lifts it off the surface, DARKEST..1, [V]."""
    edges = np.unique(np.sort(np.concatenate([faces[:, [k, (k + 1) % 4]] for k in range(4)]), axis=1), axis=0)
    first, second = np.concatenate([edges, edges[:, ::-1]]).T
    count = np.maximum(np.bincount(first, minlength=len(points)), 1)[:, None]
    outward, smooth, done = normals(points, faces), points.copy(), 0
    sink = np.zeros(len(points))
    for rounds, weight in CAVITIES:
        for _ in range(rounds - done):
            total = np.stack([np.bincount(first, smooth[second, k], len(points)) for k in range(3)], axis=1)
            smooth = 0.4 * smooth + 0.6 * total / count
        done = rounds
        depth = ((smooth - points) * outward).sum(axis=1)
        sink += weight * np.clip(depth / (0.012 * rounds**0.7), -0.25, 1)
    return np.clip(1 - 0.33 * sink, DARKEST, 1.0)


def _near_both(points: np.ndarray, centre: np.ndarray, radius: float) -> np.ndarray:
    """Fall off from a place and its mirror image, 1..0, [N]."""
    far = np.minimum(np.linalg.norm(points - centre, axis=1), np.linalg.norm(points * [-1, 1, 1] - centre, axis=1))
    return np.exp(-((far / radius) ** 2))


def mouth_rows(base: Base) -> tuple[list[int], list[int]]:
    """Find the base vertices of the lips, and those of the mouth's inside."""
    neighbours = _neighbours(base.faces_of("body"))
    lips = [vertex for start in LIP_LOOPS for vertex in _edge_loop(neighbours, base, start)]
    inside, fresh = set(_edge_loop(neighbours, base, MOUTH_LOOP)), {THROAT}
    while fresh:
        inside |= fresh
        fresh = {n for vertex in fresh for n in neighbours[vertex]} - inside
    return lips, sorted(inside)


def _mouth_tint(base: Base, tint: np.ndarray) -> np.ndarray:
    edge = _edge_loop(_neighbours(base.faces_of("body")), base, LIP_EDGE)
    tint[edge] = 0.6 * tint[edge] + 0.4 * np.array(base.look.lip)
    lips, inside = mouth_rows(base)
    tint[lips], tint[inside] = base.look.lip, MOUTH
    return tint


def _neighbours(faces: np.ndarray) -> dict[int, set[int]]:
    out: dict[int, set[int]] = {}
    for face in faces.tolist():
        for a, b in zip(face, face[1:] + face[:1], strict=True):
            out.setdefault(a, set()).add(b)
            out.setdefault(b, set()).add(a)
    return out


def _edge_loop(neighbours: dict[int, set[int]], base: Base, start: int) -> list[int]:
    """Walk straight on across vertices of four edges, from a vertex on the midline to the left, until back."""
    here = max(neighbours[start], key=lambda n: base.vertices[n][0])
    loop = [start, here]
    while True:
        before, here = loop[-2:]
        ahead = [n for n in neighbours[here] if n != before and len(neighbours[n] & neighbours[before]) == 1]
        if len(neighbours[here]) != 4 or len(ahead) != 1 or ahead[0] in loop:
            return loop
        loop.append(ahead[0])
