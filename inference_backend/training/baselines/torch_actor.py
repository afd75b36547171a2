"""A style generator in torch, performing: what small models are measured with, without an export."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ...contract import CHANNELS
from ...generator import contacts
from ...generator.features import log_mel
from ...generator.pipeline import STEPS
from ...generator.sampler import frame_noise, share, times
from ..listen import contacts_heard
from ..network import CAPTURED, LIPS, StyleGenerator


@torch.no_grad()
def perform(
    model: StyleGenerator, samples: np.ndarray, style: Tensor, seed: int = 0, steps: int = STEPS, hears: bool = True,
    touches: bool = True,
) -> np.ndarray:  # fmt: skip
    """Sample the curves [T, 55] at 50 Hz of a sound [N] in a style [S], the lips from the first estimate.

    hears: the actor is given the sound; touches: contacts that the listener hears are made, as in the pipeline.
    """
    heard, phones, touching = model.listen(torch.from_numpy(log_mel(samples))[None])
    frames = heard.shape[1]
    if not hears:
        heard = model.no_audio.expand(1, frames, -1)
    noise = torch.from_numpy(frame_noise(seed, 0, frames, len(model.noise)))
    x = (noise * torch.where(LIPS, 0.0, model.noise))[None]
    condition = (style + model.sources.weight[CAPTURED])[None]
    first = x
    for i in range(steps):
        clean = model.actor(x, torch.tensor([times(steps)[i]]), heard, condition)
        first = clean if i == 0 else first
        x = x + (clean - x) * share(steps, i)
    motion = (torch.where(LIPS, first, x)[0] * model.scale + model.mean).numpy()
    curves = motion[:, : len(CHANNELS)]
    np.clip(curves, 0.0, 1.0, out=curves)
    if hears and touches:
        _touch(curves, contacts_heard(phones, touching)[0])
    return motion


def _touch(curves: np.ndarray, probability: Tensor) -> None:
    contacts.settle(curves)
    contacts.close_lips(curves, contacts.gates_from(probability[:, 0].numpy()))
    contacts.tuck_lip(curves, contacts.gates_from(probability[:, 1].numpy()))
