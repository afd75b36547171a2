from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is needed for training alone")

from inference_backend.contract import INDEX  # noqa: E402
from inference_backend.generator.aperture import aperture  # noqa: E402
from inference_backend.training import losses, mouth  # noqa: E402
from inference_backend.training.checkpoints import load  # noqa: E402
from inference_backend.training.loop import Team  # noqa: E402
from inference_backend.training.network import LIPS, StyleGenerator  # noqa: E402
from inference_backend.training.shape import Shape  # noqa: E402

SMALL = Shape(listener_width=16, listener_dilations=(1, 2), actor_width=16, actor_dilations=(1, 4), style_width=8)


def examples(seed: int) -> dict[str, torch.Tensor]:
    """Loud sounds open jaws, and a camera sees them open twice as far as the rules say."""
    generator = torch.Generator().manual_seed(seed)
    level, captured = torch.rand(8, 20, 1, generator=generator), torch.arange(8) % 2
    motion = torch.zeros(8, 20, 55)
    motion[..., INDEX["jawOpen"]] = 0.2 * level[..., 0] * (1 + captured[:, None])
    mel = level.repeat_interleave(2, 1).expand(-1, -1, 80).clone()
    ids, trust = torch.zeros(8, 20, dtype=torch.int64), torch.ones(8, 1)
    return {"mel": mel, "motion": motion, "weight": torch.ones(8, 20, 55), "captured": captured, "ids": ids,
            "trust": trust}  # fmt: skip


def test_the_mouth_alone_is_trained_and_learns_both_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(0)
    monkeypatch.setattr(mouth, "batches", lambda *_: (examples(seed) for seed in range(10**6)))
    monkeypatch.setattr(mouth, "augment", lambda mel, _: mel)
    model = StyleGenerator(SMALL)
    model.scale.fill_(0.1)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    config = mouth.MouthConfig(minutes=0.25, rate=1e-2, average=0.9)
    mouth.fit_mouth(model, 7, Path("none"), None, tmp_path, config, Team("cpu"))
    fitted, step = load(tmp_path / "mouth.pt")
    changed = {name.partition(".")[0] for name, value in fitted.state_dict().items() if not value.equal(before[name])}
    assert (changed, step) == ({"mouth"}, 7)
    batch, jaw = examples(-1), int(LIPS[: INDEX["jawOpen"]].sum())
    with torch.no_grad():
        said = losses.mouth_said(fitted.eval(), batch)[..., jaw]
    error = (0.1 * said - batch["motion"][..., INDEX["jawOpen"]]).abs().mean(1)
    assert error.max() < 0.05  # of 0.1 and 0.2 on average


def test_the_gap_that_is_trained_is_the_one_that_is_measured():
    values = torch.rand(3, 30, 52)
    values[..., INDEX["jawOpen"]] += 1.0  # wide open: where lips press, only the measure stops at 0
    gaps = losses.apertures(values[..., LIPS[:52]], torch.where(LIPS)[0].tolist())
    for k, corrective in enumerate((False, True)):
        measured = torch.stack([torch.from_numpy(aperture(row.numpy(), corrective)) for row in values])
        torch.testing.assert_close(gaps[..., k].clamp_min(0), measured)
