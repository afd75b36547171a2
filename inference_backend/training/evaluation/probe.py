"""A linear probe: which emotion a motion shows, by the mean, spread and 95th percentile of its channels.

Linear discriminant analysis with a shrunk covariance (Friedman 1989), trained on the teacher's own performances.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...contract import CHANNELS

_SHRINK = 0.15  # of the covariance, towards its diagonal


def features(motion: np.ndarray) -> np.ndarray:
    """Mean, standard deviation and 95th percentile over time of the 52 channels: [156] of a motion [T, 52 or more]."""
    values = motion[:, : len(CHANNELS)]
    return np.concatenate([values.mean(0), values.std(0), np.percentile(values, 95, axis=0)])


class Probe:
    """A trained probe."""

    def __init__(self, motions: Sequence[np.ndarray], labels: Sequence[str], among: Sequence[str] = ()):
        rows = np.stack([features(m) for m in motions])
        of = np.array(labels)
        self.labels = tuple(name for name in (among or sorted(set(labels))) if (of == name).any())
        self._mean, self._scale = rows.mean(0), rows.std(0) + 0.01
        rows = (rows - self._mean) / self._scale
        centres = np.stack([rows[of == name].mean(0) for name in self.labels])
        rest = np.concatenate([rows[of == name] - c for name, c in zip(self.labels, centres, strict=True)])
        covariance = rest.T @ rest / len(rest)
        shrunk = (1 - _SHRINK) * covariance + _SHRINK * np.diag(np.diag(covariance)) + 1e-3 * np.eye(len(covariance))
        self._weight = np.linalg.solve(shrunk, centres.T)  # [F, K]
        self._bias = -0.5 * np.einsum("kf,fk->k", centres, self._weight)

    def read(self, motions: Sequence[np.ndarray]) -> list[str]:
        """Name the emotion of each motion."""
        rows = (np.stack([features(m) for m in motions]) - self._mean) / self._scale
        return [self.labels[i] for i in (rows @ self._weight + self._bias).argmax(1)]

    def accuracy(self, motions: Sequence[np.ndarray], labels: Sequence[str]) -> float:
        """Share of the motions whose emotion is read right."""
        return float(np.mean([a == b for a, b in zip(self.read(motions), labels, strict=True)]))


def confusion(true: Sequence[str], read: Sequence[str], labels: Sequence[str]) -> np.ndarray:
    """Count [K, K]: rows are what was asked for, columns what was read."""
    table = np.zeros((len(labels), len(labels)), int)
    for a, b in zip(true, read, strict=True):
        table[labels.index(a), labels.index(b)] += 1
    return table
