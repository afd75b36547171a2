"""Third stage of training: style is read and the actor learns to act, by flow matching, to what the listener hears."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .augment import augment
from .beginning import begin
from .checkpoints import save
from .corpus import batches
from .listen import phone_losses
from .loop import Run, Team, draw_curves, half_precision
from .losses import channel_weights, error_and_speed, mouth_loss, mouth_said
from .network import StyleGenerator

log = logging.getLogger(__name__)

_REMEMBERED = 16  # batches whose motion vectors stand beside the present one's, to be told apart from


@dataclass(frozen=True)
class ActConfig:
    """Settings of the third stage; the shares are of examples."""

    minutes: float = 60.0
    tokenizer_minutes: float = 5.0
    mouth_minutes: float = 30.0  # where there is no mouth to begin with
    batch: int = 16
    frames: int = 144
    rate: float = 1.0e-3
    listener_rate: float = 0.7e-3
    drop_audio: float = 0.06
    from_noise: float = 0.4  # share of examples at time 0
    drop_style: float = 0.10
    by_reference: float = 0.35  # acted in a style that was read from motion instead of text
    drop_person: float = 0.5
    blur: float = 0.6  # of the captions' token states, in standard deviations
    style_weight: float = 0.03  # of the questions and of the contrast, whose errors are large beside those of acting
    average: float = 0.998
    seed: int = 0


def blurred(tokens: Tensor, most: float, generator: torch.Generator) -> Tensor:
    """Move token states at random, each caption's by its own share of their spread: words never met lie nearby."""
    share = most * torch.rand(len(tokens), 1, 1, generator=generator)
    return tokens + share * tokens.std() * torch.randn(tokens.shape, generator=generator)


def read_styles(model: StyleGenerator, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Style summaries [B, S] of a batch's captions, and of its reference motion."""
    text = model.style_reader(batch["tokens"], batch["mask"])
    return text, model.read_motion((batch["reference"] - model.mean) / model.scale)


def style_loss(
    model: StyleGenerator, text: Tensor, motion: Tensor, batch: dict[str, Tensor], others: deque[Tensor]
) -> tuple[Tensor, Tensor]:
    """Error of what both vectors answer about the prompt, and of telling whose text goes with whose motion.

    others are motion vectors of the batches before, to be told apart from as well; this one's join them.
    """
    ask = lambda style: model.questions.loss(style, batch["asked"], batch["level"], batch["felt"])  # noqa: E731
    whose = text + model.persons(batch["person"], batch["language"])
    contrast = model.questions.contrast(whose, motion, torch.cat([*others, motion[:0].detach()]))
    others.append(motion.detach())
    return ask(text) + ask(motion), contrast


def said_loss(model: StyleGenerator, batch: dict[str, Tensor]) -> Tensor:
    """Error of what captions that nobody acted answer about themselves: there are more words than performances."""
    style = model.style_reader(batch["said_tokens"], batch["said_mask"])
    return model.questions.loss(style, batch["said_asked"], batch["said_level"], batch["said_felt"])


def chosen_style(
    model: StyleGenerator, text: Tensor, motion: Tensor, batch: dict[str, Tensor], config: ActConfig,
    generator: torch.Generator,
) -> Tensor:  # fmt: skip
    """Draw what each example is acted by, [B, S]: text, motion or nothing, with or without the person."""
    chance = lambda p: (torch.rand(len(text), 1, generator=generator) < p).to(text.device)  # noqa: E731
    style = torch.where(chance(config.by_reference), motion, text)
    known = ~chance(config.drop_person)
    style = style + known * model.persons(batch["person"], batch["language"])
    style = torch.where(chance(config.drop_style), model.no_style, style)
    return style + model.sources(batch["captured"])


def flow_loss(
    model: StyleGenerator, audio: Tensor, style: Tensor, batch: dict[str, Tensor], config: ActConfig,
    generator: torch.Generator,
) -> Tensor:  # fmt: skip
    """Error of the clean estimate on the straight path from noise to motion, of the mouth alone, and of velocities."""
    size, device = len(audio), audio.device
    clean = (batch["motion"] - model.mean) / model.scale
    # Most of what sound says about the lips is learned at time 0, where the noisy curves do not give them away.
    time = torch.rand(size, generator=generator) ** 1.5 * (torch.rand(size, generator=generator) > config.from_noise)
    time = time.to(device)
    noise = torch.randn(clean.shape, generator=generator).to(device) * model.noise
    noisy = time[:, None, None] * clean + (1 - time[:, None, None]) * noise
    mouth = mouth_said(model, batch)
    audio = torch.cat([audio, mouth.detach()], -1)
    deaf = (torch.rand(size, 1, 1, generator=generator) < config.drop_audio).to(device)
    acted = model.actor(noisy, time, torch.where(deaf, model.no_audio, audio), style).float()
    weight = channel_weights().to(device) * batch["weight"]
    return error_and_speed(acted - clean, weight) + mouth_loss(model, mouth, batch)


def act(
    corpus_folder: Path, weights: Path, out: Path, config: ActConfig, team: Team | None = None,
    recordings: Path | None = None,
) -> None:  # fmt: skip
    """Train the whole generator in a folder, going on from its state, from what ships, or from its listener.

    recordings are for a mouth that has to be learned first.
    """
    team = team or Team()
    torch.manual_seed(config.seed)
    minutes = config.tokenizer_minutes, config.mouth_minutes
    model = begin(corpus_folder, recordings, out, *minutes, team).to(team.device)
    run = Run(model, _optimiser(model, config), out / "state.pt", config.average)
    run.resume()
    team.settle(model)
    seed = config.seed + run.step
    stream = batches(corpus_folder, weights, config.frames, seed, config.batch, team.rank, team.world)
    generator = torch.Generator().manual_seed(seed * 1000 + team.rank)
    others: deque[Tensor] = deque(maxlen=_REMEMBERED)
    for batch, done in run.through(stream, config.minutes, team):
        batch["mel"] = augment(batch["mel"], generator)
        for tokens in ("tokens", "said_tokens"):
            batch[tokens] = blurred(batch[tokens], config.blur, generator)
        batch = {name: value.to(team.device) for name, value in batch.items()}
        with half_precision(team.device):
            loss, parts = _losses(model, batch, others, config, generator)
        run.learn(loss, done, team, parts)
    if team.leads:
        run.save()
        save(run.average, out / "generator.pt", run.step)
        draw_curves(out / "state.csv", out / "curves.png")
        log.info("stopped at step %d", run.step)


def _losses(
    model: StyleGenerator, batch: dict[str, Tensor], others: deque[Tensor], config: ActConfig,
    generator: torch.Generator,
) -> tuple[Tensor, dict[str, float]]:  # fmt: skip
    """Sum of all losses of a batch, and each by name."""
    audio, phones, contacts = model.listener(batch["mel"])
    heard: Any = sum(phone_losses(phones, contacts, batch["ids"], batch["trust"]), torch.zeros((), device=audio.device))
    text, motion = read_styles(model, batch)
    answers, contrast = style_loss(model, text, motion, batch, others)
    said = said_loss(model, batch)
    style = chosen_style(model, text, motion, batch, config, generator)
    acted = flow_loss(model, audio, style, batch, config, generator)
    parts = {"acted": acted, "heard": heard, "answers": answers, "contrast": contrast, "said": said}
    total = acted + 0.5 * heard + config.style_weight * (answers + contrast + 2 * said)
    return total, {name: float(part.detach()) for name, part in parts.items()}


def _optimiser(model: StyleGenerator, config: ActConfig) -> torch.optim.Optimizer:
    slow, quick = [], []
    for name, parameter in model.named_parameters():
        if name.startswith(("tokenizer.", "mouth.")):  # they stay what they are while others learn to go by them
            parameter.requires_grad_(False)
        else:
            (slow if name.startswith("listener.") else quick).append(parameter)
    groups = [{"params": slow, "lr": config.listener_rate}, {"params": quick, "lr": config.rate}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.02)
