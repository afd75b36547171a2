"""Second stage of training: the actor learns to act, by flow matching from noise, to what the listener hears."""

from __future__ import annotations

import copy
import csv
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..contract import CHANNELS, HEAD, INDEX, region
from ..generator.style_text import SentenceEncoder
from .augment import augment
from .corpus import Corpus, statistics
from .listen import phone_losses
from .measures import parted
from .network import LIPS, Shape, StyleGenerator

log = logging.getLogger(__name__)

# Channels whose error people see first weigh more; by the motion of lip vertices per unit of a channel.
_HEAVY = {"jawOpen": 10.0, "mouthClose": 6.0, "mouthFunnel": 2.0, "mouthPucker": 4.0, "mouthPressLeft": 1.5,
          "mouthPressRight": 1.5, "mouthRollLower": 1.5, "mouthRollUpper": 1.5, "eyeBlinkLeft": 2.0,
          "eyeBlinkRight": 2.0}  # fmt: skip
_APERTURE = 250.0  # weight of the gap between the lips, whose variance is about 0.01

SHIPPED = Path(__file__).parent / "checkpoint" / "generator.pt"
"""The checkpoint of the shipped weights, in half precision; move it away to train from nothing."""


@dataclass(frozen=True)
class ActConfig:
    """Settings of the second stage."""

    minutes: float = 60.0
    batch: int = 16
    frames: int = 144
    rate: float = 1.3e-3
    listener_rate: float = 1.0e-3
    drop_audio: float = 0.06
    from_noise: float = 0.4  # share of examples at time 0
    drop_style: float = 0.10
    average: float = 0.998
    seed: int = 0


def channel_weights() -> Tensor:
    """Weight of each of the 55 curves in the loss."""
    weights = [_HEAVY.get(name, 0.35 if region(name) == "gaze" else 1.0) for name in CHANNELS]
    return torch.tensor(weights + [1.5] * len(HEAD))


def flow_loss(
    model: StyleGenerator, audio: Tensor, batch: dict[str, Tensor], config: ActConfig, generator: torch.Generator
) -> Tensor:
    """Error of the clean estimate on the straight path from noise to motion, of the mouth alone, and of velocities."""
    size = len(audio)
    clean = (batch["motion"] - model.mean) / model.scale
    # Most of what sound says about the lips is learned at time 0, where the noisy curves do not give them away.
    time = torch.rand(size, generator=generator) ** 1.5 * (torch.rand(size, generator=generator) > config.from_noise)
    noise = torch.randn(clean.shape, generator=generator) * model.noise
    noisy = time[:, None, None] * clean + (1 - time[:, None, None]) * noise
    style = model.style_reader(batch["tokens"], batch["mask"])
    style = torch.where(torch.rand(size, 1, generator=generator) < config.drop_style, model.no_style, style)
    style = style + model.sources(batch["captured"])
    mouth = model.mouth(audio)[torch.arange(size), :, batch["captured"]]
    audio = torch.cat([audio, mouth.detach()], -1)
    audio = torch.where(torch.rand(size, 1, 1, generator=generator) < config.drop_audio, model.no_audio, audio)
    acted = model.actor(noisy, time, audio, style)
    weight = channel_weights() * batch["weight"]
    alone = _error_and_speed(mouth - clean[..., LIPS], weight[..., LIPS])
    return _error_and_speed(acted - clean, weight) + alone + _aperture_loss(model, mouth, clean, weight)


def _aperture_loss(model: StyleGenerator, mouth: Tensor, clean: Tensor, weight: Tensor) -> Tensor:
    """Error of the gap between the lips: what an eye sees of the mouth is no single channel."""
    columns = torch.where(LIPS)[0].tolist()
    scale, mean = model.scale[LIPS], model.mean[LIPS]
    said, true = (aperture(x * scale + mean, columns) for x in (mouth, clean[..., LIPS]))
    return _APERTURE * ((said - true).square() * weight.mean(-1, keepdim=True)[..., 0]).mean()


def aperture(lips: Tensor, columns: list[int]) -> Tensor:
    """How far the lips are apart [B, T], as measures.aperture has it, from the channels [B, T, n] of these columns.

    Not cut off at 0, so that shut lips still teach.
    """
    get = lambda name: lips[..., columns.index(INDEX[name])]  # noqa: E731
    return get("jawOpen") - get("mouthClose") + parted(get)


def _error_and_speed(error: Tensor, weight: Tensor) -> Tensor:
    return (error.square() * weight).mean() + 2.0 * (error.diff(dim=1).square() * weight[:, 1:]).mean()


def act(corpus_folder: Path, weights: Path, listener: Path, out: Path, config: ActConfig) -> None:
    """Train the whole generator, from a listener (or from its own checkpoint if `out` exists), and save it averaged."""
    torch.manual_seed(config.seed)
    model, step = _start(corpus_folder, listener, out)
    corpus = Corpus(corpus_folder, SentenceEncoder(weights, threads=1), config.frames, config.seed + step)
    average = copy.deepcopy(model).eval().requires_grad_(False)
    groups = [
        {"params": list(model.listener.parameters()), "lr": config.listener_rate},
        {"params": [p for n, p in model.named_parameters() if not n.startswith("listener.")], "lr": config.rate},
    ]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.02)
    peaks = [group["lr"] for group in groups]
    generator = torch.Generator().manual_seed(config.seed + step)
    began, first, saved, recent = time.monotonic(), step, 0.0, []
    while (done := (time.monotonic() - began) / (60 * config.minutes)) < 1:
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * min(1, (step - first + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        batch = corpus.batch(config.batch)
        audio, phones, contacts = model.listener(augment(batch["mel"], generator))
        heard: Any = sum(phone_losses(phones, contacts, batch["ids"], batch["trust"]), torch.zeros(()))
        acted = flow_loss(model, audio, batch, config, generator)
        optimiser.zero_grad()
        (acted + 0.5 * heard).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        _average(average, model, min(config.average, (step + 1) / (step + 20)))
        recent.append((float(acted.detach()), float(heard.detach())))
        if step % 50 == 0:
            _log_row(out, step, np.mean(recent, 0))
            recent = []
        if time.monotonic() - saved > 120:
            save(average, out, step)
            saved = time.monotonic()
    save(average, out, step)
    log.info("stopped at step %d", step)


def _start(corpus: Path, listener: Path, out: Path) -> tuple[StyleGenerator, int]:
    for known in (out, SHIPPED):  # go on where this run stopped, or from what ships
        if known.exists():
            return load(known)
    heard = torch.load(listener, weights_only=True)
    model = StyleGenerator(_shape(heard["shape"]))
    model.listener.load_state_dict(heard["listener"])
    for mine, theirs in zip((model.mean, model.scale), statistics(corpus), strict=True):
        mine.copy_(torch.from_numpy(theirs))
    return model, 0


def _shape(saved: dict[str, Any]) -> Shape:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in saved.items()}
    return Shape(**fields)


def load(path: Path) -> tuple[StyleGenerator, int]:
    """Read a checkpoint: the averaged model and its step."""
    saved = torch.load(path, weights_only=True)
    model = StyleGenerator(_shape(saved["shape"]))
    model.load_state_dict(saved["model"])
    return model, saved["step"]


def save(model: StyleGenerator, path: Path, step: int) -> None:
    """Write a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"shape": model.shape.as_dict(), "model": model.state_dict(), "step": step}, part)
    part.replace(path)


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, keep: float) -> None:
    for mine, theirs in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        mine.lerp_(theirs, 1 - keep)


def _log_row(out: Path, step: int, losses: np.ndarray) -> None:
    log.info("step %d acted %.4f heard %.3f", step, *losses)
    with out.with_suffix(".csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow([step, *(f"{x:.5f}" for x in losses)])
