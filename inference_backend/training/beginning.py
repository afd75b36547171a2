"""Where training begins: with what its folder holds, with what ships, or with a new model and a listener."""

from __future__ import annotations

import logging
from itertools import count
from pathlib import Path

import torch

from ..data_engine.shards.reading import samples
from .checkpoints import SHIPPED, fit_to, load, save, warm
from .corpus import Corpus, statistics
from .loop import Team
from .mouth import MouthConfig, fit_mouth
from .network import StyleGenerator
from .shape import Shape
from .tokenizer import draw, tokenize

log = logging.getLogger(__name__)

_DRAWN = ("jawOpen", "mouthSmileLeft", "eyeBlinkLeft", "browInnerUp", "browDownLeft", "eyeLookDownLeft", "pitch", "yaw")


def begin(
    corpus: Path, recordings: Path | None, out: Path, tokenizer_minutes: float, mouth_minutes: float, team: Team
) -> StyleGenerator:
    """Give the model to train from, with its codes and its mouth, and keep it in the folder as begun.pt.

    What ships brings both; else the folder must hold listener.pt, and they are learned first.
    """
    begun = out / "begun.pt"
    if begun.exists():
        return load(begun)[0]
    if SHIPPED.exists():
        model, has_codes = warm(SHIPPED)
    else:
        model, has_codes = _with_listener(out / "listener.pt"), False
    if not has_codes:  # codes are of normalised curves: with them the curves' scale is settled
        fit_to(model, *(torch.from_numpy(x) for x in statistics(corpus)))
        stream = Corpus(corpus, None, 8, 0)
        lost = tokenize(model.tokenizer, (stream.batch(32) for _ in count()), model.mean, model.scale,
                        tokenizer_minutes)  # fmt: skip
        log.info("the tokenizer's codes lose %.1f %% of the motion", 100 * lost)
    if not SHIPPED.exists():
        fit_mouth(model, 0, corpus, recordings, out, MouthConfig(minutes=mouth_minutes), team)
        model.cpu().requires_grad_(True)
    if team.leads:
        clip = next(samples(corpus, "train"))
        draw(model.tokenizer, (torch.from_numpy(clip.motion) - model.mean) / model.scale, _DRAWN, out / "codes.png")
        save(model, begun, 0)
    return model


def _with_listener(heard: Path) -> StyleGenerator:
    """Make a new model that hears as the trained listener does, with both pairs of its ears."""
    saved = torch.load(heard, weights_only=True)
    model = StyleGenerator(Shape.of(saved["shape"]))
    for ears in (model.listener, model.mouth.ears):
        ears.load_state_dict(saved["listener"])
    return model
