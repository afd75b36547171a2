from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is needed for training alone")

from inference_backend.training import act, checkpoints, corpus, export  # noqa: E402
from inference_backend.training.attributes import ANSWERS  # noqa: E402
from inference_backend.training.augment import augment  # noqa: E402
from inference_backend.training.listen import phone_losses  # noqa: E402
from inference_backend.training.network import LIPS, StyleGenerator  # noqa: E402
from inference_backend.training.shape import Shape  # noqa: E402

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
    batch = {"motion": torch.rand(4, 30, 55), "weight": torch.ones(4, 30, 55), "captured": torch.tensor([0, 0, 1, 1])}
    batch["mel"] = torch.randn(4, 60, 80)
    audio, style, config = torch.randn(4, 30, 16), torch.randn(4, SMALL.summary), act.ActConfig()
    optimiser = torch.optim.Adam(model.parameters(), 3e-3)
    losses = []
    for _ in range(60):
        loss = act.flow_loss(model, audio, style, batch, config, generator)
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
    for name in ("sentence_encoder.onnx", "tokenizer.json", "known_words.npz"):
        (tmp_path / name).write_bytes((weights / name).read_bytes())
    torch.manual_seed(0)
    checkpoints.save(StyleGenerator(SMALL), tmp_path / "model.pt", 7)
    export.export(tmp_path / "model.pt", tmp_path)
    model, step = checkpoints.load(tmp_path / "model.pt")
    assert step == 7
    guided = export.GuidedActor(model.eval(), export.neutral_style(model, tmp_path))
    assert export.parity(model, guided, tmp_path) < 1e-4
    with torch.no_grad():
        model.actor.out.bias.add_(0.1)
    with pytest.raises(ValueError, match="differ from torch"):
        export.parity(model, guided, tmp_path)


@torch.no_grad()
def test_no_strength_is_neutral_and_lips_follow_the_sound():
    torch.manual_seed(2)
    model = StyleGenerator(SMALL).eval()
    for block in model.actor.blocks:
        torch.nn.init.normal_(block.modulation.weight, std=0.1)
    neutral, styles = torch.randn(SMALL.summary), torch.randn(2, SMALL.summary)
    guided = export.GuidedActor(model, neutral)
    noisy, time, audio = torch.randn(2, 20, 55), torch.rand(2), torch.randn(2, 20, len(model.no_audio))
    still = guided(noisy, time, audio, styles, torch.zeros(2))
    alone = model.actor(noisy, time, audio, neutral.expand(2, -1))
    lips = LIPS
    torch.testing.assert_close(still[..., ~lips], alone[..., ~lips])
    torch.testing.assert_close(still[..., lips], audio[..., -int(lips.sum()) :])
    once, thrice = (guided(noisy, time, audio, styles, torch.full((2,), s)) - still for s in (0.5, 1.5))
    torch.testing.assert_close(3 * once, thrice)
    assert once.abs().max() > 0.01


@torch.no_grad()
def test_another_scale_of_curves_leaves_what_a_model_says():
    torch.manual_seed(3)
    model = StyleGenerator(SMALL).eval()
    model.mean.uniform_(0, 0.2)
    model.scale.uniform_(0.05, 0.2)
    torch.nn.init.normal_(model.mouth.out.weight, std=0.1)
    curves, time, style = torch.rand(2, 20, 55), torch.rand(2), torch.randn(2, SMALL.summary)
    audio, mel = torch.randn(2, 20, SMALL.listener_width), torch.randn(2, 40, 80)

    def said() -> torch.Tensor:
        mouth = model.mouth(mel)[:, :, 1]
        acted = model.actor((curves - model.mean) / model.scale, time, torch.cat([audio, mouth], -1), style)
        return torch.cat([acted * model.scale + model.mean, mouth * model.scale[LIPS] + model.mean[LIPS]], -1)

    before = said()
    checkpoints.fit_to(model, torch.rand(55) * 0.3, 0.05 + 0.2 * torch.rand(55))
    torch.testing.assert_close(said(), before, atol=1e-4, rtol=1e-4)


def test_losses_stay_on_the_device_of_the_model():
    """Tensors left on the CPU would stop a training on a GPU; the meta device refuses them in the same way."""
    there, generator, config = torch.device("meta"), torch.Generator().manual_seed(0), act.ActConfig()
    model = StyleGenerator(SMALL).to(there)
    zeros = lambda *size: torch.zeros(size, dtype=torch.long, device=there)  # noqa: E731
    batch = {"ids": zeros(2, 20), "captured": zeros(2), "person": zeros(2), "language": zeros(2),
             "asked": zeros(2, len(ANSWERS))}  # fmt: skip
    sizes = {"mel": (2, 40, 80), "motion": (2, 20, 55), "weight": (2, 20, 55), "trust": (2, 1), "tokens": (2, 3, 384),
             "mask": (2, 3), "reference": (2, 40, 55), "level": (2,), "felt": (2,)}  # fmt: skip
    batch |= {name: torch.ones(size, device=there) for name, size in sizes.items()}
    audio, phones, contacts = model.listener(batch["mel"])
    text, motion = act.read_styles(model, batch)
    style = act.chosen_style(model, text, motion, batch, config, generator)
    losses = [
        *phone_losses(phones, contacts, batch["ids"], batch["trust"]),
        *act.style_loss(model, text, motion, batch, deque()),
        act.flow_loss(model, audio, style, batch, config, generator),
    ]
    assert {loss.device for loss in losses} == {there}
