"""A FLAME-format head: its arrays, its joints, and its mesh under expression, eyelids, jaw and eye rotations."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..formats.rotations import matrices

ROOT, NECK, JAW, LEFT_EYE, RIGHT_EYE = range(5)
JOINTS = 5


@dataclass(frozen=True)
class FlameModel:
    """A head of V vertices in FLAME's axes (x to its own left, y up, z out of the face), in metres.

    template float64 [V, 3]; faces int [F, 3]; expressions [V, 3, E], a component each; correctives [V, 3, 36], over
    the entries of the rotations of neck, jaw and eyes less the identity; regressor [5, V]; weights [V, 5]; parents
    int [5], the root's -1; eyelids [V, 3, 2], what shuts the left and the right eye, or [V, 3, 0].
    """

    name: str
    template: np.ndarray
    faces: np.ndarray
    expressions: np.ndarray
    correctives: np.ndarray
    regressor: np.ndarray
    weights: np.ndarray
    parents: np.ndarray
    eyelids: np.ndarray = field(default_factory=lambda: np.zeros((0, 3, 0)))

    @cached_property
    def joints(self) -> np.ndarray:
        """Place the joints of the head at rest, [5, 3]."""
        return self.regressor @ self.template

    @property
    def count(self) -> int:
        """Number of expression components."""
        return self.expressions.shape[2]

    def keeping(self, components: int) -> FlameModel:
        """Keep the first components of the expression space."""
        return FlameModel(**{**self._fields(), "expressions": self.expressions[:, :, :components]})

    def shaped(self, expression: np.ndarray, eyelids: np.ndarray | None = None) -> np.ndarray:
        """Shape the head at rest by an expression [E] and eyelids [2], [V, 3]."""
        shaped = self.template + self.expressions @ expression
        return shaped if eyelids is None or not self.eyelids.shape[2] else shaped + self.eyelids @ eyelids

    def posed(self, shaped: np.ndarray, jaw: np.ndarray, eyes: np.ndarray | None = None) -> np.ndarray:
        """Turn jaw [3] and eyes [2, 3] (axis-angle, radians) of a shaped head by linear blend skinning, [V, 3]."""
        turns = np.zeros((JOINTS, 3))
        turns[JAW] = jaw
        if eyes is not None:
            turns[LEFT_EYE:] = eyes
        rotations = matrices(turns)
        shaped = shaped + self.correctives @ (rotations[1:] - np.eye(3)).ravel()
        joints = self.regressor @ shaped
        moves = np.zeros((JOINTS, 3, 4))
        for joint, parent in enumerate(self.parents):
            local = np.column_stack([rotations[joint], joints[joint] - rotations[joint] @ joints[joint]])
            moves[joint] = local if parent < 0 else _chained(moves[parent], local)
        blended = np.tensordot(self.weights, moves, axes=1)  # [V, 3, 4]
        return np.einsum("vij,vj->vi", blended[:, :, :3], shaped) + blended[:, :, 3]

    def _fields(self) -> dict:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _chained(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    return np.column_stack([outer[:, :3] @ inner[:, :3], outer[:, :3] @ inner[:, 3] + outer[:, 3]])
