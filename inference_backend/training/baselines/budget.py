"""Small trainings of equal cost: each gets so many minutes of processor time, and survives a kill."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from ..loop import Run, Team, write_whole

log = logging.getLogger(__name__)
RATE = 2.0e-3
KEEP = 0.995  # of the running average at a step: short runs need a short memory

Losses = tuple[Tensor, dict[str, float]]
AnyModel = TypeVar("AnyModel", bound=nn.Module)
LossOf = Callable[[torch.Generator], Losses]
"""The loss of a fresh batch, and its parts by name; draws what it draws from the generator."""


class ThriftyRun(Run):
    """A run whose time is that of the processor: other work on the machine takes nothing from its share."""

    def __init__(self, model: nn.Module, optimiser: torch.optim.Optimizer, state: Path, keep: float):
        super().__init__(model, optimiser, state, keep)
        self._cpu_began_s = time.process_time()

    @property
    def spent_s(self) -> float:
        """Seconds of processor time so far, over all sessions."""
        return self._spent_s + time.process_time() - self._cpu_began_s


def train(model: AnyModel, loss_of: LossOf, folder: Path, minutes: float, seed: int = 0) -> tuple[AnyModel, int]:
    """Train a model for so many minutes of processor time; its average and its steps. Goes on where it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    learning = [p for p in model.parameters() if p.requires_grad]
    run = ThriftyRun(
        model, torch.optim.AdamW(learning, RATE, (0.9, 0.98), weight_decay=0.02), folder / "state.pt", KEEP
    )
    run.resume()
    team, generator = Team("cpu"), torch.Generator().manual_seed(seed * 1000 + run.step)
    while (done := run.spent_s / (60 * minutes)) < 1:
        loss, parts = loss_of(generator)
        run.learn(loss, done, team, parts)
    log.info("%s: %d steps", folder.name, run.step)
    return cast(AnyModel, run.average), run.step


def finish(model: nn.Module, facts: dict, folder: Path) -> None:
    """Write a trained model whole, with plain facts about it, and drop the state that it went on from."""
    write_whole({**facts, "model": model.state_dict()}, folder / "model.pt")
    (folder / "state.pt").unlink(missing_ok=True)
