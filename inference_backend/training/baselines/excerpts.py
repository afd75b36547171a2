"""Excerpts of a corpus in memory, drawn once: what several small trainings share, each its own part of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from ..corpus import Corpus, spread

log = logging.getLogger(__name__)
_OF_TEXT = ("tokens", "mask")


class Excerpts:
    """Rows as `Corpus.batch` gives them, one excerpt each, in half precision: some 0.1 MB of memory a row."""

    def __init__(self, rows: Sequence[dict[str, Tensor]]):
        self.rows = list(rows)

    @classmethod
    def drawn(cls, corpus: Corpus, count: int) -> Excerpts:
        """Draw so many excerpts from a corpus."""
        rows = []
        for i in range(count):
            rows.append({name: _packed(value) for name, value in corpus.batch(1).items()})
            if (i + 1) % 500 == 0:
                log.info("%d of %d excerpts drawn", i + 1, count)
        return cls(rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def spread(self) -> tuple[Tensor, Tensor]:
        """Mean and scale [55] of the curves."""
        motion = torch.cat([row["motion"][0].float() for row in self.rows])
        mean, scale = spread(motion.numpy())
        return torch.from_numpy(mean), torch.from_numpy(scale)

    def captured(self, wanted: bool) -> Excerpts:
        """Keep the faces that a camera saw, or those that the rules acted."""
        return Excerpts([row for row in self.rows if bool(row["captured"][0]) == wanted])

    def batch(self, size: int, generator: torch.Generator) -> dict[str, Tensor]:
        """Draw a batch, with replacement."""
        chosen = [self.rows[i] for i in torch.randint(len(self.rows), (size,), generator=generator).tolist()]
        return together(chosen)


def together(rows: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Put rows into one batch, texts padded to the longest."""
    batch = {name: torch.cat([row[name] for row in rows]) for name in rows[0] if name not in _OF_TEXT}
    length = max(row["mask"].shape[1] for row in rows)
    batch["tokens"] = torch.cat([F.pad(row["tokens"], (0, 0, 0, length - row["tokens"].shape[1])) for row in rows])
    batch["mask"] = torch.cat([F.pad(row["mask"], (0, length - row["mask"].shape[1])) for row in rows])
    return {name: value.float() if value.is_floating_point() else value for name, value in batch.items()}


def _packed(value: Tensor) -> Tensor:
    return value.half() if value.is_floating_point() else value
