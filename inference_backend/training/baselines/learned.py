"""The trained baselines: how they learn from a corpus, and how they are read from a folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from ...contract import MienError
from ..augment import augment
from ..corpus import Corpus
from ..shape import Shape
from . import budget
from .conditions import DiffPoseTalkLike, EmoTalkLike
from .excerpts import Excerpts
from .performers import DeterministicRegressor, DiffPoseTalk, EmoTalk
from .regressor import Regressor

log = logging.getLogger(__name__)
FRAMES = 96  # of an excerpt: 1.9 s


class NotTrained(MienError):
    """The trained baselines are not there."""

    kind = "not_trained"


Model = Regressor | EmoTalkLike | DiffPoseTalkLike


def train_on(corpus: Path, out: Path, minutes: float, excerpts: int, width: int) -> None:
    """Train the baselines on a corpus' shards, with networks of a width; goes on where it was stopped.

    Raises BadShards.
    """
    torch.set_num_threads(1)
    drawn = Excerpts.drawn(Corpus(corpus, None, FRAMES, 0), excerpts)
    shape = Shape(listener_width=width, mouth_width=min(128, width), actor_width=width, style_width=max(8, width // 3))
    train_all(drawn, out, minutes, shape)


def train_all(excerpts: Excerpts, out: Path, minutes: float, shape: Shape, batch: int = 16) -> None:
    """Train what is not trained yet in a folder, each for so many minutes of processor time."""
    for name, kind in _KINDS.items():
        folder = out / name
        if (folder / "model.pt").exists():
            log.info("%s is trained", name)
            continue
        torch.manual_seed(0)
        model = kind(shape)
        scaled = model if isinstance(model, Regressor) else model.base
        for mine, theirs in zip((scaled.mean, scaled.scale), excerpts.spread(), strict=True):
            mine.copy_(theirs)
        trained, steps = budget.train(model, _loss_of(model, excerpts, batch), folder, minutes)
        budget.finish(trained, {"shape": shape.as_dict(), "steps": steps, **_facts(trained, excerpts)}, folder)


def _loss_of(model: Model, excerpts: Excerpts, size: int) -> budget.LossOf:
    def loss_of(generator: torch.Generator) -> budget.Losses:
        batch = excerpts.batch(size, generator)
        mel = augment(batch["mel"], generator)
        loss = model.loss(mel, batch, generator)
        return loss, {"loss": float(loss.detach())}

    return loss_of


@torch.no_grad()
def _facts(model: Model, excerpts: Excerpts) -> dict[str, Tensor]:
    """Read the references of all training excerpts, for one who is asked by text; others need none."""
    if not isinstance(model, DiffPoseTalkLike):
        return {}
    chosen = [row for row in excerpts.rows if row["felt"][0] and not row["captured"][0]]
    motions = [(row["reference"].float() - model.base.mean) / model.base.scale for row in chosen]
    return {
        "library": torch.cat([model.style(m) for m in motions]) if motions else torch.zeros(0, model.shape.summary),
        "emotions": torch.tensor([int(row["asked"][0, 0]) for row in chosen], dtype=torch.int64),
        "levels": torch.tensor([float(row["level"][0]) for row in chosen]),
    }


_KINDS: dict[str, Callable[[Shape], Model]] = {
    "regressor": Regressor,
    "emotalk": EmoTalkLike,
    "diffposetalk": DiffPoseTalkLike,
}


def load_all(folder: Path) -> list[DeterministicRegressor | EmoTalk | DiffPoseTalk]:
    """Give the baselines that were trained in a folder. Raises NotTrained where there are none."""
    found = []
    for name, kind in _KINDS.items():
        if not (folder / name / "model.pt").exists():
            continue
        saved = torch.load(folder / name / "model.pt", map_location="cpu", weights_only=True)
        model = kind(Shape.of(saved["shape"]))
        model.load_state_dict(saved["model"])
        found.append(_performer(model.eval(), saved))
    if not found:
        raise NotTrained(f"{folder} holds no trained baselines; run `baselines CORPUS --out {folder}` first.")
    return found


def _performer(model: Model, saved: dict) -> DeterministicRegressor | EmoTalk | DiffPoseTalk:
    if isinstance(model, DiffPoseTalkLike):
        return DiffPoseTalk(model, saved["library"], saved["emotions"], saved["levels"])
    return EmoTalk(model) if isinstance(model, EmoTalkLike) else DeterministicRegressor(model)
