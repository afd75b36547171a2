"""Skin and shirt of the demo head, cut from the body of the base mesh."""

from __future__ import annotations

import numpy as np

from .demo_part import Binding, Part, bound_part, boundary_loops, compact, cut, joined, normals
from .demo_source import Base

CHEST_BELOW_NECK, ARM_X = 1.35, 1.72
"""Where the bust ends: decimetres below the neck joint, and to each side of the middle."""
NECKLINE_BELOW_NECK, NECKLINE_SLOPE = 0.02, 0.32
UNDER_SHIRT = 0.3
CLOTH_LIFT = 0.045
COLLAR = ((0.0, 0.02), (0.02, 0.1), (-0.015, 0.13), (-0.05, 0.06))
"""Profile of the collar's rib: outwards, upwards from the neckline (decimetres)."""

SKIN, BLUSH, LIP, MOUTH = (0.56, 0.33, 0.235), (0.52, 0.2, 0.15), (0.40, 0.135, 0.12), (0.22, 0.05, 0.045)
CLOTH, RIB = (0.035, 0.06, 0.085), (0.026, 0.045, 0.066)
# Base mesh vertices on the midline of the lips, outside to inside; each stands for one closed edge loop.
LIP_EDGE, LIP_LOOPS, MOUTH_LOOP = 455, (466, 467, 509, 468, 474, 520, 537, 554), 571
THROAT = 676
LIP_CONTACTS = (509, 468, 474, 520, 537)


def skin(base: Base) -> Part:
    """Cut the skin of the bust, tinted lip, blush and mouth."""
    binding, faces = _bust(base)
    binding, faces = cut(binding, faces, above_neckline(base, binding.apply(base.vertices)) + UNDER_SHIRT)
    return bound_part(base, binding, faces, binding.apply(skin_tint(base)))


def shirt(base: Base) -> Part:
    """Cut a crew-neck shirt from the body and lift it off the skin."""
    binding, faces = _bust(base)
    binding, faces = cut(binding, faces, -above_neckline(base, binding.apply(base.vertices)))
    body_normals = normals(base.vertices, base.faces_of("body"))
    outward = binding.apply(body_normals)
    cloth = bound_part(base, binding, faces, np.array(CLOTH), CLOTH_LIFT * outward)
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
    floor = base.joint("neck")[1] - CHEST_BELOW_NECK
    for height in (lambda p: p[:, 1] - floor, lambda p: ARM_X - p[:, 0], lambda p: ARM_X + p[:, 0]):
        binding, faces = cut(binding, faces, height(binding.apply(base.vertices)))
    return binding, faces


def _collar(base: Base, rim: Binding, outward: np.ndarray) -> Part:
    flat = outward * [1, 0, 1]
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    rings = [
        bound_part(base, rim, np.zeros((0, 4), int), np.array(RIB), (CLOTH_LIFT + o) * flat + h * up) for o, h in COLLAR
    ]
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
    neighbours = _neighbours(base.faces_of("body"))
    upper, lower = [], []
    for start in LIP_CONTACTS:
        loop = _edge_loop(neighbours, base, start)
        half = len(loop) // 2
        quarter = half // 2
        upper.append(loop[-quarter:] + loop[: quarter + 1])
        lower.append(loop[half - quarter : half + quarter + 1][::-1])
    return _among(points, base.vertices[upper]), _among(points, base.vertices[lower])


def _among(points: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None, None] - wanted, axis=3).argmin(axis=0)


def skin_tint(base: Base) -> np.ndarray:
    """Colour every base vertex: skin, redder cheeks, nose, ears and lids, lips, the inside of the mouth, [V, 3]."""
    points = base.vertices
    tint = np.broadcast_to(SKIN, points.shape).copy()
    tip = points[297]  # tip of the nose
    eye = points[base.spans["helper-l-eye"]].mean(axis=0)
    ear = np.array([0.78, eye[1] - 0.1, 0.2])
    cheek = np.array([eye[0] + 0.12, tip[1] + 0.02, tip[2] - 0.32])
    spots = ((tip, 0.17, 0.45), (cheek, 0.3, 0.45), (ear, 0.3, 0.5), (eye + np.array([0, 0.02, 0.12]), 0.19, 0.35))
    for centre, radius, strength in spots:
        far = np.minimum(np.linalg.norm(points - centre, axis=1), np.linalg.norm(points * [-1, 1, 1] - centre, axis=1))
        amount = strength * np.exp(-((far / radius) ** 2))[:, None]
        tint = (1 - amount) * tint + amount * np.array(BLUSH)
    return _mouth_tint(base, tint)


def _mouth_tint(base: Base, tint: np.ndarray) -> np.ndarray:
    neighbours = _neighbours(base.faces_of("body"))
    edge = _edge_loop(neighbours, base, LIP_EDGE)
    tint[edge] = 0.55 * tint[edge] + 0.45 * np.array(LIP)
    for start in LIP_LOOPS:
        tint[_edge_loop(neighbours, base, start)] = LIP
    rim = _edge_loop(neighbours, base, MOUTH_LOOP)
    inside, fresh = set(rim), {THROAT}
    while fresh:
        inside |= fresh
        fresh = {n for vertex in fresh for n in neighbours[vertex]} - inside
    tint[sorted(inside)] = MOUTH
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
