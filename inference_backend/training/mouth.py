"""Second stage of training: the mouth learns what sound says about the lips, captured faces first of all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .augment import augment
from .checkpoints import save
from .corpus import batches
from .faces import Faces, has_faces
from .listen import phone_losses
from .loop import Run, Team, draw_curves, half_precision
from .losses import asked_of, mouth_loss
from .network import StyleGenerator

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MouthConfig:
    """Settings of the second stage."""

    minutes: float = 30.0
    batch: int = 24
    frames: int = 128
    rate: float = 1.5e-3
    faces: float = 0.75  # share of captured faces, where there are recordings
    plain: float = 0.4  # share of examples that are heard as they were recorded
    captured_again: float = 0.6  # where there are none: then some 45 % of the corpus' examples are captured
    heard: float = 1.5  # weight of phones and contacts, which carry what few voices taught over to others
    average: float = 0.99
    seed: int = 0


def fit_mouth(
    model: StyleGenerator, step: int, corpus: Path, recordings: Path | None, out: Path, config: MouthConfig, team: Team
) -> None:
    """Train the mouth of a model in a folder, going on from its state there, and write the model as mouth.pt.

    recordings: folder of captured faces as they are. Without them captured mouths are the corpus's, over which moods
    lie and which shut wherever a p, b or m is labelled: then the mouth follows a face less closely.
    """
    model.to(team.device).requires_grad_(False)
    mouth = model.mouth.requires_grad_(True)
    optimiser = torch.optim.AdamW(mouth.parameters(), lr=config.rate, betas=(0.9, 0.98), weight_decay=0.02)
    run = Run(mouth, optimiser, out / "mouth-state.pt", config.average)
    run.resume()
    team.settle(mouth)
    seed = config.seed + run.step
    stream = _examples(corpus, recordings, seed, config, team)
    generator = torch.Generator().manual_seed(seed * 1000 + team.rank)
    for batch, done in run.through(stream, config.minutes, team):
        plain = torch.rand(len(batch["mel"]), 1, 1, generator=generator) < config.plain
        batch["mel"] = torch.where(plain, batch["mel"], augment(batch["mel"], generator))
        batch = {name: value.to(team.device) for name, value in batch.items()}
        with half_precision(team.device):
            said, heard = _losses(model, batch)
        parts = {"mouth": float(said.detach()), "heard": float(heard.detach())}
        run.learn(said + config.heard * heard, done, team, parts)
    if team.leads:
        run.save()
        model.mouth.load_state_dict(run.average.state_dict())
        save(model, out / "mouth.pt", step)
        draw_curves(out / "mouth-state.csv", out / "mouth.png")
        log.info("the mouth stopped at step %d", run.step)


def _examples(
    corpus: Path, recordings: Path | None, seed: int, config: MouthConfig, team: Team
) -> Iterator[dict[str, Tensor]]:
    """Batches of the corpus, and beside them, where they are to be had, captured faces in place of its own."""
    of_faces = round(config.faces * config.batch) if has_faces(recordings) else 0
    again = 0.0 if of_faces else config.captured_again
    made = batches(corpus, None, config.frames, seed, config.batch - of_faces, team.rank, team.world, again)
    if not of_faces or recordings is None:
        yield from made
        return
    faces = Faces(recordings, config.frames, seed + team.rank)
    log.info("%d captured faces", len(faces))
    for batch in made:
        batch["weight"] *= (1 - batch["captured"])[:, None, None]
        seen = faces.batch(of_faces)
        yield {name: torch.cat([batch[name], value]) for name, value in seen.items()}


def _losses(model: StyleGenerator, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Error of the lips, and of what the mouth's ears make of phones and contacts."""
    audio, phones, contacts = model.mouth.ears(batch["mel"])
    heard = torch.stack(phone_losses(phones.float(), contacts.float(), batch["ids"], batch["trust"])).sum()
    return mouth_loss(model, asked_of(model.mouth.of(audio), batch), batch), heard
