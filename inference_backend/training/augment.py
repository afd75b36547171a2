"""Augmentation of log-mel features: rooms, noise, microphones and other throats, applied to whole batches."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ..generator.features import BANDS, FLOOR, LOG_MEAN, LOG_SCALE


def augment(mel: Tensor, generator: torch.Generator) -> Tensor:
    """Normalised log-mel [B, F, 80] through a random throat, room, microphone and background."""
    batch = len(mel)
    draw = lambda low, high: low + (high - low) * torch.rand(batch, 1, 1, generator=generator)  # noqa: E731
    chance = lambda p: (torch.rand(batch, 1, 1, generator=generator) < p).float()  # noqa: E731
    mel = _shift_bands(mel, draw(-4.0, 4.0) * chance(0.6))
    power = torch.exp(mel * LOG_SCALE + LOG_MEAN) - FLOOR
    power = power + draw(0.0, 0.5) * chance(0.4) * _reverberate(power, draw(0.75, 0.97))
    power = power + _noise(power, generator) * torch.exp(-draw(1.0, 8.0)) * chance(0.6)
    log = torch.log(power.clamp_min(0) + FLOOR)
    bands = torch.linspace(-1, 1, BANDS)
    log = log + draw(-1.0, 1.0) * bands + draw(-0.7, 0.7) + draw(-0.6, 0.6) * torch.cos(draw(1, 6) * bands + draw(0, 6))
    mel = (torch.maximum(log, torch.tensor(math.log(FLOOR))) - LOG_MEAN) / LOG_SCALE
    return _mask_bands(mel, generator)


def _shift_bands(mel: Tensor, bands: Tensor) -> Tensor:
    at = torch.arange(BANDS)[None, None] + bands
    low = at.floor().clamp(0, BANDS - 1)
    part = (at - low).clamp(0, 1)
    low = low.long().expand(-1, mel.shape[1], -1)
    high = (low + 1).clamp_max(BANDS - 1)
    return mel.gather(2, low) * (1 - part) + mel.gather(2, high) * part


def _reverberate(power: Tensor, decay: Tensor) -> Tensor:
    """Exponential tail of 0.4 s with one decay per clip."""
    taps = decay[:, :, 0] ** torch.arange(1, 41)[None]
    kernel = (taps * (1 - decay[:, :, 0])).flip(1)[:, None]
    padded = F.pad(power.transpose(1, 2), (40, 0))[:, :, :-1]
    batch, bands, frames = padded.shape
    tail = F.conv1d(padded.reshape(1, batch * bands, frames), kernel.repeat_interleave(bands, 0), groups=batch * bands)
    return tail.reshape(batch, bands, -1)[:, :, : power.shape[1]].transpose(1, 2)


def _noise(power: Tensor, generator: torch.Generator) -> Tensor:
    """Coloured noise at the clip's own speaking level."""
    batch, frames, bands = power.shape
    level = power.mean(2).quantile(0.9, dim=1)[:, None, None]
    slope = (torch.rand(batch, 1, 1, generator=generator) - 0.7) * 4
    colour = torch.exp(slope * torch.linspace(0, 1, bands))
    grain = -torch.log(torch.rand(batch, frames, bands, generator=generator).clamp_min(1e-6))
    return level * colour * grain


def _mask_bands(mel: Tensor, generator: torch.Generator) -> Tensor:
    batch = len(mel)
    width = torch.randint(0, 10, (batch, 1, 1), generator=generator)
    start = torch.randint(0, BANDS, (batch, 1, 1), generator=generator)
    bands = torch.arange(BANDS)[None, None]
    masked = (bands >= start) & (bands < start + width)
    return torch.where(masked, mel.mean(2, keepdim=True), mel)
