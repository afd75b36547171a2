"""A student begins as its teacher's styled branch, learns the teacher's path in few steps, and is exported as is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is needed for training alone")

from inference_backend.contract import INDEX  # noqa: E402
from inference_backend.generator import sampler  # noqa: E402
from inference_backend.generator.networks import WEIGHTS, Networks  # noqa: E402
from inference_backend.training import checkpoints, export  # noqa: E402
from inference_backend.training.distillation import distil, flow, student  # noqa: E402
from inference_backend.training.distillation.fidelity import compare  # noqa: E402
from inference_backend.training.loop import Run, Team  # noqa: E402
from inference_backend.training.network import LIPS, StyleGenerator  # noqa: E402
from inference_backend.training.shape import Shape  # noqa: E402
from tests.inference_backend.training.test_corpus import shards  # noqa: E402, F401

SMALL = Shape(listener_width=16, listener_dilations=(1, 2), actor_width=16, actor_dilations=(1, 4), style_width=8)
CONFIG = distil.DistilConfig(minutes=0.02, steps=2, batch=2, frames=40, teacher_steps=4, kept=8, uses=2)


@pytest.fixture
def model() -> StyleGenerator:
    """A model whose styles and times have effects, as those of trained ones."""
    torch.manual_seed(0)
    model = StyleGenerator(SMALL).eval().requires_grad_(False)
    for block in model.actor.blocks:
        torch.nn.init.normal_(block.modulation.weight, std=0.2)
    torch.nn.init.normal_(model.mouth.out.weight, std=0.1)
    return model


@pytest.fixture
def heard(model: StyleGenerator) -> flow.Pair:
    """What two examples of 30 frames hear and are styled by."""
    return {
        "audio": torch.randn(2, 30, len(model.no_audio)),
        "style": torch.randn(2, SMALL.summary),
        "strength": torch.tensor([1.0, 2.0]),
        "inside": torch.ones(2, 30),
    }


def _noise(model: StyleGenerator) -> torch.Tensor:
    return flow.draw_noise(model, 2, 30, torch.Generator().manual_seed(1))


def test_an_untrained_student_is_the_styled_actor(model: StyleGenerator, heard: flow.Pair):
    ours = student.apprentice(model.actor, torch.randn(SMALL.summary), SMALL)
    noisy, time, ones = torch.randn(2, 30, 55), torch.rand(2), torch.ones(2)
    with torch.no_grad():
        made = ours(noisy, time, heard["audio"], heard["style"], ones)
        torch.testing.assert_close(made, model.actor(noisy, time, heard["audio"], heard["style"]))


@torch.no_grad()
def test_without_strength_no_style_shows_however_a_student_was_trained(model: StyleGenerator, heard: flow.Pair):
    ours = student.apprentice(model.actor, torch.randn(SMALL.summary), SMALL)
    torch.nn.init.normal_(ours.strength[2].weight)  # type: ignore[arg-type]
    noisy, time = torch.randn(2, 30, 55), torch.rand(2)
    act = lambda style, strength: ours(noisy, time, heard["audio"], style, torch.full((2,), strength))  # noqa: E731
    still = act(heard["style"], 0.0)
    torch.testing.assert_close(still, act(-heard["style"], 0.0))
    torch.testing.assert_close(still[..., LIPS], heard["audio"][..., -int(LIPS.sum()) :])
    assert (act(heard["style"], 1.0) - act(-heard["style"], 1.0)).abs().max() > 0.01


@torch.no_grad()
def test_the_neutral_style_is_neutral_at_any_strength_however_a_student_was_trained(
    model: StyleGenerator, heard: flow.Pair
):
    neutral = torch.randn(SMALL.summary)
    ours = student.apprentice(model.actor, neutral, SMALL)
    torch.nn.init.normal_(ours.strength[2].weight)  # type: ignore[arg-type]
    noisy, time = torch.randn(2, 30, 55), torch.rand(2)
    act = lambda style, strength: ours(noisy, time, heard["audio"], style, torch.full((2,), strength))  # noqa: E731
    plain = act(neutral.expand(2, -1), 1.7)
    torch.testing.assert_close(plain, act(heard["style"], 0.0))


def test_acting_follows_a_known_flow_and_keeps_the_lips_of_the_first_step(
    heard: flow.Pair, monkeypatch: pytest.MonkeyPatch
):
    """Where the clean curves are always the time itself, the path is that of an integral worked out by hand."""
    monkeypatch.setattr(sampler, "_EARLY", 2.0)
    path = flow.perform(lambda x, time, *_: time[:, None, None].expand_as(x), torch.zeros(2, 30, 55), heard, 4)
    assert len(path) == 5
    # Times are 0, 1/16, 1/4, 9/16 and 1, so that steps go 1/16, 1/5, 5/12 and all of the way to t.
    assert path[2][0, 0, -1] == pytest.approx(1 / 80)
    assert path[3][0, 0, -1] == pytest.approx(107 / 960)
    assert path[4][0, 0, -1] == pytest.approx(9 / 16)
    assert path[4][..., LIPS].abs().max() == 0


def test_noise_is_that_of_use(model: StyleGenerator):
    noise = flow.draw_noise(model, 64, 50, torch.Generator().manual_seed(0))
    assert noise[..., LIPS].abs().max() == 0
    left, right = (noise[..., INDEX[f"eyeBlink{side}"]] for side in ("Left", "Right"))
    assert torch.equal(left, right)
    assert float(noise[..., -1].std()) == pytest.approx(flow.TEMPERATURE, rel=0.05)
    assert float(left.std()) == pytest.approx(flow.TEMPERATURE * flow.BLINK_TEMPERATURE, rel=0.05)
    varied = flow.draw_noise(model, 64, 50, torch.Generator().manual_seed(0), 0.3)[..., -1].std(1)
    assert varied.max() > 1.1
    assert varied.min() < 0.7


def test_strengths_cover_all_and_hit_the_common_ones():
    drawn = distil.draw_strength(4000, distil.DistilConfig(), torch.Generator().manual_seed(0))
    assert float((drawn == 0).float().mean()) == pytest.approx(0.1, abs=0.02)
    assert float((drawn == 1).float().mean()) == pytest.approx(0.4, abs=0.03)
    assert drawn.min() == 0
    assert 1.9 < drawn.max() <= 2


@pytest.mark.parametrize("step", [0, 1, 2])
def test_who_acts_as_the_teacher_in_its_own_steps_has_no_error(model: StyleGenerator, heard: flow.Pair, step: int):
    teacher = export.GuidedActor(model, torch.randn(SMALL.summary))
    with torch.no_grad():
        path = flow.perform(teacher, _noise(model), heard, 3)
    pair = heard | {"path": torch.stack(path, 1)}

    def same(*inputs: torch.Tensor) -> torch.Tensor:  # later lips are the first's, which the loss asks for
        return torch.where(LIPS, path[-1], teacher(*inputs))

    def off(*inputs: torch.Tensor) -> torch.Tensor:
        return same(*inputs) + 0.1

    assert float(distil.student_loss(same, pair, step)) < 1e-9
    assert float(distil.student_loss(off, pair, step)) > 1e-3


@torch.no_grad()
def test_beyond_a_clips_end_a_student_learns_nothing(model: StyleGenerator, heard: flow.Pair):
    ours = student.apprentice(model.actor, torch.zeros(SMALL.summary), SMALL)
    pair = heard | {"path": torch.randn(2, 3, 30, 55)}
    assert float(distil.student_loss(ours, pair, 0)) > 0
    assert float(distil.student_loss(ours, pair | {"inside": torch.zeros(2, 30)}, 0)) == 0


def test_a_student_learns_guidance_and_few_steps(model: StyleGenerator, heard: flow.Pair):
    teacher, generator = export.GuidedActor(model, torch.randn(SMALL.summary)), torch.Generator().manual_seed(2)
    ours = student.apprentice(model.actor, teacher.neutral, SMALL).requires_grad_(True)
    optimiser = torch.optim.Adam(ours.parameters(), 3e-3)
    losses = []
    for step in range(120):
        noise = flow.draw_noise(model, 2, 30, generator)
        with torch.no_grad():
            path = flow.perform(teacher, noise, heard, 4)
        loss = distil.student_loss(ours, heard | {"path": torch.stack(path[::2], 1)}, step % 2)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:10])


def test_a_pool_forgets_the_oldest():
    pool = distil.Pool(4, torch.Generator().manual_seed(0))
    for i in range(6):
        pool.add({"path": torch.full((1, 3), float(i)), "style": torch.full((1, 2), float(i))})
    drawn = pool.draw(200)
    assert set(drawn["path"][:, 0].tolist()) == {2.0, 3.0, 4.0, 5.0}
    assert torch.equal(drawn["path"][:, 0], drawn["style"][:, 0])


def test_distillation_goes_on_from_its_state(
    model: StyleGenerator, shards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
):  # fmt: skip
    monkeypatch.setattr(Run, "spent_s", property(lambda run: 0.5 * run.step))  # half a second a step, on any machine
    checkpoints.save(model, tmp_path / "generator.pt", 5)
    teach = lambda c: distil.distil(tmp_path / "generator.pt", shards, WEIGHTS, tmp_path, c, Team("cpu"))  # noqa: E731
    teach(CONFIG)
    first = torch.load(tmp_path / "distil-5.pt", weights_only=True)
    assert first["step"] == 3
    assert first["optimiser"]["state"]
    teach(replace(CONFIG, minutes=0.04))
    assert torch.load(tmp_path / "distil-5.pt", weights_only=True)["step"] == 5
    ours, steps = student.load_student(tmp_path / "student.pt", 5)
    assert steps == 2
    changed = [not torch.equal(a, b) for a, b in zip(ours.actor.parameters(), model.actor.parameters(), strict=True)]
    assert all(changed)


@pytest.mark.parametrize("frames", [7, 90, 311])
def test_an_exported_student_agrees_with_torch_at_any_length(model: StyleGenerator, tmp_path: Path, frames: int):
    ours = _exported(model, tmp_path)
    networks = Networks(tmp_path)
    assert networks.settings["steps"] == 2
    rng = np.random.default_rng(0)
    noisy, audio = rng.normal(size=(3, frames, 55)), rng.normal(size=(frames, len(model.no_audio)))
    styles, strength = rng.normal(size=(3, SMALL.summary)), np.array([0.0, 1.0, 1.7])
    noisy, audio, styles, strength = (x.astype(np.float32) for x in (noisy, audio, styles, strength))
    made = networks.act(noisy, 0.5, audio, styles, strength)
    with torch.no_grad():
        wanted = ours(torch.from_numpy(noisy), torch.full((3,), 0.5), torch.from_numpy(audio).expand(3, -1, -1),
                      torch.from_numpy(styles), torch.from_numpy(strength))  # fmt: skip
    np.testing.assert_allclose(made, wanted.numpy(), atol=1e-4)


def test_a_student_of_another_teacher_is_refused(model: StyleGenerator, tmp_path: Path):
    student.save_student(
        student.apprentice(model.actor, torch.zeros(SMALL.summary), SMALL), SMALL, 2, 6, tmp_path / "s"
    )
    with pytest.raises(ValueError, match="6 steps, not of 7"):
        student.load_student(tmp_path / "s", 7)


def test_int8_keeps_what_networks_say_in_less_room(model: StyleGenerator, tmp_path: Path):
    full, small = tmp_path / "full", tmp_path / "small"
    for folder, int8 in ((full, ()), (small, export.NETWORKS)):
        folder.mkdir()
        _exported(model, folder, int8)
    assert (small / "reference_reader.onnx").stat().st_size < 0.6 * (full / "reference_reader.onnx").stat().st_size
    a, b = Networks(full), Networks(small)
    mel = np.random.default_rng(0).normal(size=(120, 80)).astype(np.float32)
    for ours, theirs in zip(a.listen(mel, lambda: None), b.listen(mel, lambda: None), strict=True):
        assert 0 < np.abs(ours - theirs).max() < 0.1 * ours.std()
    told = a.read_style("weary"), b.read_style("weary")
    assert np.corrcoef(*told)[0, 1] > 0.999


def test_fidelity_tells_a_stiffer_motion(model: StyleGenerator):
    goal = torch.randn(2, 60, 55, generator=torch.Generator().manual_seed(0))
    report = compare(model, 0.5 * goal, goal)
    assert set(report) == {"blinks", "gaze", "lips", "upper", "head"}
    for row in report.values():
        assert row["spread"] == pytest.approx(0.5)
        assert row["speed"] == pytest.approx(0.5)
        assert row["error"] == pytest.approx(0.5, abs=0.01)


def _exported(model: StyleGenerator, folder: Path, int8: tuple[str, ...] = ()) -> student.Student:
    pytest.importorskip("onnx", reason="onnx is needed to export")
    for name in ("sentence_encoder.onnx", "tokenizer.json", "known_words.npz"):
        (folder / name).write_bytes((WEIGHTS / name).read_bytes())
    ours = student.apprentice(model.actor, torch.randn(SMALL.summary), SMALL).eval()
    torch.nn.init.normal_(ours.strength[2].weight, std=0.1)  # type: ignore[arg-type]
    checkpoints.save(model, folder / "model.pt", 7)
    student.save_student(ours, SMALL, 2, 7, folder / "student.pt")
    export.export(folder / "model.pt", folder, folder / "student.pt", int8)
    return ours
