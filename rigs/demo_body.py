"""Bodies of the demo characters: MakeHuman's phenotypes, and how the keys of its base mesh are carried onto one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np

NEARBY = 0.16
"""How far the neighbourhood reaches by which a vertex's keys are turned and stretched (decimetres, one sigma)."""
STIFFNESS = 0.02
BLOCK = 400

_AGES = ((0.0, "baby"), (0.1875, "child"), (0.5, "young"), (1.0, "old"))
_BUILDS = {what: ((0.0, f"min{what}"), (0.5, f"average{what}"), (1.0, f"max{what}")) for what in ("muscle", "weight")}
_GENDERS = ((0.0, "female"), (1.0, "male"))


@dataclass(frozen=True)
class Body:
    """A phenotype in the numbers of `anny`, each 0..1, and targets of single features on top of it.

    gender 0 is female and 1 male; age 0 is a newborn, 0.19 a child, 0.5 young, 1 very old; muscle, weight and
    proportions are average at 0.5 (proportions 1 is ideal). origins are shares of african, asian and caucasian, brought
    to sum 1. details name a target below MakeHuman's folder `targets` ("nose/nose-volume-decr") and its amount; a name
    that begins with "eyes/l-", "cheek/l-" or "ears/l-" counts for the right side too.
    """

    gender: float = 0.0
    age: float = 0.5
    muscle: float = 0.5
    weight: float = 0.5
    proportions: float = 0.5
    origins: Mapping[str, float] = field(default_factory=lambda: {"caucasian": 1.0})
    details: Mapping[str, float] = field(default_factory=dict)

    def targets(self) -> dict[str, float]:
        """List the target files that make this body, with their amounts, as MakeHuman's macro sliders do."""
        genders, ages = _shares(self.gender, _GENDERS), _shares(self.age, _AGES)
        muscles, weights = _shares(self.muscle, _BUILDS["muscle"]), _shares(self.weight, _BUILDS["weight"])
        whole = sum(self.origins.values())
        amounts: dict[str, float] = {}
        for (sex, a), (age, b) in product(genders.items(), ages.items()):
            for origin, share in self.origins.items():
                amounts[f"macrodetails/{origin}-{sex}-{age}"] = a * b * share / whole
            for (muscle, c), (weight, d) in product(muscles.items(), weights.items()):
                build = f"{sex}-{age}-{muscle}-{weight}"
                amounts[f"macrodetails/universal-{build}"] = a * b * c * d
                kind = "ideal" if self.proportions > 0.5 else "uncommon"
                if age != "baby" and self.proportions != 0.5:
                    far = 2 * abs(self.proportions - 0.5)
                    amounts[f"macrodetails/proportions/{build}-{kind}proportions"] = a * b * c * d * far
        for name, amount in self.details.items():
            amounts[name] = amount
            if "/l-" in name:
                amounts[name.replace("/l-", "/r-")] = amount
        return {name: amount for name, amount in amounts.items() if amount}


def _shares(value: float, stops: tuple[tuple[float, str], ...]) -> dict[str, float]:
    """Share a value between the two stops around it."""
    for (low, first), (high, second) in pairwise(stops):
        if value <= high:
            share = (max(value, low) - low) / (high - low)
            return {name: part for name, part in ((first, 1 - share), (second, share)) if part}
    return {stops[-1][1]: 1.0}


def carry(targets: dict[str, np.ndarray], base: np.ndarray, body: np.ndarray) -> dict[str, np.ndarray]:
    """Carry keys [V, 3] from the base mesh [V, 3] onto a body of the same vertices.

    Each delta goes through the linear map that takes the neighbourhood of its vertex from one mesh to the other
    (weighted least squares): what deformation transfer does, at first order. So a lid of a larger eye falls further.
    """
    moved = np.flatnonzero(np.any([np.linalg.norm(delta, axis=1) > 0 for delta in targets.values()], axis=0))
    size = _spread(body[moved]) / _spread(base[moved])
    centre, body_centre = base[moved].mean(axis=0), body[moved].mean(axis=0)
    maps = np.empty((len(moved), 3, 3))
    for start in range(0, len(moved), BLOCK):
        rows = moved[start : start + BLOCK]
        maps[start : start + BLOCK] = _maps(base[moved] - centre, body[moved] - body_centre, base[rows] - centre, size)
    out = {}
    for name, delta in targets.items():
        out[name] = np.zeros_like(delta)
        out[name][moved] = np.einsum("vij,vj->vi", maps, delta[moved])
    return out


def _spread(points: np.ndarray) -> float:
    return float(np.linalg.norm(points - points.mean(axis=0), axis=1).mean())


def _maps(before: np.ndarray, after: np.ndarray, here: np.ndarray, size: float) -> np.ndarray:
    """Fit maps [N, 3, 3] of the neighbourhoods of `here`; size, a scale, is what they fall back to."""
    apart = ((here[:, None] - before[None]) ** 2).sum(axis=2)
    weight = np.exp(-0.5 * apart / NEARBY**2)
    weight /= weight.sum(axis=1, keepdims=True)
    source, goal = weight @ before, weight @ after
    across = (weight @ _outer(after, before)).reshape(-1, 3, 3) - _outer(goal, source).reshape(-1, 3, 3)
    along = (weight @ _outer(before, before)).reshape(-1, 3, 3) - _outer(source, source).reshape(-1, 3, 3)
    stiff = STIFFNESS * np.trace(along, axis1=1, axis2=2)[:, None, None] * np.eye(3)
    return np.linalg.solve(along + stiff, np.swapaxes(across + size * stiff, 1, 2)).swapaxes(1, 2)


def _outer(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first[:, :, None] * second[:, None]).reshape(len(first), 9)
