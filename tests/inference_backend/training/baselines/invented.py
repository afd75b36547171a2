"""Excerpts that nobody recorded: what small trainings are tried on."""

from __future__ import annotations

import torch

from inference_backend.training.attributes import ANSWERS
from inference_backend.training.baselines.excerpts import Excerpts

FRAMES = 40


def excerpts(count: int = 12) -> Excerpts:
    """Rows as Corpus.batch(1) gives them; every third face was captured, the jaw follows the sound."""
    draw = torch.Generator().manual_seed(0)
    return Excerpts([_row(i, draw) for i in range(count)])


def _row(i: int, draw: torch.Generator) -> dict[str, torch.Tensor]:
    loud = torch.rand(1, FRAMES, 1, generator=draw)
    motion = torch.rand(1, FRAMES, 55, generator=draw) * 0.1
    motion[..., 17:18] = loud
    words = 2 + i % 3
    return {
        "mel": (loud.repeat_interleave(2, 1) - 0.5).expand(1, 2 * FRAMES, 80).half(),
        "ids": torch.randint(0, 40, (1, FRAMES), generator=draw),
        "motion": motion.half(),
        "weight": torch.ones(1, FRAMES, 55).half(),
        "trust": torch.ones(1, 1).half(),
        "captured": torch.tensor([int(i % 3 == 0)]),
        "tokens": torch.randn(1, words, 384, generator=draw).half(),
        "mask": torch.ones(1, words).half(),
        "reference": motion.half(),
        "asked": torch.stack([torch.randint(0, n, (1,), generator=draw) for n in ANSWERS], 1),
        "level": torch.rand(1, generator=draw).half(),
        "felt": torch.ones(1).half(),
        "person": torch.tensor([1]),
        "language": torch.tensor([1]),
    }
