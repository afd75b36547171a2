"""Deformation transfer: what a mesh does under its shapes, done by the same mesh in another form.

After Sumner and Popovic, Deformation Transfer for Triangle Meshes (SIGGRAPH 2004), in its gradient form (Botsch,
Sumner, Pauly, Gross 2006), since source and target have the same triangles here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import KDTree

_STILL = 0.01  # of a shape's largest displacement: what moves less is held
_ANCHORED_M = 0.02  # over such a distance, what is held takes along what is not
_CONTACT = 3.0
_TOUCHING = 0.11  # of the distance between the eyes: vertices of lids that are so near when shut belong together


def transferred(
    vertices: np.ndarray,
    faces: np.ndarray,
    shapes: np.ndarray,
    other: np.ndarray,
    contacts: dict[int, np.ndarray] | None = None,
) -> np.ndarray:
    """Give the shapes [C, V, 3] of a mesh, vertices [V, 3], to the same mesh at `other` [V, 3].

    Returns displacements [C, V, 3]. What a shape leaves still stays where it is. contacts: shape -> pairs of
    vertices, int [P, 2], that the shape brings
    together, and that stay as near to each other on the other mesh.
    """
    gradient, areas = _gradient(other, faces)
    weighted = gradient.T @ sparse.diags(np.repeat(areas, 3))
    stiff = weighted @ gradient
    masses = np.bincount(faces.ravel(), np.repeat(areas / 3, 3), len(other))
    turned_back = np.linalg.inv(_frames(vertices, faces))
    flat = _flattening(other, faces)
    result = np.zeros_like(shapes)
    for index, shape in enumerate(shapes):
        size = np.linalg.norm(shape, axis=1)
        if not size.any():
            continue
        change = _frames(vertices + shape, faces) @ turned_back - np.eye(3)
        right = weighted @ np.einsum("fij,fjk->fki", change, flat).reshape(-1, 3)
        system = stiff + sparse.diags(masses / _ANCHORED_M**2 * np.where(size < _STILL * size.max(), 1.0, 1e-9))
        pairs = (contacts or {}).get(index, np.zeros((0, 2), int))
        ends = _ends(pairs, len(other))
        missing = ends @ (vertices + shape) - ends @ other
        pull = _CONTACT * ends.T
        result[index] = splu((system + pull @ ends).tocsc()).solve(right + pull @ missing)
    return result


def _ends(pairs: np.ndarray, count: int) -> sparse.csr_matrix:
    """Make the operator from values of vertices to differences of pairs, [P, V]."""
    rows = np.repeat(np.arange(len(pairs)), 2)
    signs = np.tile([1.0, -1.0], len(pairs))
    return sparse.csr_matrix((signs, (rows, pairs.ravel())), shape=(len(pairs), count))


def touching(vertices: np.ndarray, shape: np.ndarray, rim: np.ndarray, apart: float) -> np.ndarray:
    """Find pairs of vertices of a rim, int [R], that a shape brings together: int [P, 2]."""
    after = vertices + shape
    tree = KDTree(after[rim])
    pairs = []
    for vertex in rim[np.linalg.norm(shape[rim], axis=1) > 0.3 * np.linalg.norm(shape[rim], axis=1).max()]:
        near = rim[tree.query_ball_point(after[vertex], _TOUCHING * apart)]
        far = near[np.linalg.norm(vertices[near] - vertices[vertex], axis=1) > 1.2 * _TOUCHING * apart]
        if len(far):
            pairs.append((vertex, far[np.argmin(np.linalg.norm(after[far] - after[vertex], axis=1))]))
    return np.array(pairs, int).reshape(-1, 2)


def _frames(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Make a frame of each triangle: two edges and a normal as long as an edge, as columns, [F, 3, 3]."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.sqrt(np.linalg.norm(normal, axis=1, keepdims=True)), 1e-12)
    return np.stack([b - a, c - a, normal], axis=2) + 1e-12 * np.eye(3)


def _gradient(vertices: np.ndarray, faces: np.ndarray) -> tuple[Any, np.ndarray]:
    """Make the operator from values of vertices to gradients in triangles, [3F, V], and the triangles' areas, [F]."""
    corners = [vertices[faces[:, k]] for k in range(3)]
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    double = np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-14)
    slopes = [np.cross(normal / double, corners[(k + 2) % 3] - corners[(k + 1) % 3]) / double for k in range(3)]
    rows = np.arange(3 * len(faces)).reshape(-1, 3)
    values = np.concatenate([slope.ravel() for slope in slopes])
    columns = np.concatenate([np.repeat(faces[:, k], 3) for k in range(3)])
    matrix = sparse.coo_matrix((values, (np.tile(rows.ravel(), 3), columns)), shape=(3 * len(faces), len(vertices)))
    return matrix.tocsr(), double[:, 0] / 2


def _flattening(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Make the projections onto the planes of triangles, [F, 3, 3]."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-14)
    return np.eye(3) - normal[:, :, None] * normal[:, None, :]
