"""One shard: a plain tar whose bytes depend on its clips alone, in WebDataset's layout."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..clip import Clip
from .config import source_of


@dataclass(frozen=True)
class Entry:
    """A clip as it will lie in a shard: its key, its record as JSON bytes, and the files beside it."""

    key: str
    record: bytes
    files: tuple[tuple[str, Path, int], ...]  # suffix, path, bytes

    @property
    def size(self) -> int:
        """Bytes in the tar, headers and padding included."""
        sizes = [len(self.record), *(size for _, _, size in self.files)]
        return sum(512 + -(-size // 512) * 512 for size in sizes)


def entry(clip: Clip, split: str) -> Entry:
    """Prepare a clip; reads nothing but the sizes of its files."""
    media = {"flac": clip.sound, "npz": clip.motion}
    files = [(suffix, path, path.stat().st_size) for suffix, path in media.items() if path is not None]
    text = json.dumps(_record(clip, split), ensure_ascii=False, sort_keys=True)
    return Entry(clip.id.replace(".", "-"), text.encode(), tuple(files))  # a key ends at its first dot


def _record(clip: Clip, split: str) -> dict[str, Any]:
    provenance = clip.provenance
    return {
        "id": clip.id,
        "split": split,
        "caption": clip.prompt.text,
        "form": clip.prompt.form,
        "attributes": dataclasses.asdict(clip.prompt.attributes),
        "text": clip.text,
        "phones": None if clip.phones is None else [[round(p[0], 5), round(p[1], 5), p[2]] for p in clip.phones],
        "speaker": clip.speaker,
        "language": clip.language,
        "source": source_of(clip),
        "captured": bool(provenance.get("captured", clip.video is not None)),
        "licence": clip.licence,
        "attribution": str(provenance.get("attribution", "")),
        "duration_s": round(clip.duration_s, 4),
        "notes": list(clip.notes),
        "provenance": provenance,
    }


def plan_digest(entries: list[Entry]) -> str:
    """Hash what a shard is to hold, without reading its media."""
    digest = hashlib.sha256()
    for one in entries:
        digest.update(f"{one.key} {[(suffix, size) for suffix, _, size in one.files]}\n".encode())
        digest.update(one.record)
    return digest.hexdigest()


def write(path: Path, entries: list[Entry]) -> tuple[int, str]:
    """Write a shard whole or not at all; returns its bytes and its sha256."""
    making = path.with_name(path.name + ".making")
    with making.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for one in entries:
                for suffix, source, _ in one.files:
                    _add(tar, f"{one.key}.{suffix}", source.read_bytes())
                _add(tar, f"{one.key}.json", one.record)
        file.flush()
        os.fsync(file.fileno())
    with making.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size = making.stat().st_size
    making.replace(path)
    return size, sha256


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    header = tarfile.TarInfo(name)  # time 0, owner 0, mode 0644
    header.size = len(data)
    tar.addfile(header, io.BytesIO(data))
