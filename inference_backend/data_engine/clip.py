"""A clip: what the stages of the data engine hand on, kept in parts, folders of some dozens of clips each.

A part holds `clips.jsonl`, one line a clip, and beside it the clips' media: `ID.flac` (mono, 16 kHz), `ID.npz` (the
curves) and, from video teachers, `ID.mp4` or whatever the file was. Media that a stage leaves as they are become hard
links, so that a stage costs no more than what it makes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from ..contract import MienError, Take
from ..generator.features import SAMPLE_RATE
from .prompts.prompt import Attributes, Prompt
from .speech.phones import Phone

MANIFEST = "clips.jsonl"
MEDIA = ("sound", "video", "motion")
_DONE = ".done"
_BAD_RECORD = (ValueError, KeyError, TypeError, AttributeError)
SILENT = "no sound: for style alone"
"""Note of a clip that has no sound and needs none."""


class BadMedia(MienError):
    """A clip's sound or curves are not there, or broken."""

    kind = "bad_media"


class Damaged(MienError):
    """A part of a stage is not as it was written: its disk, or somebody, took something away."""

    kind = "damaged"

    @classmethod
    def at(cls, lost: Path) -> Damaged:
        """Say what is lost and what to do; made from a message alone, an error comes back from other processes."""
        return cls(f"{lost} is damaged or gone; delete the folder {lost.parent} and run its stage again.")


@dataclass(frozen=True)
class Performance:
    """Curves of a clip: a Take at 50 fps and how sure each of its rows is.

    exact says that the curves are the truth that made the sound or the picture; a tracked face is not.
    """

    take: Take
    confidence: np.ndarray  # float32 [T] from 0 to 1
    exact: bool = True


@dataclass(frozen=True)
class Clip:
    """One clip. What is None is not there (yet).

    speaker names the voice or face, by which the splits are made. provenance holds plain JSON values: teacher, voice,
    seed, versions, source file. rejected is the reason why the clip is left out, or "". notes say what a user should
    know ("no sound: for style alone").
    """

    id: str
    prompt: Prompt = field(default_factory=Prompt)
    text: str = ""  # the words spoken, where they are known
    speaker: str = ""
    language: str = ""
    licence: str = ""
    duration_s: float = 0.0
    phones: tuple[Phone, ...] | None = None
    sound: Path | None = None
    video: Path | None = None
    motion: Path | None = None
    provenance: dict[str, Any] = field(default_factory=dict)
    rejected: str = ""
    notes: tuple[str, ...] = ()

    def replace(self, **changes: Any) -> Clip:
        """Give the clip with some fields changed."""
        return dataclasses.replace(self, **changes)

    def rng(self, seed: int, purpose: str) -> np.random.Generator:
        """Randomness of this clip for one purpose, whichever process asks and in whatever order."""
        digest = hashlib.sha256(f"{seed}/{purpose}/{self.id}".encode()).digest()
        return np.random.default_rng(np.frombuffer(digest, "<u4"))

    def samples(self) -> np.ndarray:
        """Read the sound: float32 [N], mono, 16 kHz. Raises BadMedia."""
        if self.sound is None:
            raise BadMedia(f"The clip {self.id} has no sound; leave it out, or run the stage that speaks again.")
        try:
            return soundfile.read(self.sound, dtype="float32")[0]
        except (OSError, soundfile.LibsndfileError) as error:
            raise BadMedia(f"The sound {self.sound.name} cannot be read; run the stage that made it again.") from error

    def performance(self) -> Performance:
        """Read the curves. Raises BadMedia."""
        if self.motion is None:
            raise BadMedia(f"The clip {self.id} has no curves; run the stage that reconstructs them first.")
        try:
            with np.load(self.motion, allow_pickle=False) as file:
                take = Take(float(file["fps"]), file["values"].astype(np.float32), file["head"].astype(np.float32))
                return Performance(take, file["confidence"].astype(np.float32), bool(file["exact"]))
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise BadMedia(f"The curves {self.motion.name} cannot be read; run their stage again.") from error


def write_sound(samples: np.ndarray, path: Path) -> Path:
    """Write mono 16 kHz samples [N] as FLAC of 16 bits."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(samples, -1, 1), SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    path.write_bytes(file.getvalue())  # by Python, whose errors tell a full disk from others
    return path


def write_performance(performance: Performance, path: Path) -> Path:
    """Write curves as npz without pickles, in half precision."""
    take = performance.take
    np.savez(
        path,
        fps=take.fps,
        values=take.values.astype(np.float16),
        head=take.head.astype(np.float16),
        confidence=performance.confidence.astype(np.float16),
        exact=performance.exact,
    )
    return path


def write_part(clips: list[Clip], folder: Path) -> None:
    """Write a part whole or not at all: media are linked in (copied across file systems), then the manifest.

    Media that a stage just made may lie in `folder` with its suffix ".making", which becomes the part.
    """
    making = making_of(folder)
    making.mkdir(parents=True, exist_ok=True)
    linked = []
    for clip in clips:
        media = {kind: path for kind in MEDIA if (path := getattr(clip, kind)) is not None}
        for kind, source in media.items():
            _link(source, target := making / f"{clip.id}{source.suffix}")
            media[kind] = target
        linked.append(clip.replace(**media))
    write_manifest(linked, making)
    for record in making.glob(f"*{_DONE}"):
        record.unlink()
    making.replace(folder)


def write_manifest(clips: list[Clip], folder: Path) -> None:
    """Write the clips of a part, whose media lie in its folder already, one line each."""
    replace_text(folder / MANIFEST, "".join(_to_json(clip, folder) + "\n" for clip in clips))


def replace_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all; what is linked to an old file of that name keeps its content."""
    making = path.with_name(path.name + ".making")
    making.write_text(text, encoding="utf-8")
    making.replace(path)


def relative(path: Path, folder: Path) -> str:
    """Say where a path lies from a folder on; on another drive of Windows, where it lies."""
    try:
        return os.path.relpath(path, folder)
    except ValueError:
        return str(path.resolve())


def stable_hash(text: str) -> int:
    """Draw 64 bits from a text, the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def making_of(folder: Path) -> Path:
    """Name the folder in which a part grows until it is whole."""
    return folder.with_name(folder.name + ".making")


def read_part(folder: Path) -> list[Clip]:
    """Read a part's clips; media stay on disk until asked for. Raises Damaged."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").split("\n")  # texts may hold other ends of lines
        return [_from_json(line, folder) for line in lines if line]
    except (FileNotFoundError, *_BAD_RECORD) as error:
        raise Damaged.at(folder / MANIFEST) from error


def keep(clip: Clip, making: Path) -> None:
    """Note in a growing part that a clip is done, so that it is not made again."""
    replace_text(making / f"{clip.id}{_DONE}", _to_json(clip, making))


def kept(clip_id: str, making: Path) -> Clip | None:
    """Read a clip that was done before the work on its part was stopped; a record that broke counts for nothing."""
    path = making / f"{clip_id}{_DONE}"
    try:
        return _from_json(path.read_text(encoding="utf-8"), making) if path.is_file() else None
    except _BAD_RECORD:
        return None


def _to_json(clip: Clip, folder: Path) -> str:
    record = dataclasses.asdict(clip)
    for kind in MEDIA:
        if (path := getattr(clip, kind)) is not None:
            record[kind] = relative(path, folder)
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def _from_json(line: str, folder: Path) -> Clip:
    record: dict[str, Any] = json.loads(line)
    prompt = record.pop("prompt")
    attributes = Attributes(**prompt.pop("attributes"))
    phones = record.pop("phones")
    for kind in MEDIA:
        record[kind] = folder / record[kind] if record[kind] else None
    return Clip(
        **{**record, "notes": tuple(record["notes"])},
        prompt=Prompt(**prompt, attributes=attributes),
        phones=None if phones is None else tuple(Phone(*p) for p in phones),
    )


def _link(source: Path, target: Path) -> None:
    if source == target:
        return
    target.unlink(missing_ok=True)  # left by work that was stopped
    try:
        os.link(source, target)
    except FileNotFoundError as error:
        raise Damaged.at(source) from error
    except OSError:  # another file system
        shutil.copyfile(source, target)
