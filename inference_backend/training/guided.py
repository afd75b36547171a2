"""The guided teacher: an actor asked twice, in a neutral style and in the one wanted, as one network."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..contract import CHANNELS
from .network import LIPS, Actor

# Gestures of the head need guidance, lips must not be pushed off their sounds: pitch, yaw, roll.
HEAD_GUIDANCE = (2.0, 3.0, 1.5)


class GuidedActor(nn.Module):
    """Noisy curves [B, T, C], time [B], what is heard [B, T, W], style [B, S], its strength [B] in 0..2 -> clean curves.

    Classifier-free guidance away from neutral (Ho and Salimans 2022); lips are what the sound says and what style adds.
    """

    def __init__(self, actor: Actor, neutral: Tensor):
        super().__init__()
        self.actor = actor
        self.register_buffer("neutral", neutral.clone())
        self.register_buffer("guidance", torch.tensor([1.0] * len(CHANNELS) + list(HEAD_GUIDANCE)), persistent=False)
        self.register_buffer("lips", LIPS.float(), persistent=False)

    def forward(self, noisy: Tensor, time: Tensor, audio: Tensor, style: Tensor, strength: Tensor) -> Tensor:
        """Estimate the clean curves."""
        plain = self.actor(noisy, time, audio, self.neutral.expand_as(style))
        added = self.actor(noisy, time, audio, style) - plain
        heard = audio[..., -len(self.actor.to_curves) :] @ self.actor.to_curves
        return torch.lerp(plain, heard, self.lips) + strength[:, None, None] * self.guidance * added
