"""Export: a trained checkpoint as ONNX networks with their settings, and proof that they agree with torch."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..contract import CHANNELS, region
from ..generator import features
from ..generator.networks import Networks
from ..generator.pipeline import STEPS
from ..generator.style_text import SentenceEncoder
from .checkpoints import load
from .distillation.student import load_student
from .half import halve
from .listen import contacts_heard
from .network import CAPTURED, LIPS, StyleGenerator
from .quantize import quantize

log = logging.getLogger(__name__)
VERSION = "mien-5"
NETWORKS = ("listener", "style_reader", "reference_reader", "actor")
# Guidance away from neutral: gestures of the head need it; lips are pushed off their sounds by more than this.
_FACE_GUIDANCE = {"upper": 1.15, "lips": 1.1}  # by region
_HEAD_GUIDANCE = (1.8, 6.0, 1.5)  # pitch, yaw, roll


class _ReadStyle(nn.Module):
    """The style reader, asking for mouths as cameras see them."""

    def __init__(self, model: StyleGenerator):
        super().__init__()
        self.reader = model.style_reader
        self.captured = nn.Parameter(model.sources.weight[CAPTURED])

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        return self.reader(tokens, mask) + self.captured


class _ReadReference(nn.Module):
    """Curves and head [B, T, 55] in their own units -> style summary, asking for mouths as cameras see them; codes."""

    def __init__(self, model: StyleGenerator):
        super().__init__()
        self.tokenizer, self.reader = model.tokenizer, model.reference_reader
        self.register_buffer("mean", model.mean)
        self.register_buffer("scale", model.scale)
        self.captured = nn.Parameter(model.sources.weight[CAPTURED])

    def forward(self, motion: Tensor) -> tuple[Tensor, Tensor]:
        quantized = self.tokenizer.encode((motion - self.mean) / self.scale)
        return self.reader(quantized) + self.captured, self.tokenizer.quantizer.codes(quantized)


class GuidedActor(nn.Module):
    """The actor with its guidance away from neutral inside (classifier-free guidance, Ho and Salimans 2022).

    Strength [B] 0 is neutral, 1 as asked. Lips are what the sound says (the last columns of audio) and what the style
    adds to a neutral mouth.
    """

    def __init__(self, model: StyleGenerator, neutral: Tensor):
        super().__init__()
        self.actor = model.actor
        self.register_buffer("neutral", neutral)
        of_face = [_FACE_GUIDANCE.get(region(name), 1.0) for name in CHANNELS]
        self.register_buffer("guidance", torch.tensor(of_face + list(_HEAD_GUIDANCE)))
        self.register_buffer("lips", LIPS.float())

    def forward(self, noisy: Tensor, time: Tensor, audio: Tensor, style: Tensor, strength: Tensor) -> Tensor:
        """Estimate the clean curves [B, T, 55] from noisy ones."""
        twice = lambda x: torch.cat([x, x])  # noqa: E731
        styles = torch.cat([self.neutral.expand_as(style), style])
        neutral, styled = self.actor(twice(noisy), twice(time), twice(audio), styles).chunk(2)
        added = strength[:, None, None] * self.guidance * (styled - neutral)
        mouth = audio[..., -len(self.actor.to_curves) :] @ self.actor.to_curves
        return mouth + (1 - self.lips) * neutral + added


def neutral_style(model: StyleGenerator, weights: Path) -> Tensor:
    """Style summary [S] of an empty text, which guidance leads away from; weights has the sentence encoder."""
    tokens = torch.from_numpy(SentenceEncoder(weights, threads=1).tokens(""))[None]
    with torch.no_grad():
        return _ReadStyle(model)(tokens, torch.ones(tokens.shape[:2]))[0]


class _Listen(nn.Module):
    """The listener with the mouth, and what it hears of p b m and f v."""

    def __init__(self, model: StyleGenerator):
        super().__init__()
        self.model = model

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        heard, phones, contacts = self.model.listen(mel)
        return heard, contacts_heard(phones, contacts)


def export(checkpoint: Path, out: Path, student: Path | None = None, int8: Sequence[str] = ()) -> None:
    """Write the networks as ONNX with generator.json; raises ValueError where parity fails.

    The folder must hold the sentence encoder already. A student acts in its teacher's place; the networks named by
    int8 are quantized after they were compared.
    """
    model, step = load(checkpoint)
    model.eval()
    guided, steps = load_student(student, step) if student else (GuidedActor(model, neutral_style(model, out)), STEPS)
    _write_networks(model, guided, out)
    settings = {
        "version": VERSION,
        "steps_trained": step,
        "steps": steps,
        "listener_halo": sum(model.shape.listener_dilations) + 3,
        "actor_halo": sum(model.shape.actor_dilations) + 1,
        "mean": model.mean.tolist(),
        "scale": model.scale.tolist(),
        "noise": torch.where(LIPS, 0.0, model.noise).tolist(),  # the likeliest lips: seeds vary the rest
        "mouth_rest": _mouth_rest(model).tolist(),
    }
    (out / "generator.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    log.info("largest difference between torch and ONNX: %.2g", parity(model, guided, out))
    quantize(out, int8)


def _write_networks(model: StyleGenerator, guided: nn.Module, out: Path) -> None:
    shape, rows, frames = model.shape, {0: "rows", 1: "frames"}, {1: "frames"}
    mel, motion = torch.randn(1, 200, features.BANDS), torch.randn(1, 90, shape.curves)
    tokens, mask = torch.randn(2, 7, shape.token_width), torch.ones(2, 7)
    noisy, time, strength = torch.randn(2, 90, shape.curves), torch.rand(2), torch.ones(2)
    audio, style = torch.randn(2, 90, len(model.no_audio)), torch.randn(2, shape.summary)
    heard = {"audio": frames, "contacts": frames}
    _write(_Listen(model), (mel,), out / "listener.onnx", {"mel": {1: "mel_frames"}}, heard)
    read = {"style": {0: "rows"}}
    _write(_ReadStyle(model), (tokens, mask), out / "style_reader.onnx", {"tokens": rows, "mask": rows}, read)
    _write(
        _ReadReference(model),
        (motion,),
        out / "reference_reader.onnx",
        {"motion": frames},
        {"style": {}, "codes": frames},
    )
    inputs = {"noisy": rows, "time": {0: "rows"}, "audio": rows, "style": {0: "rows"}, "strength": {0: "rows"}}
    _write(guided, (noisy, time, audio, style, strength), out / "actor.onnx", inputs, {"clean": rows})


@torch.no_grad()
def _mouth_rest(model: StyleGenerator) -> Tensor:
    """Normalised lips [28] that the mouth says to silence: what its guidance leads away from."""
    silence = torch.from_numpy(features.log_mel(np.zeros(4 * features.SAMPLE_RATE, np.float32)))
    return model.mouth(silence[None])[0, 100, CAPTURED]


def _write(module: nn.Module, example: tuple[Tensor, ...], path: Path, inputs: dict, outputs: dict) -> None:
    torch.onnx.export(
        module.eval(), example, path, input_names=list(inputs), output_names=list(outputs),
        dynamic_axes={**inputs, **outputs}, opset_version=17, dynamo=False,
    )  # fmt: skip
    halve(path)


@torch.no_grad()
def parity(model: StyleGenerator, guided: nn.Module, folder: Path, tolerance: float = 2e-3) -> float:
    """Largest difference between torch and the exported networks on random input; ValueError beyond tolerance."""
    networks, rng = Networks(folder), np.random.default_rng(0)
    mel = rng.normal(size=(320, features.BANDS)).astype(np.float32)
    heard, contacts = networks.listen(mel, lambda: None)
    audio, logits = _Listen(model)(torch.from_numpy(mel)[None])
    motion = (model.mean + model.scale * torch.randn(131, model.shape.curves)).float()
    reference = networks.read_reference(motion[:, : len(CHANNELS)].numpy(), motion[:, len(CHANNELS) :].numpy())
    read, _ = _ReadReference(model)(motion[None])
    style = np.stack([networks.read_style("a weary teacher, nodding"), reference])
    noisy, strength = rng.normal(size=(2, 160, model.shape.curves)).astype(np.float32), np.array([0.5, 1.5], np.float32)
    ours = networks.act(noisy, 0.3, heard, style, strength)
    theirs = guided(torch.from_numpy(noisy), torch.full((2,), 0.3), audio.expand(2, -1, -1), torch.from_numpy(style),
                    torch.from_numpy(strength))  # fmt: skip
    pairs = ((heard, audio[0]), (contacts, logits[0]), (reference, read[0]), (ours, theirs))
    worst = max(float(np.abs(a - b.numpy()).max()) for a, b in pairs)
    if worst > tolerance:
        raise ValueError(f"The exported networks differ from torch by {worst:.2g}.")
    return worst
