"""Rows: clips of a stage or of shards alike, with as much of them as an overview needs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ...contract import MienError
from ..clip import Clip
from ..prompts.prompt import Attributes
from ..shards.config import INDEX_FILE, source_of
from ..shards.reading import Members, members_of
from ..stage import SETTINGS, clips_of, part_names


class NothingThere(MienError):
    """A folder holds neither clips nor shards."""

    kind = "nothing_there"


@dataclass(frozen=True)
class Media:
    """What is drawn of a clip: samples float32 [N] at 16 kHz or None, values [T, 52] and head [T, 3] at fps or None."""

    samples: np.ndarray | None
    values: np.ndarray | None
    head: np.ndarray | None
    fps: float = 50.0


@dataclass(frozen=True)
class Row:
    """One clip; media are read when asked for."""

    id: str
    caption: str
    attributes: Attributes
    speaker: str
    source: str
    language: str
    licence: str
    duration_s: float
    rejected: str
    split: str
    video: Path | None
    media: Callable[[], Media]


def rows(folder: Path) -> Iterator[Row]:
    """Go through the clips of a stage's folder or of a folder of shards; raises NothingThere."""
    if (folder / INDEX_FILE).is_file():
        return _of_shards(folder)
    if part_names(folder):
        return map(_of_clip, clips_of(folder))
    raise NothingThere(f"{folder} holds neither parts of a stage nor shards; name a folder that `data` has written.")


def stage_name(folder: Path) -> str:
    """Name what made a folder, or "" where nothing says it."""
    settings = folder / SETTINGS
    return str(json.loads(settings.read_text(encoding="utf-8")).get("stage", "")) if settings.is_file() else ""


def left_out(folder: Path) -> dict[str, int]:
    """Clips that packing left out, by reason; empty for a stage."""
    index = folder / INDEX_FILE
    return json.loads(index.read_text(encoding="utf-8"))["left_out"] if index.is_file() else {}


def _of_clip(clip: Clip) -> Row:
    def media() -> Media:
        take = clip.performance().take if clip.motion is not None else None
        samples = clip.samples() if clip.sound is not None else None
        return Media(samples, take.values, take.head, take.fps) if take else Media(samples, None, None)

    return Row(clip.id, clip.prompt.text, clip.prompt.attributes, clip.speaker, source_of(clip), clip.language,
               clip.licence, clip.duration_s, clip.rejected, "", clip.video, media)  # fmt: skip


def _of_shards(folder: Path) -> Iterator[Row]:
    shards = json.loads((folder / INDEX_FILE).read_text(encoding="utf-8"))["shards"]
    return map(_of_members, members_of(folder, [shard["name"] for shard in shards]))


def _of_members(members: Members) -> Row:
    record = json.loads(members["json"])

    def media() -> Media:
        samples = soundfile.read(io.BytesIO(members["flac"]), dtype="float32")[0] if "flac" in members else None
        with np.load(io.BytesIO(members["npz"]), allow_pickle=False) as file:
            return Media(
                samples, file["values"].astype(np.float32), file["head"].astype(np.float32), float(file["fps"])
            )

    return Row(record["id"], record["caption"], Attributes(**record["attributes"]), record["speaker"],
               record["source"], record["language"], record["licence"], record["duration_s"], "", record["split"],
               None, media)  # fmt: skip
