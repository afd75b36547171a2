from __future__ import annotations

from itertools import chain, islice
from pathlib import Path

import numpy as np
import pytest

from inference_backend.data_engine import shards
from inference_backend.data_engine.shards import PackConfig
from inference_backend.data_engine.shards.reading import BadShards
from inference_backend.data_engine.stage import clips_of
from tests.inference_backend.data_engine import corpus

CONFIG = PackConfig(clips_per_shard=9, validation_share=0.15, test_share=0.15)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus.stage(tmp_path_factory.mktemp("corpus") / "augment", 80, 0.6)


@pytest.fixture(scope="module")
def packed(source: Path) -> Path:
    shards.pack(source, source.parent / "shards", CONFIG)
    return source.parent / "shards"


def ids(packed: Path, *args, **kwargs) -> list[str]:
    return [s.id for s in shards.samples(packed, *args, **kwargs)]


def test_a_sample_is_the_clip(source: Path, packed: Path):
    clips = {c.id: c for c in clips_of(source)}
    for sample in shards.samples(packed, "train"):
        clip = clips[sample.id]
        performance = clip.performance()
        assert np.array_equal(sample.motion[:, :52], performance.take.values)
        assert np.array_equal(sample.motion[:, 52:], performance.take.head)
        assert np.array_equal(sample.sound, clip.samples())
        assert (sample.sound.dtype, sample.motion.dtype, sample.exact) == (np.float32, np.float32, True)
        assert (sample.caption, sample.attributes, sample.phones) == (
            clip.prompt.text, clip.prompt.attributes, clip.phones)  # fmt: skip
        assert (sample.source, sample.captured, sample.provenance) == ("tts", False, clip.provenance)


def test_the_splits_hold_every_clip_once_and_no_speaker_twice(packed: Path):
    speakers, everything = {}, []
    for split in ("train", "validation", "test"):
        found = list(shards.samples(packed, split))
        everything += [s.id for s in found]
        speakers[split] = {s.speaker for s in found}
    assert len(everything) == len(set(everything)) == 80
    assert not speakers["train"] & (speakers["validation"] | speakers["test"])


def test_shuffling_is_another_order_of_the_same_and_seeded(packed: Path):
    plain, shuffled = ids(packed), ids(packed, shuffle_buffer=16, seed=3)
    assert sorted(plain) == sorted(shuffled)
    assert plain != shuffled == ids(packed, shuffle_buffer=16, seed=3) != ids(packed, shuffle_buffer=16, seed=4)
    assert ids(packed) == plain


def test_repeating_goes_on_in_another_order_and_each_epoch_is_whole(packed: Path):
    n = len(ids(packed))
    stream = [s.id for s in islice(shards.samples(packed, shuffle_buffer=8, seed=1, repeat=True), 2 * n)]
    assert sorted(stream[:n]) == sorted(stream[n:]) == sorted(ids(packed))
    assert stream[:n] != stream[n:]


@pytest.mark.parametrize("world", [2, 3, 40])  # 40: more workers than shards
def test_workers_share_a_split_without_overlap(packed: Path, world: int):
    shares = [ids(packed, shuffle_buffer=4, seed=2, rank=rank, world=world) for rank in range(world)]
    assert sorted(chain.from_iterable(shares)) == sorted(ids(packed))
    assert sum(map(bool, shares)) >= min(world, len(ids(packed)))


def test_clips_without_sound_come_without_sound(tmp_path: Path):
    source = corpus.stage(tmp_path / "silent", 3, 0.4, sound=None, speaker="film:a", notes=("No sound.",))
    shards.pack(source, tmp_path / "out", PackConfig())
    assert [s.sound for s in shards.samples(tmp_path / "out")] == [None] * 3


def test_what_is_wrong_is_said_in_a_sentence(packed: Path, tmp_path: Path):
    with pytest.raises(BadShards, match="data pack"):
        ids(tmp_path)
    with pytest.raises(BadShards, match="no split 'all'"):
        ids(packed, "all")
    source = corpus.stage(tmp_path / "in", 5, 0.4, speaker="a")
    shards.pack(source, tmp_path / "out", PackConfig())
    with pytest.raises(BadShards, match="no clips in test"):
        ids(tmp_path / "out", "test")
    tar = tmp_path / "out" / "train-000000.tar"
    tar.write_bytes(tar.read_bytes()[:30000])
    with pytest.raises(BadShards, match="missing or broken"):
        ids(tmp_path / "out")


@pytest.mark.filterwarnings("ignore")
def test_the_webdataset_package_reads_the_shards_too(packed: Path):
    webdataset = pytest.importorskip("webdataset")
    urls = sorted(str(p) for p in packed.glob("train-*.tar"))
    found = list(webdataset.WebDataset(urls, shardshuffle=False).decode())
    assert [f["__key__"] for f in found] == ids(packed)
    assert {"flac", "npz", "json"} <= set(found[0])
    assert found[0]["json"]["caption"]
    assert found[0]["npz"]["values"].shape[1] == 52
