"""Ablation: what each part of data, conditioning, size and sampling is worth, on small models of equal cost."""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...contract import CHANNELS, MienError, Request, Take
from ...data_engine.clip import replace_text
from ...generator.networks import WEIGHTS
from ...generator.pipeline import STEPS
from ...generator.sound import Sound
from ...generator.style_text import SentenceEncoder
from ..baselines import budget
from ..baselines.baseline import take_of
from ..baselines.excerpts import Excerpts
from ..baselines.learned import FRAMES
from ..baselines.torch_actor import perform
from ..checkpoints import load
from ..corpus import Corpus
from ..evaluation import lines
from ..evaluation.stage import Stage
from ..evaluation.system import System
from ..loop import write_whole
from ..network import StyleGenerator
from ..shape import Shape
from ..tokenizer import MotionTokenizer, tokenize
from .scores import score
from .variants import PLAIN, VARIANTS, Variant, excerpts_of, loss_of, model_of, shape_of, style_of

log = logging.getLogger(__name__)

STEP_COUNTS = (1, 2, 4, 8, 25)
_TOKENIZER_SHARE = 0.5  # of a variant's minutes
_BY_THE_CLOCK = 600.0  # minutes that it may take besides


class OtherStudy(MienError):
    """A folder holds a study with other settings."""

    kind = "other_study"


@dataclass(frozen=True)
class AblationConfig:
    """Settings of the study; minutes are of processor time for each variant."""

    minutes: float = 2.0
    excerpts: int = 3000
    seed: int = 0


class SmallModel:
    """A trained variant as a system to measure."""

    def __init__(self, variant: Variant, model: StyleGenerator, encoder: SentenceEncoder, steps: int = STEPS):
        self._variant, self._model, self._encoder, self._steps = variant, model, encoder, steps
        self.name = variant.name if steps == STEPS else f"{steps} steps"

    def generate(self, heard: Sound, request: Request, on_progress: Any = None) -> Take:
        """Perform a sound in the style of a text; its amount is as written."""
        style = style_of(self._variant, self._model, self._encoder, request.style)
        motion = perform(self._model, heard.samples, style, request.seed, self._steps, self._variant.hears)
        return take_of(motion[:, : len(CHANNELS)], motion[:, len(CHANNELS) :], heard, request, self.name)


@dataclass
class Material:
    """What all small models share: excerpts, the scale of their curves, the tokenizer, the reader of words."""

    excerpts: Excerpts
    mean: Tensor
    scale: Tensor
    tokenizer: dict[str, Tensor]
    encoder: SentenceEncoder


def ablate(
    corpus: Path, out: Path, recordings: Path | None, config: AblationConfig, systems: Sequence[System] = (),
    checkpoint: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Train and score what is not in the folder's ablation.json yet, and draw the table; returns what the file holds.

    checkpoint is the trained model that is sampled in few and many steps, the plain variant if there is none; systems
    are scored beside the variants, by the same measures. Raises BadShards and OtherStudy.
    """
    torch.set_num_threads(1)
    out.mkdir(parents=True, exist_ok=True)
    report = _Report(out / "ablation.json", config)
    stage = Stage(out, WEIGHTS, recordings, None, quick=True)
    wanted = [v for v in VARIANTS if not report.has(v.group, v.name)]
    steps = [n for n in STEP_COUNTS if not report.has("steps", str(n))]
    if wanted or steps:
        material = prepare(corpus, out, config)
        for variant in wanted:
            model, row = trained(variant, material, out, config)
            system = SmallModel(variant, model, material.encoder)
            report.add(variant.group, variant.name, row | _scored(system, stage))
        model, row = _loaded(checkpoint) if checkpoint else trained(PLAIN, material, out, config)
        for n in steps:
            system = SmallModel(PLAIN, model, material.encoder, n)
            report.add("steps", str(n), row | _scored(system, stage) | {"seconds_of_ten": _speed(system)})
    for system in systems:
        if not report.has("systems", system.name):
            report.add("systems", system.name, _scored(system, stage))
    from .picture import draw

    draw(report.content, out / "ablation.png")
    return report.content


class _Report:
    """The study's file, written after each row, so that a stopped study goes on with the next."""

    def __init__(self, path: Path, config: AblationConfig):
        self._path = path
        settings = dataclasses.asdict(config)
        self.content: dict[str, Any] = {"settings": settings, "rows": []}
        if path.exists():
            self.content = json.loads(path.read_text(encoding="utf-8"))
        if self.content["settings"] != settings:
            raise OtherStudy(
                f"{path.parent} holds a study with other settings; go on with those, or give another --out."
            )

    def has(self, group: str, name: str) -> bool:
        return any((row["group"], row["name"]) == (group, name) for row in self.content["rows"])

    def add(self, group: str, name: str, row: dict[str, Any]) -> None:
        self.content["rows"].append({"group": group, "name": name, **row})
        replace_text(self._path, json.dumps(self.content, indent=1) + "\n")
        log.info("%s: %s", name, row)


def prepare(corpus: Path, out: Path, config: AblationConfig) -> Material:
    """Draw the excerpts that all learn from, and train the tokenizer that all share; once for each folder."""
    encoder, path = SentenceEncoder(WEIGHTS, threads=1), out / "material.pt"
    if not path.exists():
        drawn = Excerpts.drawn(Corpus(corpus, encoder, FRAMES, config.seed), config.excerpts)
        mean, scale = drawn.spread()
        tokenizer = _tokenizer(drawn, mean, scale, config)
        write_whole({"rows": drawn.rows, "mean": mean, "scale": scale, "tokenizer": tokenizer.state_dict()}, path)
    kept = torch.load(path, weights_only=True)
    return Material(Excerpts(kept["rows"]), kept["mean"], kept["scale"], kept["tokenizer"], encoder)


def _tokenizer(drawn: Excerpts, mean: Tensor, scale: Tensor, config: AblationConfig) -> MotionTokenizer:
    torch.manual_seed(config.seed)
    tokenizer, generator = MotionTokenizer(Shape().curves), torch.Generator().manual_seed(config.seed)
    until = time.process_time() + 60 * _TOKENIZER_SHARE * config.minutes
    stream = takewhile(lambda _: time.process_time() < until, (drawn.batch(32, generator) for _ in count()))
    lost = tokenize(tokenizer, stream, mean, scale, _BY_THE_CLOCK)
    log.info("the tokenizer's codes lose %.0f %% of the motion", 100 * lost)
    return tokenizer


def trained(
    variant: Variant, material: Material, out: Path, config: AblationConfig
) -> tuple[StyleGenerator, dict[str, Any]]:
    """Read a variant's model, or train it; with its facts."""
    folder = out / variant.name.replace(" ", "-")
    model = model_of(variant, material.mean, material.scale, material.tokenizer)
    path = folder / "model.pt"
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        steps = saved["steps"]
    else:
        chosen = excerpts_of(variant, material.excerpts)
        model, steps = budget.train(model, loss_of(variant, model, chosen), folder, config.minutes, config.seed)
        budget.finish(model, {"steps": steps, "shape": shape_of(variant).as_dict()}, folder)
    return model.eval(), _facts(model, steps)


def _loaded(checkpoint: Path) -> tuple[StyleGenerator, dict[str, Any]]:
    """Read a checkpoint of the whole training, which reads words as the plain variant does."""
    model, steps = load(checkpoint)
    return model.eval(), _facts(model, steps) | {"checkpoint": checkpoint.name}


def _facts(model: StyleGenerator, steps: int) -> dict[str, Any]:
    used = (model.listener, model.mouth, model.actor)
    return {"training_steps": steps, "parameters": _count(p for part in used for p in part.parameters())}


def _count(parameters: Iterable[Tensor]) -> int:
    return sum(p.numel() for p in parameters)


def _scored(system: System, stage: Stage) -> dict[str, float]:
    began = time.process_time()
    found = score(system, stage)
    log.info("%s scored in %.0f s", system.name, time.process_time() - began)
    return found


def _speed(system: System) -> float:
    """Seconds of processor time for ten seconds of sound, the shorter of two runs."""
    sound, clock = Sound(np.concatenate([line.sound.samples for line in lines.held_out(3)] or [np.zeros(160_000)])), []
    sound = Sound(np.resize(sound.samples, 160_000).astype(np.float32))
    for _ in range(2):
        began = time.process_time()
        system.generate(sound, Request(style="happy", fps=50.0))
        clock.append(time.process_time() - began)
    return round(min(clock), 3)
