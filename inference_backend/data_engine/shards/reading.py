"""Streaming shards: clip after clip, read in order from disk and shuffled through a buffer."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from ...contract import MienError
from ..prompts.prompt import Attributes
from ..speech.phones import Phone
from .config import INDEX_FILE, SPLITS

Members = dict[str, bytes]


class BadShards(MienError):
    """A folder holds no shards, or broken ones."""

    kind = "bad_shards"


@dataclass(frozen=True)
class Sample:
    """A clip as a trainer sees it.

    sound is float32 [N], mono, 16 kHz, or None where a clip is for style alone; motion float32 [T, 55] at 50 Hz, the
    channels and then the head; confidence float32 [T]. captured: a camera saw this mouth. exact: the curves are the
    truth. source is the family by which mixtures and trust go.
    """

    id: str
    sound: np.ndarray | None
    motion: np.ndarray
    confidence: np.ndarray
    exact: bool
    caption: str
    attributes: Attributes
    phones: tuple[Phone, ...] | None
    speaker: str
    language: str
    source: str
    captured: bool
    duration_s: float
    text: str = ""
    provenance: dict[str, Any] = field(default_factory=dict)


def samples(
    folder: Path,
    split: str = "train",
    shuffle_buffer: int = 0,
    seed: int = 0,
    repeat: bool = False,
    rank: int = 0,
    world: int = 1,
) -> Iterator[Sample]:
    """Stream a split's clips, for ever where repeat is set; worker `rank` of `world` gets its own share of them.

    With a shuffle_buffer, shards come in an order drawn from seed and epoch and clips leave a buffer of that many at
    random; without one everything comes in the order it was packed. Raises BadShards.
    """
    names, epoch = _names(folder, split), 0
    while True:
        rng = np.random.default_rng([seed, epoch, rank])
        order = names if shuffle_buffer == 0 else np.random.default_rng([seed, epoch]).permutation(names).tolist()
        for members in _shuffled(_share(folder, order, rank, world), shuffle_buffer, rng):
            yield _decode(members)
        if not repeat:
            return
        epoch += 1


def _names(folder: Path, split: str) -> list[str]:
    index = folder / INDEX_FILE
    if split not in SPLITS:
        raise BadShards(f"There is no split {split!r}; the splits are {', '.join(SPLITS)}.")
    if not index.is_file():
        raise BadShards(f"{folder} holds no finished shards; run `data pack` on the last stage's folder first.")
    names = [s["name"] for s in json.loads(index.read_text(encoding="utf-8"))["shards"] if s["split"] == split]
    if not names:
        raise BadShards(f"The shards in {folder} have no clips in {split}; make a larger corpus or use another split.")
    return names


def _share(folder: Path, names: list[str], rank: int, world: int) -> Iterator[Members]:
    """Give a worker whole shards where there are enough for all, or else every world-th clip."""
    if len(names) >= world:
        yield from members_of(folder, names[rank::world])
    else:
        yield from islice(members_of(folder, names), rank, None, world)


def members_of(folder: Path, names: Iterable[str]) -> Iterator[Members]:
    """Read the clips of shards one by one, each as its members' bytes by suffix. Raises BadShards."""
    for name in names:
        path = folder / f"{name}.tar"
        try:
            with path.open("rb") as file, tarfile.open(fileobj=file, mode="r|") as tar:
                yield from _grouped(tar)
        except (OSError, tarfile.TarError) as error:
            raise BadShards(f"The shard {path} is missing or broken ({error}); run `data pack` again.") from error


def _grouped(tar: tarfile.TarFile) -> Iterator[Members]:
    """Put neighbours with one key together; the JSON record is a clip's last member."""
    members: Members = {}
    for header in tar:
        data = tar.extractfile(header)
        suffix = header.name.partition(".")[2]
        members[suffix] = data.read() if data is not None else b""
        if suffix == "json":
            yield members
            members = {}


def _shuffled(clips: Iterator[Members], buffer: int, rng: np.random.Generator) -> Iterator[Members]:
    """Let clips out of a buffer at random; they wait there as they lie on disk, which is small."""
    waiting: list[Members] = []
    for clip in clips:
        if len(waiting) < buffer:
            waiting.append(clip)
            continue
        if not buffer:
            yield clip
            continue
        at = int(rng.integers(buffer))
        waiting[at], clip = clip, waiting[at]
        yield clip
    for at in rng.permutation(len(waiting)):
        yield waiting[at]


def _decode(members: Members) -> Sample:
    record = json.loads(members["json"])
    with np.load(io.BytesIO(members["npz"]), allow_pickle=False) as file:
        motion = np.concatenate([file["values"], file["head"]], 1).astype(np.float32)
        confidence, exact = file["confidence"].astype(np.float32), bool(file["exact"])
    sound = soundfile.read(io.BytesIO(members["flac"]), dtype="float32")[0] if "flac" in members else None
    plain = ("id", "caption", "speaker", "language", "source", "captured", "duration_s", "text", "provenance")
    return Sample(
        **{key: record[key] for key in plain},
        sound=sound,
        motion=motion,
        confidence=confidence,
        exact=exact,
        attributes=Attributes(**record["attributes"]),
        phones=None if record["phones"] is None else tuple(Phone(*p) for p in record["phones"]),
    )
