"""Where a head's eyes, mouth, nose and chin are, found from its joints and the jaw's weights, for any topology."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from ..contract import MienError
from . import surface
from .model import JAW, LEFT_EYE, RIGHT_EYE, FlameModel

NAMES = ("left eye", "right eye", "nose", "chin", "mouth", "mouth left", "mouth right")
_OPEN = 0.3  # radians; far enough for lips to part, little enough for cheeks to stay smooth


class NotAHead(MienError):
    """A model's mesh has no face that can be found."""

    kind = "not_a_head"


def of_head(vertices: np.ndarray, faces: np.ndarray, eyes: np.ndarray, opened: np.ndarray) -> np.ndarray:
    """Find the points NAMES, [7, 3]: vertices [V, 3] of the skin, eyes [2, 3], opened [V, 3] with the jaw open.

    The lips are where neighbours part as the jaw opens; the nose is what stands out most between eyes and lips.
    Raises NotAHead.
    """
    apart = float(np.linalg.norm(eyes[0] - eyes[1]))
    middle = eyes.mean(axis=0)
    mouth = _mouth(vertices, faces, middle, apart, opened)
    centre = mouth[np.argmin(abs(mouth[:, 0] - middle[0]))]
    nose = _foremost(vertices, centre[1] + 0.15 * apart, middle[1] - 0.1 * apart, middle[0], apart)
    moved = np.linalg.norm(opened - vertices, axis=1)
    below = vertices[:, 1] < centre[1] - 0.35 * apart
    near = (abs(vertices[:, 0] - middle[0]) < 0.2 * apart) & below & (moved > 0.6 * moved.max())
    if not near.any():
        raise NotAHead("No chin was found on the model's mesh; it must be a FLAME head with its jaw's weights.")
    chin = vertices[near][np.argmax(vertices[near][:, 2])]
    order = np.argsort(mouth[:, 0])
    return np.array([*eyes, nose, chin, centre, mouth[order[-1]], mouth[order[0]]])


def of_model(model: FlameModel, skin: np.ndarray) -> np.ndarray:
    """Find the points NAMES of a model, whose skin are these vertices."""
    opened = model.posed(model.template, np.array([_OPEN, 0.0, 0.0]))
    return of_head(model.template[skin], faces_of(model, skin), model.joints[[LEFT_EYE, RIGHT_EYE]], opened[skin])


def skin_of(model: FlameModel) -> np.ndarray:
    """List the vertices of the skin: what does not turn with an eye, of the largest part of the mesh, int [N]."""
    parts = surface.components(model.faces, len(model.template))
    still = model.weights[:, [LEFT_EYE, RIGHT_EYE]].sum(axis=1) < 0.5
    if not still.any():
        raise NotAHead("All of the model's mesh turns with its eyes; it must be a FLAME head with its weights.")
    largest = np.bincount(parts[still]).argmax()
    return np.flatnonzero(still & (parts == largest))


def faces_of(model: FlameModel, skin: np.ndarray) -> np.ndarray:
    """List the faces of the skin, as rows of skin [N], int [F, 3]."""
    rows = np.full(len(model.template), -1)
    rows[skin] = np.arange(len(skin))
    return rows[model.faces[(rows[model.faces] >= 0).all(axis=1)]]


def jaw_of(model: FlameModel) -> np.ndarray:
    """Tell how far each vertex follows the jaw, [V]."""
    return model.weights[:, JAW]


def _mouth(vertices: np.ndarray, faces: np.ndarray, middle: np.ndarray, apart: float, opened: np.ndarray) -> np.ndarray:
    """Give the points between the lips, [K, 3]."""
    front = np.flatnonzero((vertices[:, 1] < middle[1] - 0.4 * apart) & (vertices[:, 2] > middle[2] - 0.3 * apart))
    normals = surface.normals(vertices, faces)
    pairs = KDTree(vertices[front]).query_pairs(0.14 * apart, output_type="ndarray")
    one, other = front[pairs[:, 0]], front[pairs[:, 1]]
    parted = np.linalg.norm(opened[one] - opened[other], axis=1) - np.linalg.norm(
        vertices[one] - vertices[other], axis=1
    )
    facing = (normals[one] * normals[other]).sum(axis=1)
    lips = (parted > 0.5 * np.percentile(parted, 99.5)) & (facing < 0.8) if len(parted) else np.zeros(0, bool)
    if lips.sum() < 5:
        raise NotAHead("No mouth was found on the model's mesh; it must be a FLAME head whose lips part with its jaw.")
    points = (vertices[one[lips]] + vertices[other[lips]]) / 2
    return points[points[:, 2] > np.percentile(points[:, 2], 20)] if len(points) > 40 else points


def _foremost(vertices: np.ndarray, low: float, high: float, x: float, apart: float) -> np.ndarray:
    there = (vertices[:, 1] > low) & (vertices[:, 1] < high) & (abs(vertices[:, 0] - x) < 0.3 * apart)
    if not there.any():
        raise NotAHead("No nose was found on the model's mesh; it must be a FLAME head in FLAME's axes and joints.")
    return vertices[there][np.argmax(vertices[there][:, 2])]
