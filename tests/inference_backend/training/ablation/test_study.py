"""Ablation: variants that really go without what they should, a study that goes on, and its picture."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is needed for training alone")

from inference_backend.contract import Request  # noqa: E402
from inference_backend.generator.networks import WEIGHTS  # noqa: E402
from inference_backend.generator.sound import Sound  # noqa: E402
from inference_backend.generator.style_text import SentenceEncoder  # noqa: E402
from inference_backend.training.ablation import study, variants  # noqa: E402
from inference_backend.training.ablation.picture import draw  # noqa: E402
from inference_backend.training.ablation.study import AblationConfig, Material, OtherStudy, SmallModel  # noqa: E402
from inference_backend.training.ablation.variants import PLAIN, VARIANTS, Variant  # noqa: E402
from inference_backend.training.shape import Shape  # noqa: E402
from inference_backend.training.tokenizer import MotionTokenizer  # noqa: E402
from tests.inference_backend.training.baselines.invented import excerpts  # noqa: E402

MEAN, SCALE = torch.zeros(55), torch.full((55,), 0.3)
QUICK = AblationConfig(minutes=0.002)
SOUND = Sound(np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32))
LOUDER = Sound(np.concatenate([SOUND.samples[:8000], 5 * SOUND.samples[8000:]]))


@pytest.fixture(scope="module")
def material() -> Material:
    return Material(excerpts(), MEAN, SCALE, MotionTokenizer(55).state_dict(), SentenceEncoder(WEIGHTS, threads=1))


def _performer(variant: Variant, material: Material) -> SmallModel:
    model = variants.model_of(variant, MEAN, SCALE, material.tokenizer).eval()
    torch.manual_seed(1)
    for block in model.actor.blocks:  # untrained, style and time would pass without effect
        torch.nn.init.normal_(block.modulation.weight, std=0.1)
    return SmallModel(variant, model, material.encoder, steps=2)


def _changes(system: SmallModel, sounds: tuple[Sound, Sound], styles: tuple[str, str]) -> bool:
    made = [system.generate(s, Request(style=t, fps=25)).values for s, t in zip(sounds, styles, strict=True)]
    return not np.array_equal(*made)


def test_names_are_unique_and_each_variant_differs_in_one_thing():
    assert len({v.name for v in VARIANTS}) == len(VARIANTS)
    fields = ("width", "data", "augmented", "text", "hears", "codes")
    for variant in VARIANTS:
        assert sum(getattr(variant, f) != getattr(PLAIN, f) for f in fields) == (variant is not PLAIN)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_every_variant_learns(variant: Variant, material: Material):
    small = Variant(**{**vars(variant), "width": 16})
    model = variants.model_of(small, MEAN, SCALE, material.tokenizer)
    loss, parts = variants.loss_of(small, model, variants.excerpts_of(small, material.excerpts), 4)(torch.Generator())
    loss.backward()
    assert all(np.isfinite(part) for part in parts.values())
    grads = {name for name, p in model.named_parameters() if p.grad is not None and p.grad.abs().max() > 0}
    assert any(name.startswith("actor.") for name in grads)
    assert not any(name.startswith("tokenizer.") for name in grads)
    assert any(name.startswith("style_reader.") for name in grads) == (variant.text != "none")
    assert any(name.startswith("reference_reader.") for name in grads) == (variant.codes and variant.text != "none")


def test_data_variants_learn_from_their_faces_alone(material: Material):
    of = {v.data: variants.excerpts_of(v, material.excerpts) for v in VARIANTS}
    assert (len(of["captured"]), len(of["procedural"]), len(of["both"])) == (4, 8, 12)


def test_who_is_not_told_does_not_know(material: Material):
    same, styles = ("happy", "happy"), ("happy", "sad")
    plain, deaf = _performer(PLAIN, material), _performer(Variant("deaf", "", hears=False), material)
    assert _changes(plain, (SOUND, LOUDER), same)
    assert not _changes(deaf, (SOUND, LOUDER), same)
    illiterate = _performer(Variant("illiterate", "", text="none"), material)
    assert _changes(plain, (SOUND, SOUND), styles)
    assert not _changes(illiterate, (SOUND, SOUND), styles)


def test_the_mean_reader_does_not_see_the_order_of_words():
    reader = variants.MeanReader(Shape())
    tokens, mask = torch.randn(1, 5, 384), torch.ones(1, 5)
    torch.testing.assert_close(reader(tokens, mask), reader(tokens.flip(1), mask))


def test_a_stopped_study_goes_on_without_doing_anything_twice(
    tmp_path: Path, material: Material, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(study, "VARIANTS", (PLAIN, VARIANTS[4]))
    monkeypatch.setattr(study, "STEP_COUNTS", (1,))
    monkeypatch.setattr(study, "prepare", lambda *args: material)
    monkeypatch.setattr(study, "_speed", lambda system: 0.0)
    scored: list[str] = []

    def stopping(system, stage):
        scored.append(system.name)
        if len(scored) == 2:
            raise KeyboardInterrupt
        return {"closed": 0.5}

    monkeypatch.setattr(study, "score", stopping)
    with pytest.raises(KeyboardInterrupt):
        study.ablate(tmp_path, tmp_path / "out", None, QUICK)
    trained = (tmp_path / "out" / "no-text" / "model.pt").stat().st_mtime_ns
    report = study.ablate(tmp_path, tmp_path / "out", None, QUICK)
    assert scored == ["plain", "no text", "no text", "1 steps"]
    assert (tmp_path / "out" / "no-text" / "model.pt").stat().st_mtime_ns == trained
    assert [row["name"] for row in report["rows"]] == ["plain", "no text", "1"]
    assert json.loads((tmp_path / "out" / "ablation.json").read_text()) == report
    assert (tmp_path / "out" / "ablation.png").stat().st_size > 5000
    with pytest.raises(OtherStudy, match="other settings"):
        study.ablate(tmp_path, tmp_path / "out", None, AblationConfig(minutes=3))


def test_the_picture_takes_rows_without_a_measure(tmp_path: Path):
    rows = [{"group": "all", "name": "plain", "closed": 0.9}, {"group": "steps", "name": "1", "aperture_r": 0.5}]
    draw({"rows": rows}, tmp_path / "table.png")
    assert (tmp_path / "table.png").read_bytes().startswith(b"\x89PNG")
