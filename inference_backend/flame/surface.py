"""Triangle meshes: normals, neighbours, borders, dense samples, nearest points."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph


def triangles(faces: np.ndarray) -> np.ndarray:
    """Split faces [F, 4], of which triangles end with -1, into triangles [T, 3]."""
    quads = faces[faces[:, 3] >= 0]
    return np.concatenate([faces[:, :3], quads[:, [0, 2, 3]]])


def normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Give unit normals of vertices, weighted by area, [V, 3]."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    of_faces = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(total, faces[:, k], of_faces)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-20)


def edges(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List edges once, [E, 2], and how many faces each has, [E]."""
    both = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return np.unique(both, axis=0, return_counts=True)


def border(faces: np.ndarray, count: int) -> np.ndarray:
    """Tell which of the vertices lie on a border, bool [count]."""
    pairs, uses = edges(faces)
    flags = np.zeros(count, bool)
    flags[pairs[uses == 1]] = True
    return flags


def components(faces: np.ndarray, count: int) -> np.ndarray:
    """Find the connected parts of a mesh: each vertex's part, the largest 0, int [count]."""
    pairs, _ = edges(faces)
    graph = sparse.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count))
    _, labels = csgraph.connected_components(graph, directed=False)
    order = np.argsort(-np.bincount(labels), kind="stable")
    return np.argsort(order)[labels]


def laplacian(faces: np.ndarray, count: int) -> sparse.csr_matrix:
    """Make the graph's Laplacian, each row the vertex less the mean of its neighbours."""
    pairs, _ = edges(faces)
    graph = sparse.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count))
    graph = (graph + graph.T).tocsr()
    degree = np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1)
    return (sparse.identity(count) - sparse.diags(1 / degree) @ graph).tocsr()


def samples(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Choose points on a mesh as faces int [S] and barycentric weights [S, 3]: corners, middles of edges, centres."""
    corners = np.eye(3)
    middles = (np.eye(3) + np.roll(np.eye(3), 1, axis=1)) / 2
    inner = np.full((3, 3), 1 / 6) + np.eye(3) / 2
    weights = np.concatenate([corners, middles, inner, np.full((1, 3), 1 / 3)])
    return np.repeat(np.arange(len(faces)), len(weights)), np.tile(weights, (len(faces), 1))


def at(values: np.ndarray, faces: np.ndarray, where: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Take values of vertices [V, D] at points of the mesh, [S, D]."""
    return np.einsum("sk,skd->sd", where[1], values[faces[where[0]]])


def nearest_on(points: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest point of one triangle for each point: points [S, 3], corners [S, 3, 3].

    Returns barycentric weights [S, 3] and distances [S]. After Ericson, Real-Time Collision Detection (2005), 5.1.5,
    with the edges tried one after the other.
    """
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    ap = points - a
    d00, d01, d11 = (ab * ab).sum(1), (ab * ac).sum(1), (ac * ac).sum(1)
    d20, d21 = (ap * ab).sum(1), (ap * ac).sum(1)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-24)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    best = np.stack([1 - v - w, v, w], axis=1)
    reach = np.where((best >= 0).all(axis=1), _distance(points, corners, best), np.inf)
    for first, second in ((0, 1), (1, 2), (2, 0)):
        along = corners[:, second] - corners[:, first]
        length = np.maximum((along**2).sum(1), 1e-24)
        share = np.clip(((points - corners[:, first]) * along).sum(1) / length, 0, 1)
        tried = np.zeros_like(best)
        tried[:, first], tried[:, second] = 1 - share, share
        far = _distance(points, corners, tried)
        closer = far < reach
        best[closer], reach[closer] = tried[closer], far[closer]
    return best, reach


def _distance(points: np.ndarray, corners: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - np.einsum("sk,skd->sd", weights, corners), axis=1)
