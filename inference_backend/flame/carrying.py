"""The demo character's 52 shapes, carried onto a FLAME-format mesh: registration, then deformation transfer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import spsolve

from ..contract import CHANNELS, INDEX, OnProgress, Progress
from . import landmarks, surface, transfer, visibility
from .landmarks import NotAHead
from .model import LEFT_EYE, FlameModel
from .registration import Closest, Head, lay, similarity
from .source import Source

_REACH = 0.15  # in distances between the eyes: how far the laid mesh may be for its shapes to be taken over
_LEAST_TRUSTED = 0.5
_UNLIKE = 0.25  # in distances between the eyes: how far the landmarks of two faces may differ
_NO_FACE = "The demo character could not be laid onto the model's mesh; it must be a FLAME head in FLAME's axes."


@dataclass(frozen=True)
class Carried:
    """The 52 shapes on a model's skin.

    skin: vertices of the model, int [N]; faces of the skin, [F, 3] into skin; visible, bool [N]; shapes [52, N, 3], in
    metres; spots: places whose motion says how well a shape was met, as corners [K, 3] into skin and weights [K, 3];
    distance: mean distance of the laid mesh from the model's surface, in metres.
    """

    skin: np.ndarray
    faces: np.ndarray
    visible: np.ndarray
    shapes: np.ndarray
    spots: tuple[np.ndarray, np.ndarray]
    distance: float


def carried(source: Source, model: FlameModel, on_progress: OnProgress) -> Carried:
    """Carry the source's shapes onto a model's skin; raises NotAHead where the two cannot be laid onto each other."""
    giver, taker, skin = _giver(source), *_taker(model)
    if _unlike(giver.landmarks, taker.landmarks) > _UNLIKE:
        raise NotAHead(_NO_FACE)
    laid = lay(giver, taker, lambda share: on_progress(Progress(0.6 * share, "laying the character onto the model")))
    match, aims = Closest(taker).to(giver.moved(laid, taker.landmarks), _REACH)
    if match.trusted.sum() < _LEAST_TRUSTED * giver.visible.sum():
        raise NotAHead(_NO_FACE)
    distance = float(np.linalg.norm(laid - aims, axis=1)[match.trusted].mean())
    on_progress(Progress(0.6, "transferring the shapes"))
    rim = Closest(giver).rim
    contacts = {
        INDEX[name]: transfer.touching(source.vertices, source.shapes[INDEX[name]], rim, source.apart)
        for name in ("eyeBlinkLeft", "eyeBlinkRight")
    }
    moved = transfer.transferred(source.vertices, source.faces, source.shapes, laid, contacts)
    shapes = _resampled(moved, Closest(giver.moved(laid, taker.landmarks)), taker)
    spots = Closest(taker).to(giver.moved(laid, taker.landmarks))[0]
    marked = _spots(source, rim)
    return Carried(
        skin, taker.faces, taker.visible, shapes, (spots.corners[marked], spots.weights[marked]), distance
    )  # fmt: skip


def _unlike(points: np.ndarray, aims: np.ndarray) -> float:
    """Tell how far landmarks are from those of another face that is brought to them, by distances between the eyes."""
    scale, rotation, shift = similarity(points, aims)
    away = np.linalg.norm(scale * points @ rotation.T + shift - aims, axis=1)
    turned = 1 - rotation[1, 1]  # a head that lies or looks elsewhere is none in FLAME's axes
    return float(away.mean() / np.linalg.norm(aims[0] - aims[1]) + turned)


def _giver(source: Source) -> Head:
    opened = source.vertices + source.shapes[INDEX["jawOpen"]]
    points = landmarks.of_head(source.vertices, source.faces, source.eyes, opened)
    return Head(source.vertices, source.faces, source.jaw, source.visible, points)


def _taker(model: FlameModel) -> tuple[Head, np.ndarray]:
    skin = landmarks.skin_of(model)
    points = landmarks.of_model(model, skin)
    apart = float(np.linalg.norm(model.joints[LEFT_EYE] - model.joints[LEFT_EYE + 1]))
    visible = visibility.seen(model.template, model.faces, len(model.template), apart)[skin]
    faces = landmarks.faces_of(model, skin)
    return Head(model.template[skin], faces, landmarks.jaw_of(model)[skin], visible, points), skin


def _resampled(shapes: np.ndarray, laid: Closest, taker: Head) -> np.ndarray:
    """Take the shapes [52, V, 3] of the laid mesh at the taker's vertices; what has no counterpart follows smoothly."""
    match, _ = laid.to(taker, _REACH)
    taken = np.einsum("sk,cskd->csd", match.weights, shapes[:, match.corners])
    loose = ~match.trusted
    if loose.any():
        smooth = surface.laplacian(taker.faces, len(taker.vertices))
        inner = smooth[loose][:, loose] + 1e-9 * surface.sparse.identity(loose.sum())
        known = np.moveaxis(taken[:, ~loose], 0, 1).reshape((~loose).sum(), -1)
        found = np.asarray(spsolve(inner.tocsc(), -(smooth[loose][:, ~loose] @ known)))
        taken[:, loose] = np.moveaxis(found.reshape(loose.sum(), len(CHANNELS), 3), 0, 1)
    return taken


def _spots(source: Source, rim: np.ndarray) -> np.ndarray:
    """Choose the source's vertices that are watched: edges of lips and lids, and where each shape moves the most."""
    size = np.linalg.norm(source.shapes, axis=2) * source.visible
    most = size.argmax(axis=1)[size.max(axis=1) > 0]
    return np.unique(np.concatenate([rim[::2], most]))
