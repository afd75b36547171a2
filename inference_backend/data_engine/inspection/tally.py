"""Tally: totals of many clips, and a few of them to look at, in memory that does not grow with their number."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from ..clip import stable_hash
from .rows import Row

ATTRIBUTES = ("emotion", "vocal", "delivery", "gaze", "head", "detail", "blend", "subject", "intensity")
GROUPS = ("source", "speakers", "language", "vocal", "emotion", "split", "licence")
DURATION_EDGES_S = np.arange(0, 21, 0.5)
LEVEL_EDGES = np.linspace(0, 1, 21)
PROMPTS = 14


@dataclass
class Group:
    """Clips and hours of one value."""

    clips: int = 0
    hours: float = 0.0


@dataclass
class Tally:
    """Counts of a folder. Groups and attributes count the clips that were kept; rejects are by reason."""

    clips: int = 0
    hours: float = 0.0
    speakers: set[str] = field(default_factory=set)
    groups: dict[str, dict[str, Group]] = field(default_factory=lambda: {name: {} for name in GROUPS})
    attributes: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in ATTRIBUTES})
    rejects: Counter[str] = field(default_factory=Counter)
    durations: np.ndarray = field(default_factory=lambda: np.zeros(len(DURATION_EDGES_S) - 1, int))
    levels: np.ndarray = field(default_factory=lambda: np.zeros(len(LEVEL_EDGES) - 1, int))
    prompts: list[str] = field(default_factory=list)
    samples: list[Row] = field(default_factory=list)
    films: list[Row] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Clips that were left out."""
        return sum(self.rejects.values())


def tally(rows: Iterable[Row], shown: int = 6) -> Tally:
    """Count all rows and choose some to show: of every vocal activity first, of as many emotions as there is room."""
    total, chosen, prompts, films = Tally(), _Chosen(), _Lowest(PROMPTS), _Lowest(6)
    for row in rows:
        if row.video is not None:
            films.offer(row)
        if row.rejected:
            total.rejects[_general(row.rejected)] += 1
            continue
        _count(total, row)
        chosen.offer(row)
        if row.caption:
            prompts.offer(row)
    total.prompts, total.films = [row.caption for row in prompts.rows()], films.rows()
    total.samples = chosen.rows(shown)
    return total


def _count(total: Tally, row: Row) -> None:
    hours, attributes = row.duration_s / 3600, row.attributes
    total.clips += 1
    total.hours += hours
    total.speakers |= {row.speaker} - {""}
    values = {"source": row.source, "speakers": row.speaker.partition(":")[0] or "no voice", "vocal": attributes.vocal,
              "language": row.language or "none", "emotion": attributes.emotion or "none", "split": row.split,
              "licence": row.licence or "not stated"}  # fmt: skip
    for name, value in values.items():
        if value:
            group = total.groups[name].setdefault(value, Group())
            group.clips, group.hours = group.clips + 1, group.hours + hours
    for name in ATTRIBUTES:
        total.attributes[name][getattr(attributes, name)] += 1
    total.durations[min(len(total.durations) - 1, int(row.duration_s / 0.5))] += row.duration_s > 0
    if attributes.emotion:
        total.levels[min(len(total.levels) - 1, int(attributes.level * len(total.levels)))] += 1


def _general(reason: str) -> str:
    """Leave the numbers of one clip out of a reason, so that alike reasons count together."""
    return re.sub(r"(?<![\w#])[-+]?\d[\d.,:]*(?<![.,:])", "…", reason)


class _Lowest:
    """The rows with the lowest hashes of their ids: a draw that depends on no order."""

    def __init__(self, count: int):
        self._count, self._heap = count, []

    def offer(self, row: Row) -> None:
        item = (-_place(row), row.id, row)
        if len(self._heap) < self._count:
            heapq.heappush(self._heap, item)
        elif item[0] > self._heap[0][0]:
            heapq.heapreplace(self._heap, item)

    def rows(self) -> list[Row]:
        return [row for _, _, row in sorted(self._heap, key=lambda item: -item[0])]


class _Chosen:
    """One row for each vocal activity and each emotion."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str], Row] = {}

    def offer(self, row: Row) -> None:
        for group in (("vocal", row.attributes.vocal), ("emotion", row.attributes.emotion)):
            best = self._best.get(group)
            if best is None or _place(row) < _place(best):
                self._best[group] = row

    def rows(self, count: int) -> list[Row]:
        order = sorted(self._best.items(), key=lambda item: (item[0][0] != "vocal", _place(item[1])))
        found: dict[str, Row] = {}
        for _, row in order:
            found.setdefault(row.id, row)
        return list(found.values())[:count]


def _place(row: Row) -> int:
    return stable_hash(row.id)
