from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
import tracemalloc
from pathlib import Path

import pytest

from inference_backend.data_engine import shards
from inference_backend.data_engine.shards import PackConfig
from inference_backend.data_engine.shards.splits import NO_CURVES, REJECTED
from inference_backend.data_engine.stage import StageFailed, clips_of
from tests.inference_backend.data_engine import corpus

ROOT = Path(__file__).resolve().parents[4]
CONFIG = PackConfig(clips_per_shard=7, validation_share=0.15, test_share=0.15)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus.stage(tmp_path_factory.mktemp("corpus") / "augment", 80, 0.6)


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir()) if p.suffix != ".log"}


def test_the_index_says_what_is_there(source: Path, tmp_path: Path):
    seen = []
    index = shards.pack(source, tmp_path / "shards", CONFIG, seen.append)
    assert json.loads((tmp_path / "shards" / "shards.json").read_text()) == json.loads(json.dumps(index))
    assert len(seen) == len(index["shards"]) > 8
    assert index["clips"] == 80 - sum(index["left_out"].values()) == sum(s["clips"] for s in index["shards"])
    assert sum(row["clips"] for row in index["splits"].values()) == index["clips"]
    assert index["hours"] == pytest.approx(index["clips"] * 0.6 / 3600, abs=1e-3)
    assert set(index["splits"]) == {"train", "validation", "test"}
    for shard in index["shards"]:
        data = (tmp_path / "shards" / f"{shard['name']}.tar").read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (shard["sha256"], shard["bytes"])
        assert shard["clips"] <= 7
    names = {p.name for p in (tmp_path / "shards").iterdir()}
    assert names == {f"{s['name']}.tar" for s in seen} | {"shards.json", "README.md", "stage.json", "done"}


def test_members_are_the_clips_own_files_with_nothing_of_this_machine(source: Path, tmp_path: Path):
    index = shards.pack(source, tmp_path / "shards", CONFIG)
    clips = {c.id: c for c in clips_of(source)}
    with tarfile.open(tmp_path / "shards" / f"{index['shards'][0]['name']}.tar") as tar:
        headers = tar.getmembers()
        assert {(h.mtime, h.uid, h.gid, h.uname, h.gname, h.mode) for h in headers} == {(0, 0, 0, "", "", 0o644)}
        record = json.loads(tar.extractfile(headers[2]).read())
        clip = clips[record["id"]]
        assert [h.name for h in headers[:3]] == [f"{clip.id}.flac", f"{clip.id}.npz", f"{clip.id}.json"]
        assert tar.extractfile(headers[0]).read() == clip.sound.read_bytes()
        assert tar.extractfile(headers[1]).read() == clip.motion.read_bytes()
    assert record["caption"] == clip.prompt.text
    assert record["attributes"]["emotion"] == clip.prompt.attributes.emotion
    assert record["phones"] == [list(p) for p in clip.phones]
    assert (record["speaker"], record["licence"], record["source"]) == (clip.speaker, "CC0", "tts")
    assert record["attribution"] == "the voices' authors"
    assert str(tmp_path) not in json.dumps(record)


def test_rejected_and_motionless_clips_are_counted_not_packed(tmp_path: Path):
    source = corpus.stage(tmp_path / "a", 6, 0.4)
    corpus.stage(tmp_path / "b", 4, 0.4, rejected="Two faces are seen.")
    corpus.stage(tmp_path / "c", 3, 0.4, motion=None)
    (tmp_path / "b" / "part-00000").rename(source / "part-00001")
    (tmp_path / "c" / "part-00000").rename(source / "part-00002")
    index = shards.pack(source, tmp_path / "out", CONFIG)
    assert index["left_out"][REJECTED] == 4
    assert index["left_out"][NO_CURVES] == 3
    assert index["clips"] == 13 - sum(index["left_out"].values()) > 0


def test_a_shard_ends_at_its_size(source: Path, tmp_path: Path):
    config = PackConfig(clips_per_shard=1000, megabytes_per_shard=0.25)
    index = shards.pack(source, tmp_path / "out", config)
    train = [s for s in index["shards"] if s["split"] == "train"]
    assert len(train) > 2
    assert all(0.25e6 < s["bytes"] < 0.33e6 for s in train[:-1])


def test_packing_again_changes_nothing_and_a_lost_shard_comes_back(source: Path, tmp_path: Path):
    out = tmp_path / "out"
    index = shards.pack(source, out, CONFIG)
    before = hashes(out)
    path = out / f"{index['shards'][2]['name']}.tar"
    kept = out / f"{index['shards'][0]['name']}.tar"
    path.unlink()
    inode = kept.stat().st_ino
    shards.pack(source, out, CONFIG)
    assert hashes(out) == before
    assert kept.stat().st_ino == inode  # not written again


def test_killed_at_any_moment_it_goes_on_to_the_same_bytes(source: Path, tmp_path: Path):
    shards.pack(source, tmp_path / "whole", CONFIG)
    expected, rng = hashes(tmp_path / "whole"), random.Random(5)
    out = tmp_path / "killed"
    # Slower than in life, so that a kill falls into writing: between any two members and before any rename.
    program = (
        "import sys, time; from pathlib import Path\n"
        "from inference_backend.data_engine import shards\n"
        "from inference_backend.data_engine.shards import archive\n"
        "add = archive._add\n"
        "archive._add = lambda *a: (time.sleep(0.002), add(*a))\n"
        "print('ready', flush=True)\n"
        f"shards.pack(Path({str(source)!r}), Path({str(out)!r}), "
        f"shards.{CONFIG!r})"
    )
    killed = 0
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE,
                                   env={**os.environ, "OMP_NUM_THREADS": "1"})  # fmt: skip
        process.stdout.readline()
        time.sleep(rng.uniform(0.02, 0.35))
        process.send_signal(signal.SIGKILL)
        killed += process.wait(30) == -signal.SIGKILL
        process.stdout.close()
    assert killed >= 2
    shards.pack(source, out, CONFIG)
    assert hashes(out) == expected


def test_other_settings_and_unfinished_stages_are_refused_in_a_sentence(source: Path, tmp_path: Path):
    shards.pack(source, tmp_path / "out", CONFIG)
    with pytest.raises(StageFailed, match="clips_per_shard"):
        shards.pack(source, tmp_path / "out", PackConfig(clips_per_shard=5))
    with pytest.raises(StageFailed, match="not a finished stage"):
        shards.pack(tmp_path, tmp_path / "out2", CONFIG)


def test_memory_stays_flat(tmp_path: Path):
    peaks = []
    for clips in (30, 90):
        source = corpus.stage(tmp_path / f"in{clips}", clips, 0.3)
        shards.pack(source, tmp_path / f"warm{clips}", CONFIG)
        tracemalloc.start()
        shards.pack(source, tmp_path / f"out{clips}", CONFIG)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_the_card_tells_units_licences_and_counts(source: Path, tmp_path: Path):
    index = shards.pack(source, tmp_path / "out", CONFIG)
    card = (tmp_path / "out" / "README.md").read_text()
    for words in (f"{index['clips']:,} clips", "16,000 Hz", "radians", "Pitch > 0", "| CC0 |", "the voices' authors",
                  "| train |", index["held_out_words"][0]):  # fmt: skip
        assert words in card
    assert "{" not in card
