"""Checkpoints of the style generator: read, written, brought from one scale of curves to another."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from .loop import write_whole
from .network import LIPS, StyleGenerator
from .shape import Shape

SHIPPED = Path(__file__).parent / "checkpoint" / "generator.pt"
"""The checkpoint of the shipped weights, in half precision; move it away to train from nothing."""


def load(path: Path) -> tuple[StyleGenerator, int]:
    """Read a checkpoint: the averaged model and its step."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    model = StyleGenerator(Shape.of(saved["shape"]))
    model.load_state_dict(saved["model"])
    return model, saved["step"]


def save(model: StyleGenerator, path: Path, step: int) -> None:
    """Write a checkpoint whole or not at all."""
    write_whole({"shape": model.shape.as_dict(), "model": model.state_dict(), "step": step}, path)


def warm(path: Path) -> tuple[StyleGenerator, bool]:
    """Read what a checkpoint has into a new model, and tell whether it has a motion tokenizer."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    model = StyleGenerator(Shape.of(saved["shape"]))
    missing = model.load_state_dict(saved["model"], strict=False).missing_keys
    return model, not any(name.startswith("tokenizer.") for name in missing)


def ship(path: Path, out: Path = SHIPPED) -> None:
    """Write a checkpoint in half precision, as it ships."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    halved = {name: value.half() if value.is_floating_point() else value for name, value in saved["model"].items()}
    exact = {name: saved["model"][name] for name in ("mean", "scale", "noise")}  # what curves are measured by
    write_whole({**saved, "model": halved | exact}, out)


@torch.no_grad()
def fit_to(model: StyleGenerator, mean: Tensor, scale: Tensor) -> None:
    """Bring a model to another mean and scale [55] of the curves; what it says in their own units stays the same."""
    ratio, shift = model.scale / scale, (model.mean - mean) / scale
    actor, mouth = model.actor, model.mouth.out
    moved = torch.where(LIPS, 0.0, shift)  # the mouth, which is added to what the actor says, moves the lips
    actor.out.weight.mul_(ratio[:, None])
    actor.out.bias.mul_(ratio).add_(moved)
    actor.curves.bias.sub_(actor.curves.weight @ (shift / ratio))
    actor.curves.weight.div_(ratio)
    mouth.weight.mul_(ratio[LIPS].repeat(2)[:, None])
    mouth.bias.mul_(ratio[LIPS].repeat(2)).add_(shift[LIPS].repeat(2))
    lips = model.no_audio[-int(LIPS.sum()) :]
    lips.mul_(ratio[LIPS]).add_(shift[LIPS])
    model.mean.copy_(mean)
    model.scale.copy_(scale)


@torch.no_grad()
def blend(first: Path, second: Path, share: float, parts: tuple[str, ...], out: Path) -> None:
    """Write the second checkpoint with some parts drawn back towards the first: share 0 is the first's, 1 the second's.

    Where the second went on from the first, weights between them hear better than either (Wortsman et al. 2022,
    "Robust fine-tuning of zero-shot models"). Both must have one scale of the curves.
    """
    (model, _), (later, step) = load(first), load(second)
    if not torch.equal(model.scale, later.scale):
        raise ValueError(f"{first.name} and {second.name} have different scales of the curves; blend within one run.")
    old, new = model.state_dict(), later.state_dict()
    for name, weight in new.items():
        if name.partition(".")[0] in parts:
            new[name] = torch.lerp(old[name], weight, share)
    later.load_state_dict(new)
    save(later, out, step)
