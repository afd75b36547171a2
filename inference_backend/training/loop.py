"""What every training loop needs: a device, several processes that agree, a state that survives, and its curves."""

from __future__ import annotations

import copy
import csv
import logging
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

log = logging.getLogger(__name__)
SAVE_EVERY_S = 120.0


class Team:
    """The processes that train together: one, or those that torchrun (or Ray Train) started."""

    def __init__(self, device: str = "auto"):
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if device == "auto":
            device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(device)
        if self.world > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    @property
    def leads(self) -> bool:
        """Whether this process writes files and logs."""
        return self.rank == 0

    def share_gradients(self, model: nn.Module) -> None:
        """Average the gradients of all processes, in one message."""
        if self.world == 1:
            return
        grads = [p.grad if p.grad is not None else torch.zeros_like(p) for p in model.parameters() if p.requires_grad]
        flat = torch.cat([g.flatten() for g in grads]) / self.world
        dist.all_reduce(flat)
        for p, part in zip((p for p in model.parameters() if p.requires_grad), flat.split([g.numel() for g in grads]),
                           strict=True):  # fmt: skip
            p.grad = part.view_as(p)

    def agree(self, value: float) -> float:
        """Give every process the leader's number."""
        if self.world == 1:
            return value
        told = torch.tensor(value, dtype=torch.float64, device=self.device)
        dist.broadcast(told, 0)
        return float(told)

    def settle(self, model: nn.Module) -> None:
        """Give every process the leader's weights."""
        if self.world > 1:
            for tensor in model.state_dict().values():
                dist.broadcast(tensor, 0)


def half_precision(device: torch.device) -> torch.autocast:
    """Reckon in bfloat16 where it is several times quicker, on GPUs and on CPUs with AMX; on others it is slower."""
    able = torch.cpu.get_capabilities()
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type != "cpu" or bool(able.get("amx_bf16")))


def pace(step: int, done: float) -> float:
    """Share of the learning rate at a step: it rises over the first hundred, and falls along a cosine as done does."""
    return min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * done))


def paced(optimiser: torch.optim.Optimizer, minutes: float, least: float) -> Iterator[int]:
    """Give step after step of a short run without a state, until its minutes are spent; rates go down to the least."""
    peaks = [group["lr"] for group in optimiser.param_groups]
    start, step = time.monotonic(), 0
    while (done := (time.monotonic() - start) / (60 * minutes)) < 1:
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * pace(step, done) + least
        step += 1
        yield step


class Run:
    """A training run in a folder: model, running average, optimiser, steps and seconds spent; goes on after a kill."""

    def __init__(self, model: nn.Module, optimiser: torch.optim.Optimizer, state: Path, keep: float):
        self.model, self.optimiser, self._state, self._keep = model, optimiser, state, keep
        self.average = copy.deepcopy(model).eval().requires_grad_(False)
        self.step, self._spent_s, self._began, self._saved = 0, 0.0, time.monotonic(), time.monotonic()
        self._peaks = [group["lr"] for group in optimiser.param_groups]
        self._rows: list[dict[str, float]] = []

    def resume(self) -> bool:
        """Go on from the state on disk, if there is one."""
        if not self._state.exists():
            return False
        saved = torch.load(self._state, map_location="cpu", weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self._spent_s = saved["step"], saved["spent_s"]
        log.info("going on at step %d, after %.0f min", self.step, self._spent_s / 60)
        return True

    def through(
        self, stream: Iterator[dict[str, Tensor]], minutes: float, team: Team
    ) -> Iterator[tuple[dict[str, Tensor], float]]:
        """Give batch after batch with the share of the run that lies behind, until its minutes are spent.

        Time counts from the first batch on: by then whoever makes them has begun.
        """
        batch = next(stream)
        self._began = time.monotonic()
        while (done := team.agree(self.spent_s / (60 * minutes))) < 1:
            yield batch, done
            batch = next(stream)

    @property
    def spent_s(self) -> float:
        """Seconds of training so far, over all sessions."""
        return self._spent_s + time.monotonic() - self._began

    def learn(self, loss: Tensor, done: float, team: Team, losses: dict[str, float]) -> None:
        """Take one step down a loss; done 0..1 is the share of the run that lies behind."""
        for group, peak in zip(self.optimiser.param_groups, self._peaks, strict=True):
            group["lr"] = peak * pace(self.step, done) + 1e-5
        self.optimiser.zero_grad()
        loss.backward()
        team.share_gradients(self.model)
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        _mix(self.average, self.model, min(self._keep, (self.step + 1) / (self.step + 20)))
        self._rows.append(losses)
        if team.leads and self.step % 50 == 0:
            self._log_row()
        if team.leads and time.monotonic() - self._saved > SAVE_EVERY_S:
            self.save()

    def save(self) -> None:
        """Write the state whole or not at all."""
        state = {"model": self.model.state_dict(), "average": self.average.state_dict(), "step": self.step,
                 "optimiser": self.optimiser.state_dict(), "spent_s": self.spent_s}  # fmt: skip
        write_whole(state, self._state)
        self._saved = time.monotonic()

    def _log_row(self) -> None:
        means = {name: float(np.mean([row[name] for row in self._rows])) for name in self._rows[0]}
        self._rows = []
        log.info("step %d, %s", self.step, ", ".join(f"{name} {value:.4f}" for name, value in means.items()))
        append_row(self._state.with_suffix(".csv"), {"step": self.step, "minutes": self.spent_s / 60, **means})


def write_whole(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def append_row(path: Path, row: dict[str, float]) -> None:
    """Add a row to a CSV, with its header where it is new."""
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if is_new:
            writer.writeheader()
        writer.writerow({name: f"{value:.5g}" for name, value in row.items()})


def draw_curves(csv_path: Path, png_path: Path) -> None:
    """Plot every column of a training log over its steps; nothing where a run was too short to have one."""
    from matplotlib.figure import Figure

    if not csv_path.exists():
        return
    with csv_path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("step", "minutes")]
    figure = Figure(figsize=(9, 1.8 * len(names)), layout="constrained")
    axes = np.atleast_1d(np.array(figure.subplots(len(names), sharex=True)))
    for axis, name in zip(axes, names, strict=True):
        axis.plot([float(row["step"]) for row in rows], [float(row[name]) for row in rows], linewidth=1)
        axis.set_ylabel(name)
        axis.grid(alpha=0.3)
    axes[-1].set_xlabel("step")
    figure.savefig(png_path, dpi=90)


@torch.no_grad()
def _mix(average: nn.Module, model: nn.Module, keep: float) -> None:
    for mine, theirs in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        mine.lerp_(theirs, 1 - keep) if mine.is_floating_point() else mine.copy_(theirs)
