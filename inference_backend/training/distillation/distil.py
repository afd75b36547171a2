"""Fourth stage of training: a student learns to act in a few steps as its guided teacher does in many.

The teacher's flow is a fixed map from noise to motion. Each of the student's steps learns to reach the point of the
teacher's path where it ends, from the point to which its earlier steps led, so that later steps mend what earlier ones
missed (progressive distillation, Salimans and Ho 2022, in one stage and on the student's own path).
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ...data_engine.shards.reading import BadShards
from ...generator.sampler import share
from ...generator.style_text import SentenceEncoder
from ..act import read_styles
from ..augment import augment
from ..checkpoints import load
from ..corpus import Corpus
from ..export import GuidedActor, neutral_style
from ..loop import Run, Team, draw_curves
from ..losses import channel_weights, error_and_speed
from ..network import CAPTURED, LIPS, StyleGenerator
from .fidelity import fidelity
from .flow import Pair, draw_noise, estimate, perform, stepped
from .student import STRONGEST, apprentice, save_student

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DistilConfig:
    """Settings of the fourth stage; the shares are of examples."""

    minutes: float = 30.0
    steps: int = 4  # the student's
    teacher_steps: int = 8  # a multiple of the student's
    batch: int = 8
    frames: int = 240
    rate: float = 1.0e-3
    kept: int = 320  # pairs that wait to be learnt, again and again: some 100 MB
    uses: int = 6  # of a pair on average, for the teacher takes some six times as long as the student's step
    by_reference: float = 0.25
    mixed: float = 0.25  # in a mixture of two styles
    at_zero: float = 0.1  # with strength 0
    at_one: float = 0.4
    varied: float = 0.15  # temperatures of the noise
    average: float = 0.998
    seed: int = 0


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
    style = torch.lerp(style, style.roll(1, 0), share) + model.sources.weight[CAPTURED]
    heard = model.listen(batch["mel"])[0]
    made = {
        "audio": heard,
        "style": style,
        "strength": draw_strength(size, config, generator).to(device),
        "inside": (batch["weight"].amax(-1) > 0).float(),
    }
    noise = draw_noise(model, size, heard.shape[1], generator, config.varied)
    path = perform(teacher, noise, made, config.teacher_steps)
    return made | {"path": torch.stack(path[:: config.teacher_steps // config.steps], 1)}


def student_loss(student: nn.Module, pair: Pair, i: int) -> Tensor:
    """Error, and error of velocity, of the student's step i from where its earlier steps led."""
    path, steps = pair["path"], pair["path"].shape[1] - 1
    x = path[:, 0]
    with torch.no_grad():
        for before in range(i):
            x = stepped(x, estimate(student, x, pair, before, steps), before, steps)
    wanted = x + (path[:, i + 1] - x) / share(steps, i)
    wanted = torch.where(LIPS.to(x.device), path[:, -1], wanted)
    error = estimate(student, x, pair, i, steps) - wanted
    return error_and_speed(error, channel_weights().to(x.device) * pair["inside"][..., None])


class Pool:
    """Pairs that wait to be learnt; the oldest leave when new ones come."""

    def __init__(self, size: int, generator: torch.Generator):
        self._waiting: deque[Pair] = deque(maxlen=size)
        self._generator = generator

    def add(self, batch: Pair) -> None:
        """Take in a batch of pairs."""
        for i in range(len(batch["path"])):
            self._waiting.append({name: value[i] for name, value in batch.items()})

    def draw(self, size: int) -> Pair:
        """Draw a batch."""
        rows = [self._waiting[i] for i in torch.randint(len(self._waiting), (size,), generator=self._generator)]
        return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}


def distil(
    checkpoint: Path, corpus_folder: Path, weights: Path, out: Path, config: DistilConfig, team: Team | None = None
) -> None:
    """Train a student of a checkpoint in a folder, going on from its state; write it averaged, and its fidelity."""
    team = team or Team()
    torch.manual_seed(config.seed)
    model, taught_by = load(checkpoint)
    model.eval().requires_grad_(False)
    teacher = GuidedActor(model, neutral_style(model, weights)).eval().to(team.device)
    model.to(team.device)
    student = apprentice(model.actor, teacher.neutral, model.shape).requires_grad_(True).to(team.device)
    optimiser = torch.optim.AdamW(student.parameters(), lr=config.rate, betas=(0.9, 0.98), weight_decay=0.0)
    state = out / f"distil-{taught_by}.pt"  # of this teacher and no other
    run = Run(student, optimiser, state, config.average)
    run.resume()
    team.settle(student)
    seed = config.seed + run.step
    generator = torch.Generator().manual_seed(seed * 1000 + team.rank)
    corpus = Corpus(corpus_folder, SentenceEncoder(weights, threads=1), config.frames, seed, team.rank, team.world)
    taught = _taught(model, teacher, corpus, config, generator, team.device)
    while (done := team.agree(run.spent_s / (60 * config.minutes))) < 1:
        i = int(torch.randint(config.steps, (), generator=generator))
        loss = student_loss(student, next(taught), i)
        run.learn(loss, done, team, {"student": float(loss.detach())})
    if team.leads:
        run.save()
        save_student(run.average, model.shape, config.steps, taught_by, out / "student.pt")
        draw_curves(state.with_suffix(".csv"), state.with_suffix(".png"))
        _compare(model.cpu(), teacher.cpu(), run.average.cpu(), corpus_folder, weights, out / "student.json")
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


def _compare(
    model: StyleGenerator, teacher: nn.Module, student: nn.Module, corpus: Path, weights: Path, out: Path
) -> None:
    """Write how faithful a student is, where the corpus has clips for it."""
    try:
        report = fidelity(model, teacher, student, corpus, weights)
    except BadShards as reason:
        log.warning("The student was not compared with its teacher: %s", reason)
        return
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
