"""What of a head can be seen from before it: skin, and not the pockets behind lips and lids."""

from __future__ import annotations

import numpy as np

from . import surface

_VIEWS_DEG = ((0, 0), (35, 0), (-35, 0), (70, 0), (-70, 0), (0, 25), (0, -25))  # yaw, pitch
_PIXEL = 0.025  # in distances between the eyes
_MOST_STEPS = 40  # along an edge
_BEHIND = 0.045  # how far behind what stands in front a point may lie and still count as seen


def seen(vertices: np.ndarray, faces: np.ndarray, count: int, apart: float) -> np.ndarray:
    """Tell which of the first `count` vertices of a mesh are seen from any of some sides, bool [count].

    All of the mesh hides what is behind it, so it should have its eyeballs; apart: the distance between the eyes.
    """
    points = _dense(vertices, faces, 0.8 * _PIXEL * apart)
    facing = surface.normals(vertices, faces)[:count]
    found = np.zeros(count, bool)
    for yaw, pitch in np.radians(_VIEWS_DEG):
        turn = _turn(yaw, pitch)
        there, ours = points @ turn.T, vertices[:count] @ turn.T
        low = np.minimum(there.min(axis=0), ours.min(axis=0))
        front = np.full(tuple(((there.max(axis=0) - low)[:2] / (_PIXEL * apart)).astype(int) + 2), -np.inf)
        cells = ((there - low)[:, :2] / (_PIXEL * apart)).astype(int)
        np.maximum.at(front, tuple(cells.T), there[:, 2])
        own = ((ours - low)[:, :2] / (_PIXEL * apart)).astype(int)
        towards = facing @ turn[2] > 0.1
        found |= towards & (ours[:, 2] > front[tuple(own.T)] - _BEHIND * apart)
    return found


def _dense(vertices: np.ndarray, faces: np.ndarray, step: float) -> np.ndarray:
    """Cover a mesh with points that are no further apart than a step, [P, 3]."""
    corners = vertices[faces]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    counts = np.clip(np.ceil(longest / step).astype(int), 1, _MOST_STEPS)
    points = []
    for count in np.unique(counts):
        one, other = np.triu_indices(count + 1)
        weights = np.stack([one, other - one, count - other], axis=1) / count
        points.append(np.einsum("wk,fkd->fwd", weights, corners[counts == count]).reshape(-1, 3))
    return np.concatenate(points)


def rim(faces: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Tell which seen vertices have a neighbour that is not, or lie on a border, bool [V]."""
    pairs, uses = surface.edges(faces)
    flags = np.zeros(len(visible), bool)
    for one, other in ((0, 1), (1, 0)):
        flags[pairs[~visible[pairs[:, other]], one]] = True
    flags[pairs[uses == 1]] = True
    return flags & visible


def _turn(yaw: float, pitch: float) -> np.ndarray:
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    return about_x @ about_y
