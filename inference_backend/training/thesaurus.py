"""Further words of feeling: adjectives that a dictionary has near to known ones, and that read like them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..data_engine.prompts import words
from .dictionary import meanings, nearness

_FRAMES = ("{}", "a {} look", "a person who is {}", "speaks and is {}")
_NEIGHBOURS = 12
_SOFTNESS = 0.05  # cosine by which a neighbour counts e times less than another
_LEAST_ALIKE = 0.5  # cosine with the nearest known word
_LEAST_SURE = 0.5  # of the cluster

Read = Callable[[str], np.ndarray]
"""A text to its token states [L, W]."""


def further_words(dictionary: Path, read: Read) -> dict[str, list[str]]:
    """Find words for each cluster in a folder of WordNet's files: its own judgement and the encoder's, half each.

    Words that are held out, in any inflection, are left out. Raises FileNotFoundError where the folder is no WordNet.
    """
    known = {f.adjective: c for table in (words.TAUGHT, words.SYNONYMS) for c, row in table.items() for f in row}
    points = np.stack([_point(word, read) for word in known])
    groups = np.array([words.CLUSTERS.index(cluster) for cluster in known.values()])
    found: dict[str, list[str]] = {cluster: [] for cluster in words.CLUSTERS}
    for word, votes in nearness(meanings(dictionary), known).items():
        if word in known or words.has_held_out_word(word):
            continue
        alike = points @ _point(word, read)
        sure = _by_neighbours(alike, groups) + [votes.get(cluster, 0.0) for cluster in words.CLUSTERS]
        if alike.max() > _LEAST_ALIKE and sure.max() / 2 > _LEAST_SURE:
            found[words.CLUSTERS[int(sure.argmax())]].append(word)
    return found


def _point(word: str, read: Read) -> np.ndarray:
    """Place a word among others by what stands around it: a unit vector [W]."""
    means = [read(frame.format(word)).mean(0) for frame in _FRAMES]
    point = np.mean([mean / np.linalg.norm(mean) for mean in means], 0)
    return point / np.linalg.norm(point)


def _by_neighbours(alike: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Shares of the clusters [25] among the known words that are most alike."""
    nearest = np.argsort(-alike)[:_NEIGHBOURS]
    weights = np.exp((alike[nearest] - alike[nearest[0]]) / _SOFTNESS)
    return np.bincount(groups[nearest], weights, len(words.CLUSTERS)) / weights.sum()
