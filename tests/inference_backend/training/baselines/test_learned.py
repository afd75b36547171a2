"""The trained baselines: each learns, comes back from its folder, and is told the style in the way of its kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is needed for training alone")

from inference_backend import references  # noqa: E402
from inference_backend.contract import INDEX, Request, Take  # noqa: E402
from inference_backend.generator.sound import Sound  # noqa: E402
from inference_backend.training.attributes import asked  # noqa: E402
from inference_backend.training.baselines import budget, learned  # noqa: E402
from inference_backend.training.baselines.excerpts import together  # noqa: E402
from inference_backend.training.baselines.labels import label_of  # noqa: E402
from inference_backend.training.baselines.lineup import lineup  # noqa: E402
from inference_backend.training.baselines.regressor import Regressor  # noqa: E402
from inference_backend.training.shape import Shape  # noqa: E402
from tests.inference_backend.training.baselines.invented import FRAMES, excerpts  # noqa: E402

SMALL = Shape(listener_width=16, listener_dilations=(1, 2), mouth_width=16, actor_width=16, actor_dilations=(1, 4),
              style_width=8, reference_width=16)  # fmt: skip
SOUND = Sound(np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, trained for a moment."""
    out = tmp_path_factory.mktemp("baselines")
    learned.train_all(excerpts(), out, 0.01, SMALL, batch=4)
    return out


def test_a_batch_pads_texts_and_keeps_every_row():
    batch = together(excerpts(6).rows)
    assert batch["tokens"].shape == (6, 4, 384)
    assert batch["mask"].sum(1).tolist() == [2, 3, 4, 2, 3, 4]
    assert batch["motion"].dtype == torch.float32
    assert len(excerpts(6).captured(True)) == 2


def test_curves_are_scaled_by_their_spread():
    mean, scale = excerpts().spread()
    assert float(mean[INDEX["jawOpen"]]) == pytest.approx(0.5, abs=0.05)  # drawn evenly from 0 to 1
    assert float(scale[INDEX["jawOpen"]]) == pytest.approx(12**-0.5, abs=0.03)
    assert float(scale[INDEX["cheekPuff"]]) == pytest.approx(0.04)  # a curve that hardly moves is not blown up


def test_the_regressor_learns_the_jaw_from_the_sound(tmp_path: Path):
    torch.manual_seed(0)
    rows, model = excerpts(), Regressor(SMALL)
    batch = together(rows.rows)
    with torch.no_grad():
        before = float(model.loss(batch["mel"], batch, torch.Generator()))
    for _ in range(2):  # the second call goes on from the first one's state
        trained, steps = budget.train(
            model, lambda g: (model.loss(batch["mel"], batch, g), {}), tmp_path / "run", minutes=0.03
        )
    after = float(trained.loss(batch["mel"], batch, torch.Generator()))
    assert after < 0.7 * before
    assert steps > 10


def test_trained_ones_come_back_and_perform(folder: Path):
    systems = lineup(folder)
    assert [s.name for s in systems][-3:] == ["regressor", "EmoTalk-like", "DiffPoseTalk-like"]
    for system in systems[-3:]:
        take = system.generate(SOUND, Request(style="strong happy", fps=25))
        assert take.values.shape == (25, 52)
        assert np.ptp(take.channel("jawOpen")) > 0


def test_trained_once_is_enough(folder: Path):
    before = (folder / "regressor" / "model.pt").stat().st_mtime_ns
    learned.train_all(excerpts(), folder, 0.01, SMALL)
    assert (folder / "regressor" / "model.pt").stat().st_mtime_ns == before
    assert not (folder / "regressor" / "state.pt").exists()


def test_a_folder_without_any_says_so(tmp_path: Path):
    with pytest.raises(learned.NotTrained, match="run `baselines"):
        learned.load_all(tmp_path)


def test_a_label_is_read_off_the_words():
    assert label_of("a woman looks extremely irate").emotion == "angry"
    assert label_of("a woman looks extremely irate").level == 1.0
    assert label_of("furiously").emotion == "angry"
    assert label_of("nodding along").emotion == ""
    assert label_of("nodding along").level == 0.0
    assert label_of("with mild joy").emotion == "happy"
    assert label_of("with mild joy").level == 0.35


def test_only_the_emotalk_like_one_is_the_same_for_every_seed(folder: Path):
    regressor, emotalk, diffposetalk = learned.load_all(folder)
    one, other = Request(style="sad", fps=25, seed=1), Request(style="sad", fps=25, seed=2)
    for system in (regressor, emotalk):
        np.testing.assert_array_equal(system.generate(SOUND, one).values, system.generate(SOUND, other).values)
    assert not np.array_equal(diffposetalk.generate(SOUND, one).values, diffposetalk.generate(SOUND, other).values)


def test_labels_decide_how_the_emotalk_like_one_acts(folder: Path):
    emotalk = learned.load_all(folder)[1]
    sad, happy = (emotalk.generate(SOUND, Request(style=s, fps=25)).values for s in ("sad", "happy"))
    same = emotalk.generate(SOUND, Request(style="unhappy", fps=25)).values
    assert not np.array_equal(sad, happy)
    np.testing.assert_array_equal(sad, same)  # another word of the same label


def test_a_reference_decides_how_the_diffposetalk_like_one_acts(folder: Path):
    system = learned.load_all(folder)[2]
    still = np.zeros((100, 52), np.float32)
    moved = still.copy()
    moved[:, INDEX["mouthSmileLeft"]] = np.linspace(0, 1, 100)
    takes = [Take(25.0, values, np.zeros((100, 3), np.float32)) for values in (still, moved)]
    made = [system.generate(SOUND, Request(mix=(references.ingredient(t),), fps=25)).values for t in takes]
    assert not np.array_equal(*made)


def test_a_text_is_served_by_a_clip_of_its_emotion(folder: Path):
    system = learned.load_all(folder)[2]
    library = {int(asked(label_of("happy"))[0]): 0, int(asked(label_of("sad"))[0]): 1}
    system._emotions = torch.tensor(list(library))
    system._levels = torch.tensor([0.5, 0.5])
    system._library = torch.stack([torch.full((SMALL.summary,), float(i)) for i in library.values()])
    with torch.no_grad():
        assert float(system._style(Request(style="sad"))[0]) == pytest.approx(1.0)
        assert float(system._style(Request(style="joyful"))[0]) == pytest.approx(0.0)
        assert system._style(Request(style="nodding")) is system._model.base.no_style


def test_a_performance_is_as_long_as_its_sound(folder: Path):
    for system in learned.load_all(folder):
        assert len(system.generate(SOUND, Request(fps=50))) == 50
    assert FRAMES == 40
