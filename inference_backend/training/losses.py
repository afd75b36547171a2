"""Errors of curves as people see them: by channel, by velocity, and by the gap between the lips."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import CHANNELS, HEAD, INDEX, region
from ..generator.aperture import parted
from .network import LIPS, StyleGenerator

# Channels whose error people see first weigh more; by the motion of lip vertices per unit of a channel.
_HEAVY = {"jawOpen": 10.0, "mouthClose": 6.0, "mouthFunnel": 2.0, "mouthPucker": 4.0, "mouthPressLeft": 1.5,
          "mouthPressRight": 1.5, "mouthRollLower": 1.5, "mouthRollUpper": 1.5, "eyeBlinkLeft": 2.0,
          "eyeBlinkRight": 2.0}  # fmt: skip
_APERTURE = 250.0  # weight of the gap between the lips, whose variance is about 0.01


def channel_weights() -> Tensor:
    """Weight of each of the 55 curves in the loss."""
    weights = [_HEAVY.get(name, 0.35 if region(name) == "gaze" else 1.0) for name in CHANNELS]
    return torch.tensor(weights + [1.5] * len(HEAD))


def mouth_said(model: StyleGenerator, batch: dict[str, Tensor]) -> Tensor:
    """Lips [B, T, 28] that the mouth says of each example's sound, as a camera or as the rules have it."""
    return asked_of(model.mouth(batch["mel"]), batch)


def asked_of(mouth: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Pick each example's answer [B, T, 28] of both [B, T, 2, 28]."""
    return mouth[torch.arange(len(mouth), device=mouth.device), :, batch["captured"]].float()


def mouth_loss(model: StyleGenerator, mouth: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Error of lips [B, T, 28], of their velocities, and of the gap between them."""
    clean = (batch["motion"] - model.mean) / model.scale
    weight = channel_weights().to(mouth.device) * batch["weight"]
    alone = error_and_speed(mouth - clean[..., LIPS], weight[..., LIPS])
    return alone + _aperture_loss(model, mouth, clean, weight)


def _aperture_loss(model: StyleGenerator, mouth: Tensor, clean: Tensor, weight: Tensor) -> Tensor:
    """Error of the gap between the lips: what an eye sees of the mouth is no single channel."""
    columns = torch.where(LIPS)[0].tolist()
    scale, mean = model.scale[LIPS], model.mean[LIPS]
    said, true = (apertures(x * scale + mean, columns) for x in (mouth, clean[..., LIPS]))
    return _APERTURE * ((said - true).square().mean(-1) * weight.mean(-1)).mean()


def apertures(lips: Tensor, columns: list[int]) -> Tensor:
    """How far the lips are apart [B, T, 2], as `generator.aperture` has it in both readings of mouthClose.

    lips [B, T, n] are the channels of these columns. Not cut off at 0, so that shut lips still teach.
    """
    get = lambda name: lips[..., columns.index(INDEX[name])]  # noqa: E731
    jaw, close = get("jawOpen"), get("mouthClose")
    return torch.stack([jaw * (1 - close), jaw - close], -1) + parted(get)[..., None]


def error_and_speed(error: Tensor, weight: Tensor) -> Tensor:
    """Weigh squared errors [B, T, n] and, twice, those of the velocity."""
    return (error.square() * weight).mean() + 2.0 * (error.diff(dim=1).square() * weight[:, 1:]).mean()
