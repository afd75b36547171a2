"""Which parameters of a FLAME model show each of ARKit's shapes: jaw, eyelids and expression, each by least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import lsq_linear

from ..contract import CHANNELS, INDEX, OnProgress, Progress
from ..formats.flame_map import FlameMap
from .carrying import Carried
from .model import JAW, FlameModel

BOUND = 8.0
"""No coefficient of a whole shape lies beyond so many standard deviations of the model's expressions."""
_RIDGE = 1e-3  # of the mean square of a component: what a standard deviation costs
_HIDDEN = 0.02  # the weight of what is behind lips and lids
_JAW_BOUNDS = np.array([0.6, 0.3, 0.3])  # radians
_JAW_ROUNDS = 8
_TURNS_JAW = ("jawOpen", "jawLeft", "jawRight")
# How far a whole eyeLook turns an eye about x and y, in degrees; "in" is towards the nose.
_LOOKS_DEG = {"Up": (-22.0, 0.0), "Down": (21.0, 0.0), "In": (0.0, -30.0), "Out": (0.0, 30.0)}
# Lips that close over an open jaw: fitted, and measured, with the jaw open.
_OVER = {"mouthClose": "jawOpen"}


@dataclass(frozen=True)
class Residual:
    """How well a shape is met, on what is seen of the skin.

    displacement_mm: root mean square of its own displacement; error_mm: of what is missed; share: their ratio;
    landmarks_mm: mean distance of the watched places from where the shape has them; largest: the largest coefficient.
    """

    channel: str
    displacement_mm: float
    error_mm: float
    share: float
    landmarks_mm: float
    largest: float


@dataclass(frozen=True)
class Fitted:
    """A map, and what is shown by it: meshes [52, N, 3] of the skin for each channel at 1, and the residuals."""

    map: FlameMap
    meshes: np.ndarray
    residuals: tuple[Residual, ...]


def fitted(model: FlameModel, carried: Carried, on_progress: OnProgress) -> Fitted:
    """Fit a map to the shapes that were carried onto the model."""
    fit = _Fit(model, carried)
    for done, name in enumerate(sorted(CHANNELS, key=lambda name: name in _OVER)):
        on_progress(Progress(0.7 + 0.25 * done / len(CHANNELS), "fitting the shapes"))
        fit.shape(INDEX[name])
    eyes = _eyes()
    made = FlameMap(fit.expression, fit.jaw, fit.eyelids, *eyes, fit.gram(), model.name)
    meshes = np.stack([fit.mesh(index) for index in range(len(CHANNELS))])
    return Fitted(made, meshes, tuple(fit.residual(index, meshes[index]) for index in range(len(CHANNELS))))


class _Fit:
    """The parameters of the shapes so far."""

    def __init__(self, model: FlameModel, carried: Carried) -> None:
        self.model, self.carried = model, carried
        count = len(CHANNELS)
        self.expression, self.jaw = np.zeros((count, model.count)), np.zeros((count, 3))
        self.eyelids = np.zeros((count, 2))
        self.weight = np.where(carried.visible, 1.0, _HIDDEN) ** 0.5
        self.basis = model.expressions[carried.skin]
        self.ridge = _RIDGE * ((self.weight[:, None, None] * self.basis) ** 2).sum() / max(model.count, 1)

    def shape(self, index: int) -> None:
        """Fit one channel: jaw, then expression to what it leaves; a blink by eyelids alone where there are any."""
        aim = self.carried.shapes[index]
        if not aim.any():
            return
        name, over = CHANNELS[index], _OVER.get(CHANNELS[index])
        under = INDEX[over] if over else None
        if name in _TURNS_JAW:
            self.jaw[index] = self._jaw_for(aim)
        if name.startswith("eyeBlink") and self.model.eyelids.shape[2]:
            side = int(name.endswith("Right"))
            lid = self.model.eyelids[self.carried.skin, :, side]
            weighed = self.weight[:, None] ** 2 * lid
            self.eyelids[index, side] = np.clip((weighed * aim).sum() / max((weighed * lid).sum(), 1e-12), 0, 1)
            return
        basis = self._turned_basis(self.jaw[index if under is None else under])
        left = self._wanted(index) - self.mesh(index)
        self.expression[index] = self._solved(basis, left)

    def _wanted(self, index: int) -> np.ndarray:
        aim = self.model.template[self.carried.skin] + self.carried.shapes[index]
        over = _OVER.get(CHANNELS[index])
        return aim + self.carried.shapes[INDEX[over]] if over else aim

    def mesh(self, index: int) -> np.ndarray:
        """Show a channel at 1, [N, 3]; what closes over an open jaw, with it."""
        rows = [index, INDEX[_OVER[CHANNELS[index]]]] if CHANNELS[index] in _OVER else [index]
        expression, jaw, lids = (part[rows].sum(axis=0) for part in (self.expression, self.jaw, self.eyelids))
        return self.model.posed(self.model.shaped(expression, lids), jaw)[self.carried.skin]

    def _jaw_for(self, aim: np.ndarray) -> np.ndarray:
        """Turn the jaw as the shape turns what follows it most, by Gauss-Newton steps, [3]."""
        model, skin = self.model, self.carried.skin
        weight = (self.weight * model.weights[skin, JAW] ** 2)[:, None]
        turn, step = np.zeros(3), 1e-3
        for _ in range(_JAW_ROUNDS):
            now = model.posed(model.template, turn)[skin]
            slopes = [(model.posed(model.template, turn + step * unit)[skin] - now) / step for unit in np.eye(3)]
            system = np.stack([(weight * slope).ravel() for slope in slopes], axis=1)
            left = (weight * (model.template[skin] + aim - now)).ravel()
            turn = np.clip(turn + np.linalg.lstsq(system, left, rcond=None)[0], -_JAW_BOUNDS, _JAW_BOUNDS)
        return turn

    def _turned_basis(self, jaw: np.ndarray) -> np.ndarray:
        """Turn the expressions with the jaw, as skinning does, [N, 3, E]; its joint moves with each of them."""
        if not jaw.any():
            return self.basis
        template, skin = self.model.template, self.carried.skin
        now = self.model.posed(template, jaw)
        each = [self.model.posed(template + part, jaw) - now for part in np.moveaxis(self.model.expressions, 2, 0)]
        return np.stack([moved[skin] for moved in each], axis=2)

    def _solved(self, basis: np.ndarray, left: np.ndarray) -> np.ndarray:
        if not self.model.count:
            return np.zeros(0)
        system = (self.weight[:, None, None] * basis).reshape(-1, self.model.count)
        gram = system.T @ system + self.ridge * np.eye(self.model.count)
        root = np.linalg.cholesky(gram + 1e-12 * np.trace(gram) * np.eye(len(gram))).T
        right = np.linalg.solve(root.T, system.T @ (self.weight[:, None] * left).ravel())
        return lsq_linear(root, right, (-BOUND, BOUND)).x

    def gram(self) -> np.ndarray:
        """Weigh parameters by what they do to the mesh at rest, [E + 5, E + 5]."""
        model, skin, step = self.model, self.carried.skin, 1e-3
        now = model.posed(model.template, np.zeros(3))[skin]
        turns = [(model.posed(model.template, step * unit)[skin] - now) / step for unit in np.eye(3)]
        lids = model.eyelids[skin] if model.eyelids.shape[2] else np.zeros((len(skin), 3, 2))
        whole = np.concatenate([self.basis, np.stack(turns, axis=2), lids], axis=2)
        flat = (self.weight[:, None, None] * whole).reshape(-1, whole.shape[2])
        return flat.T @ flat

    def residual(self, index: int, mesh: np.ndarray) -> Residual:
        """Measure what a channel's mesh misses of its shape."""
        wanted, seen = self._wanted(index), self.carried.visible
        rest = self.model.template[self.carried.skin]
        if over := _OVER.get(CHANNELS[index]):
            rest = rest + self.carried.shapes[INDEX[over]]
        size, missed = _mean_square(wanted - rest, seen), _mean_square(mesh - wanted, seen)
        corners, weights = self.carried.spots
        spots = np.einsum("sk,skd->sd", weights, (mesh - wanted)[corners])
        return Residual(
            CHANNELS[index],
            1000 * size,
            1000 * missed,
            missed / size if size > 1e-9 else 0.0,
            1000 * float(np.linalg.norm(spots, axis=1).mean()),
            float(abs(self.expression[index]).max(initial=0.0)),
        )


def _mean_square(moved: np.ndarray, rows: np.ndarray) -> float:
    return float((moved[rows] ** 2).sum(axis=1).mean() ** 0.5)


def _eyes() -> tuple[np.ndarray, np.ndarray]:
    """Give what each channel turns the left and the right eye by, [52, 3] each, in radians."""
    eyes = np.zeros((2, len(CHANNELS), 3))
    for way, (pitch, yaw) in _LOOKS_DEG.items():
        for side, name, sign in ((0, "Left", 1.0), (1, "Right", -1.0)):
            eyes[side, INDEX[f"eyeLook{way}{name}"], :2] = np.radians([pitch, sign * yaw])
    return eyes[0], eyes[1]
