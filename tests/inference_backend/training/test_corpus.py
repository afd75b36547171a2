"""Training streams shards: excerpts with their captions, each value trusted as far as it deserves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from inference_backend.contract import INDEX  # noqa: E402
from inference_backend.data_engine import stage  # noqa: E402
from inference_backend.data_engine.clip import Performance, making_of, write_part, write_performance  # noqa: E402
from inference_backend.data_engine.shards import PackConfig, pack  # noqa: E402
from inference_backend.generator.networks import WEIGHTS  # noqa: E402
from inference_backend.generator.style_text import SentenceEncoder  # noqa: E402
from inference_backend.training.act import ActConfig, act  # noqa: E402
from inference_backend.training.attributes import ANSWERS  # noqa: E402
from inference_backend.training.checkpoints import load  # noqa: E402
from inference_backend.training.corpus import CURVES, REFERENCE, Corpus, statistics  # noqa: E402
from inference_backend.training.loop import Team  # noqa: E402
from tests.inference_backend.data_engine import corpus as invented  # noqa: E402

FRAMES = 100


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen clips: one tracked from a film, one without phones, the rest exact; 1 and 3 s long."""
    root = tmp_path_factory.mktemp("corpus")
    part = root / "augmented" / "part-00000"
    making = making_of(part)
    stage.begin(root / "augmented", "augment", PackConfig(), None)
    making.mkdir()
    clips = [invented.clip(i, making, 3.0 if i % 2 else 1.0) for i in range(16)]
    clips[3] = clips[3].replace(phones=None)
    tracked = clips[5].performance()
    motion = write_performance(Performance(tracked.take, 0 * tracked.confidence + 0.5, False), clips[5].motion)
    clips[5] = clips[5].replace(motion=motion, prompt=clips[5].prompt.__class__("tracked", clips[5].prompt.attributes))
    write_part(clips, part)
    (root / "augmented" / stage.DONE).touch()
    everyone = tuple({clip.speaker for clip in clips})
    pack(root / "augmented", root / "shards", PackConfig(train=everyone))
    return root / "shards"


@pytest.fixture(scope="module")
def batch(shards: Path) -> dict:
    corpus = Corpus(shards, SentenceEncoder(WEIGHTS, threads=1), FRAMES, seed=1)
    return corpus.batch(32)  # twice each clip: every one of them is in it


def test_a_batch_holds_excerpts_of_all_clips_with_their_captions(batch: dict) -> None:
    assert batch["mel"].shape == (32, 2 * FRAMES, 80)
    assert batch["motion"].shape == (32, FRAMES, 55)
    assert batch["tokens"].shape[0] == 32
    assert len({tuple(row) for row in batch["mask"].sum(1, keepdim=True).tolist()}) > 1


def test_beyond_a_clips_end_nothing_is_taught(batch: dict) -> None:
    inside = (batch["weight"].max(-1).values > 0).sum(1)
    assert set(inside.tolist()) == {50, FRAMES}  # clips of 1 s and of 3 s


def test_what_a_tracker_cannot_see_is_not_taught(batch: dict) -> None:
    half = [row for row in batch["weight"] if row.max() == 0.5]
    assert len(half) == 2
    for row in half:
        assert row[0, INDEX["cheekPuff"]] == 0
        assert row[0, INDEX["jawOpen"]] == 0.5


def test_a_clip_without_phones_teaches_none(batch: dict) -> None:
    assert sum(trust == 0 for trust in batch["trust"][:, 0].tolist()) == 2


def test_statistics_keep_still_channels_from_being_blown_up(shards: Path) -> None:
    mean, scale = statistics(shards)
    assert mean.shape == scale.shape == (55,)
    assert scale[INDEX["cheekPuff"]] == pytest.approx(0.04)
    assert np.isfinite(mean).all()


def test_training_goes_on_in_its_folder_and_keeps_its_codes(shards: Path, tmp_path: Path) -> None:
    settings = {"tokenizer_minutes": 0.02, "batch": 2, "frames": FRAMES}
    act(shards, WEIGHTS, tmp_path, ActConfig(minutes=0.04, **settings), Team("cpu"))
    first, step = load(tmp_path / "generator.pt")
    act(shards, WEIGHTS, tmp_path, ActConfig(minutes=0.3, **settings), Team("cpu"))
    second, later = load(tmp_path / "generator.pt")
    assert later > step > 0
    torch.testing.assert_close(second.tokenizer.state_dict(), first.tokenizer.state_dict(), rtol=0, atol=0)
    assert not torch.equal(second.reference_reader.widen.weight, first.reference_reader.widen.weight)
    assert (tmp_path / "codes.png").exists()


def test_a_reference_is_of_the_same_style_and_every_question_has_its_answer(batch: dict) -> None:
    assert batch["reference"].shape[1:] == (REFERENCE, CURVES)
    assert batch["asked"].shape[1] == len(ANSWERS)
    assert (batch["asked"] < torch.tensor(ANSWERS)).all()
    assert batch["asked"][:, 0].max() > 0  # some of these clips have an emotion
    assert batch["person"].min() > 0
