"""The flow from noise to motion, as the pipeline follows it, for batches in torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ...generator.pipeline import BLINK_TEMPERATURE, BLINKS, TEMPERATURE
from ...generator.sampler import share, times
from ..network import LIPS, StyleGenerator

Pair = dict[str, Tensor]
"""path [K + 1, T, 55] from noise to motion, audio [T, W], style [S], strength [], inside [T]; or a batch of them."""


def perform(actor: nn.Module, noise: Tensor, heard: Pair, steps: int) -> list[Tensor]:
    """Act from noise to motion by Euler steps: the points [B, T, 55] of the path, both ends among them.

    As in the pipeline the lips of the motion are those of the first step.
    """
    path, lips = [noise], LIPS.to(noise.device)
    first = clean = noise
    for i in range(steps):
        clean = estimate(actor, path[-1], heard, i, steps)
        first = first if i else clean
        path.append(stepped(path[-1], torch.where(lips, first, clean), i, steps))
    return path


def estimate(actor: nn.Module, x: Tensor, heard: Pair, i: int, steps: int) -> Tensor:
    """Estimate the clean curves at step i."""
    time = torch.full((len(x),), times(steps)[i], device=x.device)
    return actor(x, time, heard["audio"], heard["style"], heard["strength"])


def stepped(x: Tensor, clean: Tensor, i: int, steps: int) -> Tensor:
    """Take step i towards a clean estimate."""
    return x + (clean - x) * share(steps, i)


def draw_noise(
    model: StyleGenerator, size: int, frames: int, generator: torch.Generator, varied: float = 0.0
) -> Tensor:
    """Draw the noise [B, T, 55] that the pipeline acts from: none on the lips, one for both lids.

    varied is by how much an example's temperature may be off, and twice that is how far its lids' may lie below theirs:
    so both can be tuned for a student too.
    """
    noise = torch.randn(size, frames, model.shape.curves, generator=generator).to(model.noise.device)
    temperature = TEMPERATURE + varied * (2 * torch.rand(size, 1, 1, generator=generator) - 1)
    noise = noise * torch.where(LIPS.to(noise.device), 0.0, model.noise) * temperature.to(noise.device)
    lids = BLINK_TEMPERATURE - 2 * varied * torch.rand(size, 1, 1, generator=generator)
    noise[..., BLINKS] = lids.to(noise.device) * noise[..., BLINKS[:1]]
    return noise
