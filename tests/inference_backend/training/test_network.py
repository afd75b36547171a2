from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is needed for training alone")

from inference_backend.training import act, corpus, export  # noqa: E402
from inference_backend.training.augment import augment  # noqa: E402
from inference_backend.training.network import Shape, StyleGenerator  # noqa: E402

SMALL = Shape(listener_width=16, listener_dilations=(1, 2), actor_width=16, actor_dilations=(1, 4), style_width=8)


def test_the_networks_see_no_further_than_their_halo():
    model = StyleGenerator(SMALL).eval()
    mel = torch.randn(1, 80, 80)
    changed = mel.clone()
    changed[:, 60:] += 1.0  # frames 30 and later
    with torch.no_grad():
        a, b = model.listener(mel)[0], model.listener(changed)[0]
    halo = sum(SMALL.listener_dilations)
    assert torch.equal(a[:, : 30 - halo], b[:, : 30 - halo])
    assert not torch.equal(a[:, 30 - halo :], b[:, 30 - halo :])


def test_padding_tokens_do_not_change_a_style():
    model = StyleGenerator(SMALL).eval()
    tokens = np.random.default_rng(0).normal(size=(5, 384)).astype(np.float32)
    alone = model.style_reader(*(torch.from_numpy(x) for x in corpus.pad_tokens([tokens])))
    padded = model.style_reader(*(torch.from_numpy(x) for x in corpus.pad_tokens([tokens, np.tile(tokens, (3, 1))])))
    torch.testing.assert_close(alone[0], padded[0], atol=1e-5, rtol=0)


def test_the_flow_loss_falls_when_the_actor_learns():
    torch.manual_seed(0)
    model, generator = StyleGenerator(SMALL), torch.Generator().manual_seed(0)
    batch = {"motion": torch.rand(4, 30, 55), "tokens": torch.randn(4, 3, 384), "mask": torch.ones(4, 3),
             "weight": torch.ones(4, 30, 55),
             "captured": torch.tensor([0, 0, 1, 1])}  # fmt: skip
    audio, config = torch.randn(4, 30, 16), act.ActConfig()
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    losses = []
    for _ in range(60):
        loss = act.flow_loss(model, audio, batch, config, generator)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])


def test_augmentation_keeps_shape_and_stays_finite():
    mel = torch.randn(6, 100, 80)
    out = augment(mel, torch.Generator().manual_seed(0))
    assert out.shape == mel.shape
    assert torch.isfinite(out).all()
    assert not torch.equal(out, mel)


def test_export_agrees_with_torch(tmp_path: Path):
    pytest.importorskip("onnx", reason="onnx is needed to export")
    weights = Path(export.__file__).parents[1] / "generator" / "weights"
    for name in ("sentence_encoder.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes((weights / name).read_bytes())
    torch.manual_seed(0)
    act.save(StyleGenerator(SMALL), tmp_path / "model.pt", 7)
    export.export(tmp_path / "model.pt", tmp_path)
    model, step = act.load(tmp_path / "model.pt")
    assert step == 7
    assert export.parity(model.eval(), tmp_path) < 1e-4
