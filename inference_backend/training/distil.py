"""Third stage of training: a student learns to act in a few steps as its guided teacher does in many.

The teacher's flow is a fixed map from noise to motion; the student learns that map from pairs of both (Luhman and
Luhman 2021), at the points that its own steps lead to, so that later steps mend what earlier ones missed.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..generator.pipeline import BLINK_TEMPERATURE, BLINKS, TEMPERATURE
from ..generator.style_text import SentenceEncoder
from .act import channel_weights, read_styles
from .augment import augment
from .checkpoints import load
from .corpus import Corpus
from .export import GuidedActor, neutral_style
from .loop import Run, Team, draw_curves
from .network import LIPS, StyleGenerator
from .student import STRONGEST, apprentice, save_student

log = logging.getLogger(__name__)

Pair = dict[str, Tensor]
"""noise and motion [T, 55], audio [T, W], style [S], strength [], inside [T]; or a batch of them."""


@dataclass(frozen=True)
class DistilConfig:
    """Settings of the third stage; the shares are of examples."""

    minutes: float = 30.0
    steps: int = 2  # the student's
    teacher_steps: int = 8
    batch: int = 8
    frames: int = 240
    rate: float = 1.0e-3
    kept: int = 320  # pairs that wait to be learnt, again and again: some 100 MB
    uses: int = 6  # of a pair on average, for the teacher takes some six times as long as the student's step
    by_reference: float = 0.25
    mixed: float = 0.25  # in a mixture of two styles
    at_zero: float = 0.1  # with strength 0
    at_one: float = 0.4
    average: float = 0.998
    seed: int = 0


def perform(actor: nn.Module, pair: Pair, steps: int) -> Tensor:
    """Act from noise to motion [B, T, 55] as the pipeline does: by Euler steps, with the lips of the first."""
    first, _ = _advance(actor, pair, pair["noise"], 0, steps)
    clean, x = first, _stepped(pair["noise"], first, 0, steps)
    for i in range(1, steps):
        clean, x = _advance(actor, pair, x, i, steps)
    return torch.where(LIPS.to(clean.device), first, clean)


def _advance(actor: nn.Module, pair: Pair, x: Tensor, i: int, steps: int) -> tuple[Tensor, Tensor]:
    """Take step i of a few: the clean estimate and where it leads."""
    time = torch.full((len(x),), i / steps, device=x.device)
    clean = actor(x, time, pair["audio"], pair["style"], pair["strength"])
    return clean, _stepped(x, clean, i, steps)


def _stepped(x: Tensor, clean: Tensor, i: int, steps: int) -> Tensor:
    return x + (clean - x) / (steps - i)


def draw_noise(model: StyleGenerator, size: int, frames: int, generator: torch.Generator) -> Tensor:
    """Draw the noise [B, T, 55] that the pipeline acts from: none on the lips, one for both lids."""
    noise = torch.randn(size, frames, model.shape.curves, generator=generator).to(model.noise.device)
    noise = noise * torch.where(LIPS.to(noise.device), 0.0, model.noise) * TEMPERATURE
    noise[..., BLINKS] = BLINK_TEMPERATURE * noise[..., BLINKS[:1]]
    return noise


def draw_strength(size: int, config: DistilConfig, generator: torch.Generator) -> Tensor:
    """Draw strengths [B] of the style from all of 0..2, the ends of most use more often."""
    chance, strength = torch.rand(size, generator=generator), STRONGEST * torch.rand(size, generator=generator)
    strength[chance < config.at_zero + config.at_one] = 1.0
    strength[chance < config.at_zero] = 0.0
    return strength


@torch.no_grad()
def pairs(
    model: StyleGenerator, teacher: nn.Module, batch: dict[str, Tensor], config: DistilConfig,
    generator: torch.Generator,
) -> Pair:  # fmt: skip
    """Let the teacher act a batch of the corpus' sounds, in its styles and in mixtures of them."""
    size, device = len(batch["mel"]), batch["mel"].device
    chance = lambda p: (torch.rand(size, 1, generator=generator) < p).to(device)  # noqa: E731
    text, motion = read_styles(model, batch)
    style = torch.where(chance(config.by_reference), motion, text)
    share = torch.where(chance(config.mixed), torch.rand(size, 1, generator=generator).to(device), 0.0)
    style = torch.lerp(style, style.roll(1, 0), share) + model.sources.weight[1]
    heard = model.listener(batch["mel"])[0]
    made = {
        "noise": draw_noise(model, size, heard.shape[1], generator),
        "audio": torch.cat([heard, model.mouth(heard)[:, :, 1]], -1),
        "style": style,
        "strength": draw_strength(size, config, generator).to(device),
        "inside": (batch["weight"].amax(-1) > 0).float(),
    }
    return made | {"motion": perform(teacher, made, config.teacher_steps)}


def student_loss(student: nn.Module, pair: Pair, i: int, steps: int) -> Tensor:
    """Error, and error of velocity, of the student's step i of `steps` from where its earlier steps led."""
    x = pair["noise"]
    with torch.no_grad():
        for before in range(i):
            _, x = _advance(student, pair, x, before, steps)
    clean, _ = _advance(student, pair, x, i, steps)
    error, weight = clean - pair["motion"], channel_weights().to(x.device) * pair["inside"][..., None]
    return (error.square() * weight).mean() + 2.0 * (error.diff(dim=1).square() * weight[:, 1:]).mean()


class Pool:
    """Pairs that wait to be learnt; the oldest leave when new ones come."""

    def __init__(self, size: int, generator: torch.Generator):
        self._waiting: deque[Pair] = deque(maxlen=size)
        self._generator = generator

    def add(self, batch: Pair) -> None:
        """Take in a batch of pairs."""
        for i in range(len(batch["noise"])):
            self._waiting.append({name: value[i] for name, value in batch.items()})

    def draw(self, size: int) -> Pair:
        """Draw a batch."""
        rows = [self._waiting[i] for i in torch.randint(len(self._waiting), (size,), generator=self._generator)]
        return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}


def distil(
    checkpoint: Path, corpus_folder: Path, weights: Path, out: Path, config: DistilConfig, team: Team | None = None
) -> None:
    """Train a student of a checkpoint in a folder, going on from its state, and write it averaged as student.pt."""
    team = team or Team()
    torch.manual_seed(config.seed)
    model = load(checkpoint)[0].eval().requires_grad_(False)
    teacher = GuidedActor(model, neutral_style(model, weights)).eval().to(team.device)
    model.to(team.device)
    student = apprentice(model.actor, teacher.neutral, model.shape).requires_grad_(True).to(team.device)
    optimiser = torch.optim.AdamW(student.parameters(), lr=config.rate, betas=(0.9, 0.98), weight_decay=0.0)
    run = Run(student, optimiser, out / "distil.pt", config.average)
    run.resume()
    team.settle(student)
    seed = config.seed + run.step
    generator = torch.Generator().manual_seed(seed * 1000 + team.rank)
    corpus = Corpus(corpus_folder, SentenceEncoder(weights, threads=1), config.frames, seed, team.rank, team.world)
    taught = _taught(model, teacher, corpus, config, generator, team.device)
    while (done := team.agree(run.spent_s / (60 * config.minutes))) < 1:
        i = int(torch.randint(config.steps, (), generator=generator))
        loss = student_loss(student, next(taught), i, config.steps)
        run.learn(loss, done, team, {"student": float(loss.detach())})
    if team.leads:
        run.save()
        save_student(run.average, model.shape, config.steps, out / "student.pt")
        draw_curves(out / "distil.csv", out / "distil.png")
        log.info("stopped at step %d", run.step)


def _taught(
    model: StyleGenerator, teacher: nn.Module, corpus: Corpus, config: DistilConfig, generator: torch.Generator,
    device: torch.device,
) -> Iterator[Pair]:  # fmt: skip
    """Batches for the student, for ever: `uses` of them for each that the teacher acts."""
    pool = Pool(config.kept, generator)
    while True:
        batch = corpus.batch(config.batch)
        batch["mel"] = augment(batch["mel"], generator)
        pool.add(pairs(model, teacher, {k: v.to(device) for k, v in batch.items()}, config, generator))
        for _ in range(config.uses):
            yield pool.draw(config.batch)
