"""Export: a trained checkpoint as ONNX networks with their settings, and proof that they agree with torch."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..generator import features
from ..generator.networks import Networks
from .checkpoints import load
from .listen import CONTACT_OF_PHONE
from .network import LIPS, StyleGenerator

log = logging.getLogger(__name__)
VERSION = "mien-1"


class _ReadStyle(nn.Module):
    """The style reader, asking for mouths as cameras see them."""

    def __init__(self, model: StyleGenerator):
        super().__init__()
        self.reader = model.style_reader
        self.captured = nn.Parameter(model.sources.weight[1])

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        return self.reader(tokens, mask) + self.captured


class _Listen(nn.Module):
    """The listener with the mouth, and the likelier of what its phones and its contacts say about p b m and f v."""

    def __init__(self, model: StyleGenerator):
        super().__init__()
        self.listener, self.mouth = model.listener, model.mouth
        self.register_buffer("contact_of_phone", torch.from_numpy(CONTACT_OF_PHONE))

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        audio, phones, contacts = self.listener(mel)
        heard = torch.maximum(contacts.sigmoid(), phones.softmax(-1) @ self.contact_of_phone)
        return torch.cat([audio, self.mouth(audio)[:, :, 1]], -1), heard


def export(checkpoint: Path, out: Path) -> None:
    """Write listener, style_reader and actor as ONNX with generator.json; raises ValueError where parity fails."""
    model, step = load(checkpoint)
    model.eval()
    shape = model.shape
    mel = torch.randn(1, 200, features.BANDS)
    tokens, mask = torch.randn(2, 7, shape.token_width), torch.ones(2, 7)
    noisy, time = torch.randn(2, 90, shape.curves), torch.rand(2)
    audio, style = torch.randn(2, 90, len(model.no_audio)), torch.randn(2, shape.summary)
    rows, frames = {0: "rows", 1: "frames"}, {1: "frames"}
    _write(
        _Listen(model), (mel,), out / "listener.onnx", {"mel": {1: "mel_frames"}}, {"audio": frames, "contacts": frames}
    )
    _write(
        _ReadStyle(model),
        (tokens, mask),
        out / "style_reader.onnx",
        {"tokens": rows, "mask": rows},
        {"style": {0: "rows"}},
    )
    inputs = {"noisy": rows, "time": {0: "rows"}, "audio": rows, "style": {0: "rows"}}
    _write(model.actor, (noisy, time, audio, style), out / "actor.onnx", inputs, {"clean": rows})
    settings = {
        "version": VERSION,
        "steps_trained": step,
        "listener_halo": sum(shape.listener_dilations) + 3,
        "actor_halo": sum(shape.actor_dilations) + 1,
        "mean": model.mean.tolist(),
        "scale": model.scale.tolist(),
        "noise": torch.where(LIPS, 0.0, model.noise).tolist(),  # the likeliest lips: seeds vary the rest
    }
    (out / "generator.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    log.info("largest difference between torch and ONNX: %.2g", parity(model, out))


def _write(module: nn.Module, example: tuple[Tensor, ...], path: Path, inputs: dict, outputs: dict) -> None:
    torch.onnx.export(
        module.eval(), example, path, input_names=list(inputs), output_names=list(outputs),
        dynamic_axes={**inputs, **outputs}, opset_version=17, dynamo=False,
    )  # fmt: skip


@torch.no_grad()
def parity(model: StyleGenerator, folder: Path, tolerance: float = 2e-3) -> float:
    """Largest difference between torch and the exported networks on random input; ValueError beyond tolerance."""
    networks, rng = Networks(folder), np.random.default_rng(0)
    mel = rng.normal(size=(320, features.BANDS)).astype(np.float32)
    heard, contacts = networks.listen(mel, lambda: None)
    audio, logits = _Listen(model)(torch.from_numpy(mel)[None])
    style = networks.read_style("a weary teacher, nodding")
    noisy = rng.normal(size=(160, model.shape.curves)).astype(np.float32)
    ours = networks.act(noisy, 0.3, heard, style[None])[0]
    theirs = model.actor(torch.from_numpy(noisy)[None], torch.tensor([0.3]), audio, torch.from_numpy(style)[None])[0]
    pairs = ((heard, audio[0]), (contacts, logits[0]), (ours, theirs))
    worst = max(float(np.abs(a - b.numpy()).max()) for a, b in pairs)
    if worst > tolerance:
        raise ValueError(f"The exported networks differ from torch by {worst:.2g}.")
    return worst
