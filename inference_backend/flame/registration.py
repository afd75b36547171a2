"""Lay one head's mesh onto another of any topology: landmarks, then non-rigid iterative closest points.

After Amberg, Romdhani and Vetter, Optimal Step Nonrigid ICP Algorithms for Surface Registration (CVPR 2007), with
displacements, which heads that face one way allow, in place of an affine map for each vertex, and with what follows
the jaw as a part of "closest", so that the lips, which touch, are told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu
from scipy.spatial import KDTree

from . import surface, visibility

# Stiffness of the surface, and of closest points: how far they may lie, in distances between the eyes.
STEPS = ((30.0, 0.6), (10.0, 0.4), (3.0, 0.3), (1.0, 0.2), (0.3, 0.15), (0.1, 0.12), (0.05, 0.1), (0.02, 0.08))
REPEATS = 2
_NORMALS = 0.12  # what a right angle between normals counts, in distances between the eyes
_LIPS = 0.25  # what it counts that one follows the jaw and the other does not, at the mouth
_LANDMARK = 30.0
_RIM = 4.0  # the weight of edges of lids and lips, which belong onto each other
_LEAST_FACING = 0.5  # cosine of the angle between normals of points that may belong together


@dataclass(frozen=True)
class Head:
    """A head to lay onto another, its skin alone.

    vertices [V, 3]; faces [F, 3]; jaw [V], how far each follows the jaw; visible, bool [V]; landmarks [K, 3] as in
    landmarks.NAMES.
    """

    vertices: np.ndarray
    faces: np.ndarray
    jaw: np.ndarray
    visible: np.ndarray
    landmarks: np.ndarray

    def moved(self, vertices: np.ndarray, landmarks: np.ndarray) -> Head:
        """Place the same head elsewhere."""
        return replace(self, vertices=vertices, landmarks=landmarks)


@dataclass(frozen=True)
class Match:
    """Points of a mesh: the corners of a face, int [S, 3], their weights [S, 3], and which may be trusted, bool [S]."""

    corners: np.ndarray
    weights: np.ndarray
    trusted: np.ndarray


def similarity(points: np.ndarray, aims: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Find scale, rotation [3, 3] and shift [3] that bring points [K, 3] nearest to aims (Umeyama 1991)."""
    a, b = points - points.mean(axis=0), aims - aims.mean(axis=0)
    left, sizes, right = np.linalg.svd(b.T @ a)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * signs) @ right
    scale = float((sizes * signs).sum() / (a**2).sum())
    return scale, rotation, aims.mean(axis=0) - scale * rotation @ points.mean(axis=0)


def lay(source: Head, target: Head, on_step: Callable[[float], None] = lambda share: None) -> np.ndarray:
    """Deform the source's mesh until it lies on the target's surface, [V, 3]; on_step is told how much is done."""
    scale, rotation, shift = similarity(source.landmarks, target.landmarks)
    placed = scale * source.vertices @ rotation.T + shift
    marks = scale * source.landmarks @ rotation.T + shift
    fit = _Fit(source.moved(placed, marks), target)
    for number, (stiffness, reach) in enumerate(STEPS):
        for _ in range(REPEATS):
            fit.step(stiffness, reach, landmarks=stiffness >= 1)
        on_step((number + 1) / len(STEPS))
    return fit.vertices


class _Fit:
    """The state of one registration."""

    def __init__(self, source: Head, target: Head) -> None:
        self.source, self.target = source, target
        self.vertices = source.vertices.copy()
        self.closest = Closest(target)
        count = len(source.vertices)
        smooth = surface.laplacian(source.faces, count)
        pairs, _ = surface.edges(source.faces)
        ones = np.ones(len(pairs))
        rows = np.arange(len(pairs))
        stretch = sparse.coo_matrix(
            (np.concatenate([ones, -ones]), (np.tile(rows, 2), pairs.T.ravel())), shape=(len(pairs), count)
        )
        self.stiff = (smooth.T @ smooth + 0.02 * stretch.T @ stretch).tocsc()
        self.marks = self._marked(count)

    def _marked(self, count: int) -> Any:
        """Make the landmarks, which need not be vertices, means of the vertices around them."""
        size = 0.12 * np.linalg.norm(self.source.landmarks[0] - self.source.landmarks[1])
        tree = KDTree(self.source.vertices)
        marks = sparse.lil_matrix((len(self.source.landmarks), count))
        for row, near in enumerate(tree.query_ball_point(self.source.landmarks, size)):
            if near:
                marks[row, near] = 1 / len(near)
        return marks.tocsr()

    def step(self, stiffness: float, reach: float, landmarks: bool) -> None:
        match, aims = self.closest.to(self.source.moved(self.vertices, self.source.landmarks), reach)
        weight = match.trusted.astype(float)
        rims, ends = self.closest.rims_for(self.source.moved(self.vertices, self.source.landmarks), reach)
        weight[rims], aims[rims] = _RIM, ends
        pull = sparse.diags(weight)
        system = pull + stiffness * self.stiff
        wanted = pull @ (aims - self.source.vertices)
        if landmarks:
            system = system + _LANDMARK * self.marks.T @ self.marks
            wanted = wanted + _LANDMARK * self.marks.T @ (self.target.landmarks - self.source.landmarks)
        system = system + 1e-8 * sparse.identity(len(self.vertices))
        self.vertices = self.source.vertices + splu(system.tocsc()).solve(np.asarray(wanted))


class Closest:
    """Finds the closest points on a head's surface, by place, normal and what follows the jaw."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self.apart = float(np.linalg.norm(head.landmarks[0] - head.landmarks[1]))
        self.shown = head.faces[head.visible[head.faces].all(axis=1)]
        self.where = surface.samples(self.shown)
        self.normals = surface.normals(head.vertices, head.faces)
        border = surface.border(head.faces, len(head.vertices))
        self.on_border = border[self.shown].sum(axis=1) >= 2
        self.tree = KDTree(self._features(*(self._at(values, self.where) for values in self._values(head))))
        self.rim = self._rim_of(head)
        self.rim_tree = KDTree(self._features(*(values[self.rim] for values in self._values(head))))

    def _at(self, values: np.ndarray, where: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        return surface.at(values, self.shown, where)

    @staticmethod
    def _values(head: Head) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return head.vertices, surface.normals(head.vertices, head.faces), head.jaw[:, None]

    def _features(self, points: np.ndarray, facing: np.ndarray, jaw: np.ndarray) -> np.ndarray:
        near = np.exp(-((self._from_mouth(points) / (0.35 * self.apart)) ** 2))
        sides = np.clip(2 * jaw[:, 0] - 0.5, 0, 1) * near
        return np.column_stack([points, _NORMALS * self.apart * facing, _LIPS * self.apart * sides])

    def _from_mouth(self, points: np.ndarray) -> np.ndarray:
        middle, left, right = self.head.landmarks[4:7]
        away = points - middle
        away[:, 0] -= np.clip(away[:, 0], right[0] - middle[0], left[0] - middle[0])
        return np.linalg.norm(away, axis=1)

    def _rim_of(self, head: Head) -> np.ndarray:
        """List the vertices at the edges of lids and lips, int [R]."""
        from_eyes = np.linalg.norm(head.vertices[:, None] - self.head.landmarks[None, :2], axis=2).min(axis=1)
        near = (from_eyes < 0.38 * self.apart) | (self._from_mouth(head.vertices) < 0.2 * self.apart)
        return np.flatnonzero(visibility.rim(head.faces, head.visible) & near)

    def rims_for(self, head: Head, reach: float) -> tuple[np.ndarray, np.ndarray]:
        """Find where vertices at the edges of a head's lids and lips belong: int [R], points [R, 3]."""
        own = self._rim_of(head)
        if not len(own) or not len(self.rim):
            return own[:0], np.zeros((0, 3))
        near, found = self.rim_tree.query(self._features(*(values[own] for values in self._values(head))), k=2)
        share = 1 / np.maximum(near, 1e-6)
        share /= share.sum(axis=1, keepdims=True)
        close = near[:, 0] < 0.7 * reach * self.apart
        return own[close], np.einsum("rk,rkd->rd", share, self.head.vertices[self.rim[found]])[close]

    def to(self, head: Head, reach: float = np.inf) -> tuple[Match, np.ndarray]:
        """Find a point of the surface for every vertex [V, 3] of a head, and where it lies, [V, 3]."""
        points, facing, jaw = self._values(head)
        _, sample = self.tree.query(self._features(points, facing, jaw))
        face = self.where[0][sample]
        weights, away = surface.nearest_on(points, self.head.vertices[self.shown[face]])
        where = (face, weights)
        there = self._at(self.normals, where)
        agree = (facing * there).sum(axis=1) > _LEAST_FACING * np.linalg.norm(there, axis=1)
        trusted = agree & (away < reach * self.apart) & ~self.on_border[face] & head.visible
        return Match(self.shown[face], weights, trusted), self._at(self.head.vertices, where)
