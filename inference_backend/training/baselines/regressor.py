"""A deterministic regressor: what is heard decides the curves, all of them, and no style is read."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..losses import channel_weights
from ..network import Listener
from ..shape import Shape


class Regressor(nn.Module):
    """Log-mel [B, 2T, 80] -> curves [B, T, 55] in a Take's units, by a trunk of the listener's size."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.trunk = Listener(shape)
        self.out = nn.Linear(shape.listener_width, shape.curves)
        self.register_buffer("mean", torch.zeros(shape.curves))
        self.register_buffer("scale", torch.ones(shape.curves))

    def normalised(self, mel: Tensor) -> Tensor:
        """Curves in units of their spread."""
        return self.out(self.trunk(mel)[0])

    def forward(self, mel: Tensor) -> Tensor:
        """Perform a sound."""
        return self.normalised(mel) * self.scale + self.mean

    def loss(self, mel: Tensor, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        """Squared error of the curves and of their velocities, weighted as the actor's; nothing is drawn."""
        error = self.normalised(mel) - (batch["motion"] - self.mean) / self.scale
        weight = channel_weights() * batch["weight"]
        return (error.square() * weight).mean() + 2.0 * (error.diff(dim=1).square() * weight[:, 1:]).mean()
