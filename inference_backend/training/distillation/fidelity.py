"""Fidelity: how well a student acts as its teacher does, by region of the face and number of steps."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from ...contract import CHANNELS, HEAD, INDEX, region
from ...data_engine.shards.reading import BadShards, samples
from ...generator.features import FRAME_RATE, log_mel
from ...generator.style_text import SentenceEncoder
from ..corpus import pad_tokens
from ..network import CAPTURED, StyleGenerator
from .flow import Pair, draw_noise, perform

_FRAMES = 240
_BLINK = 0.5  # a lid that falls past this has blinked
_REGIONS = [region(name) for name in CHANNELS] + ["head"] * len(HEAD)


@torch.no_grad()
def fidelity(
    model: StyleGenerator, teacher: nn.Module, student: nn.Module, corpus: Path, weights: Path,
    steps: tuple[int, ...] = (1, 2, 4), teacher_steps: int = 8, clips: int = 12,
) -> dict[str, dict[str, dict[str, float]]]:  # fmt: skip
    """Measure a student on held-out clips in their own styles, by number of steps and region.

    error: RMS difference over the teacher's RMS motion about its mean; spread and speed: of the student's motion within
    a clip over the teacher's; for blinks also the rate of both in blinks a minute.
    """
    heard = held_out(model, corpus, weights, clips)
    size, frames, _ = heard["audio"].shape
    noise = draw_noise(model, size, frames, torch.Generator().manual_seed(1))
    goal = perform(teacher, noise, heard, teacher_steps)[-1]
    return {str(n): compare(model, perform(student, noise, heard, n)[-1], goal) for n in steps}


def compare(model: StyleGenerator, ours: Tensor, goal: Tensor) -> dict[str, dict[str, float]]:
    """Compare normalised motion [B, T, 55] with the teacher's, region by region."""
    report = {}
    for name in dict.fromkeys(_REGIONS):
        columns = [i for i, region_of in enumerate(_REGIONS) if region_of == name]
        a, b = ours[..., columns], goal[..., columns]
        report[name] = {
            "error": _rms(a - b) / _rms(b - b.mean((0, 1))),
            "spread": _rms(a - a.mean(1, keepdim=True)) / _rms(b - b.mean(1, keepdim=True)),
            "speed": _rms(a.diff(dim=1)) / _rms(b.diff(dim=1)),
        }
    report["blinks"] |= {"a_minute": blink_rate(model, ours), "taught": blink_rate(model, goal)}
    return report


def blink_rate(model: StyleGenerator, motion: Tensor) -> float:
    """Blinks a minute in normalised motion [B, T, 55]."""
    lid = INDEX["eyeBlinkLeft"]
    shut = motion[..., lid] * model.scale[lid] + model.mean[lid] > _BLINK
    falls = (shut[:, 1:] & ~shut[:, :-1]).sum()
    return float(falls) * 60 * FRAME_RATE / shut.numel()


def held_out(model: StyleGenerator, corpus: Path, weights: Path, clips: int) -> Pair:
    """Hear validation clips of 4.8 s and more, and read their captions; strength 1. Raises BadShards."""
    encoder = SentenceEncoder(weights, threads=1)
    long = (s for s in samples(corpus, "validation") if s.sound is not None and len(s.motion) > _FRAMES + 5)
    taken = list(islice(long, clips))
    if not taken:
        raise BadShards(f"The shards in {corpus} have no long clip in validation; make a larger corpus.")
    mel = torch.stack([torch.from_numpy(log_mel(s.sound)[: 2 * _FRAMES]) for s in taken if s.sound is not None])
    tokens, mask = (torch.from_numpy(x) for x in pad_tokens([encoder.tokens(s.caption) for s in taken]))
    return {
        "audio": model.listen(mel)[0],
        "style": model.style_reader(tokens, mask) + model.sources.weight[CAPTURED],
        "strength": torch.ones(len(taken)),
    }


def _rms(x: Tensor) -> float:
    return float(x.square().mean().sqrt())
