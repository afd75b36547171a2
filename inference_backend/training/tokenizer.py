"""The motion tokenizer: curves as codes of finite scalar quantization, learned on geometry-weighted channels."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..contract import CHANNELS, HEAD
from .geometry import millimetres
from .layers import DilatedLinear, ListenerBlock

log = logging.getLogger(__name__)

FRAMES_PER_CODE = 4  # 80 ms: shorter than a syllable, longer than a closure
LEVELS = (8, 5, 5, 5)  # a thousand codes (Mentzer et al. 2023, "Finite Scalar Quantization")
GROUPS = 3  # codes at each moment: what one cannot tell of 55 curves three can


class Quantizer(nn.Module):
    """Finite scalar quantization: each of [.., D] numbers is bounded and rounded to one of its few levels."""

    def __init__(self, levels: tuple[int, ...], groups: int):
        super().__init__()
        self.register_buffer("levels", torch.tensor(levels * groups, dtype=torch.float32), persistent=False)
        steps = torch.tensor([1, *torch.tensor(levels[:-1]).cumprod(0).tolist()], dtype=torch.float32)
        self.register_buffer("steps", steps, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Round to levels in [-1, 1]; gradients pass as if nothing was rounded."""
        half = (self.levels - 1) / 2
        shift = torch.where(self.levels % 2 == 0, 0.5, 0.0)  # an even count has no middle level
        bounded = torch.tanh(x) * half * (1 - 1e-3) - shift
        rounded = bounded + (bounded.round() - bounded).detach()
        return (rounded + shift) / half

    def codes(self, quantized: Tensor) -> Tensor:
        """Give the codes' numbers: [.., groups * levels] in [-1, 1] -> int64 [.., groups]."""
        digits = ((quantized + 1) * (self.levels - 1) / 2).round().unflatten(-1, (-1, len(self.steps)))
        return (digits * self.steps).sum(-1).long()


class MotionTokenizer(nn.Module):
    """Normalised curves [B, T, C] <-> quantized numbers [B, T / 4, 12] that stand for three codes each 80 ms."""

    def __init__(self, curves: int, width: int = 96, dilations: tuple[int, ...] = (1, 2, 4)):
        super().__init__()
        size = len(LEVELS) * GROUPS
        self.gather = nn.Linear(FRAMES_PER_CODE * curves, width)
        self.read = nn.ModuleList(ListenerBlock(width, d) for d in dilations)
        self.narrow = nn.Linear(width, size)
        self.quantizer = Quantizer(LEVELS, GROUPS)
        self.widen = nn.Linear(size, width)
        self.write = nn.ModuleList(ListenerBlock(width, d) for d in dilations)
        self.spread = nn.Linear(width, FRAMES_PER_CODE * width)
        self.smooth = DilatedLinear(width, width, 1)
        self.out = nn.Linear(width, curves)

    def encode(self, motion: Tensor) -> Tensor:
        """Quantize motion; what is left of the last four frames is dropped."""
        count = motion.shape[1] // FRAMES_PER_CODE
        x = self.gather(motion[:, : count * FRAMES_PER_CODE].reshape(len(motion), count, -1))
        for block in self.read:
            x = block(x)
        return self.quantizer(self.narrow(x))

    def decode(self, quantized: Tensor) -> Tensor:
        """Give back the motion that quantized numbers stand for, [B, 4 * N, C]."""
        x = self.widen(quantized)
        for block in self.write:
            x = block(x)
        x = self.spread(x).reshape(len(x), FRAMES_PER_CODE * x.shape[1], -1)
        return self.out(F.gelu(self.smooth(x)) + x)


def geometry_weights(scale: Tensor) -> Tensor:
    """Weight of each normalised curve's squared error, so that all count by the face that they move; mean 1."""
    weight = (scale * torch.from_numpy(millimetres()).to(scale)).square()
    weight = weight / weight.mean() + 0.05
    return weight / weight.mean()


def tokenize(tokenizer: MotionTokenizer, batches: Iterable[dict[str, Tensor]], mean: Tensor, scale: Tensor,
             minutes: float, rate: float = 2e-3) -> float:  # fmt: skip
    """Teach a tokenizer for some minutes; the share of the weighted variance that codes lose at the end."""
    optimiser = torch.optim.AdamW(tokenizer.parameters(), lr=rate, weight_decay=0.01)
    weight, began, step, lost = geometry_weights(scale), time.monotonic(), 0, 1.0
    for batch in batches:
        if (done := (time.monotonic() - began) / (60 * minutes)) >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 50) * max(0.02, 1 - done)
        motion = (batch["reference"] - mean) / scale
        said = tokenizer.decode(tokenizer.encode(motion))
        error = said - motion[:, : said.shape[1]]
        loss = (error.square() * weight).mean() + 2.0 * (error.diff(dim=1).square() * weight).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(tokenizer.parameters(), 1.0)
        optimiser.step()
        share = float((error.detach().square() * weight).mean() / (motion.square() * weight).mean())
        lost, step = lost + 0.02 * (share - lost), step + 1
        if step % 100 == 0:
            log.info("tokenizer: step %d, %.1f %% of the motion lost", step, 100 * lost)
    return lost


@torch.no_grad()
def draw(tokenizer: MotionTokenizer, motion: Tensor, names: tuple[str, ...], path: Path) -> None:
    """Plot some curves of normalised motion [T, C] beside what its codes give back."""
    from matplotlib.figure import Figure

    said, curves = tokenizer.decode(tokenizer.encode(motion[None]))[0], (*CHANNELS, *HEAD)
    figure = Figure(figsize=(10, 1.4 * len(names)), layout="constrained")
    for axis, name in zip(figure.subplots(len(names), sharex=True), names, strict=True):
        axis.plot(motion[:, curves.index(name)], color="0.6")
        axis.plot(said[:, curves.index(name)], linewidth=1)
        axis.set_ylabel(name, rotation=0, ha="right")
    figure.savefig(path, dpi=90)
