"""A stage: it reads a folder of parts and writes a new one, and goes on where it was however it was stopped.

A part appears under its name only when it is whole; while it grows, each clip that is done leaves a record there, so
that no clip is made twice. Randomness comes from a clip's id alone: a run in pieces, on more cores or in another order,
writes the same bytes.
"""

from __future__ import annotations

import csv
import dataclasses
import errno
import json
import logging
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any

from ..contract import MienError
from .clip import MANIFEST, Clip, keep, kept, making_of, read_part, relative, replace_text, write_part

log = logging.getLogger(__name__)

SETTINGS, TIMINGS, LOG, DONE = "stage.json", "timings.csv", "log.txt", "done"
CLIPS_PER_PART = 32
_PACKAGES = ("numpy", "scipy", "soundfile", "av", "mediapipe", "diffusers", "torch")


class StageFailed(MienError):
    """A stage cannot begin or go on, whatever the clip; what is done stays."""

    kind = "stage_failed"


@dataclass(frozen=True)
class Stage:
    """A name, settings, and what is done to one clip; media that it makes go into the folder that it is given."""

    name: str
    config: Any
    work: Callable[[Clip, Any, Path], Clip]
    prepare: Callable[[Any, Path, Path], None] | None = None
    """First look at the whole source with the settings, before any part is made; may be run again."""
    finish: Callable[[Path], None] | None = None
    """Second look at all parts, once each is made (duplicates); may be run again."""


@dataclass(frozen=True)
class Made:
    """What making a part came to."""

    part: str
    clips: int
    rejected: int
    sound_s: float
    took_s: float


OnMade = Callable[[Made, int], None]
"""Hear of a part that is done, and of how many there are to do."""

Execute = Callable[[Stage, list[tuple[Path, Path]], Callable[[Made], None]], None]
"""Make parts, each from a source folder, in any order, and tell of each as it is done."""


def run(stage: Stage, source: Path, out: Path, execute: Execute, on_made: OnMade) -> None:
    """Run a stage over all parts of a finished source folder; raises StageFailed."""
    see_finished(source)
    begin(out, stage.name, stage.config, source)
    names = part_names(source)
    todo = [(source / name, out / name) for name in names if not (out / name).is_dir()]
    with full_disk_said(out):
        if stage.prepare is not None and todo:
            stage.prepare(stage.config, source, out)
        with (out / TIMINGS).open("a", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)

            def made(part: Made) -> None:
                rows.writerow(dataclasses.astuple(part))
                file.flush()
                log.info(
                    "%s %s: %d clips, %d rejected, %.1f s", stage.name, *dataclasses.astuple(part)[:3], part.took_s
                )
                on_made(part, len(todo))

            execute(stage, todo, made)
        if stage.finish is not None:
            stage.finish(out)
        (out / DONE).touch()


def see_finished(source: Path) -> None:
    """Raise StageFailed where a folder is not a finished stage."""
    if not (source / DONE).is_file():
        raise StageFailed(f"{source} is not a finished stage of the data engine; run the stage before this one first.")


def write_clips(name: str, config: Any, clips: Iterable[Clip], out: Path, source: Path | None = None) -> None:
    """Write a stage that makes its clips out of nothing, or of a list: prompts, and films that are there already."""
    begin(out, name, config, source)
    with full_disk_said(out):
        for number, batch in enumerate(_batches(clips, CLIPS_PER_PART)):
            if not (folder := out / f"part-{number:05d}").is_dir():
                write_part(batch, folder)
        (out / DONE).touch()


def make_part(stage: Stage, source: Path, folder: Path) -> Made:
    """Do a stage's work on one part; a clip that fails in an unforeseen way is rejected, and the others go on."""
    started = time.perf_counter()
    # It is there already where a process died after the last clip, before it could tell.
    clips = read_part(folder) if folder.is_dir() else _made(stage, source, folder)
    good = [clip for clip in clips if not clip.rejected]
    took_s = round(time.perf_counter() - started, 2)
    return Made(folder.name, len(clips), len(clips) - len(good), round(sum(c.duration_s for c in good), 2), took_s)


def _made(stage: Stage, source: Path, folder: Path) -> list[Clip]:
    making = making_of(folder)
    making.mkdir(parents=True, exist_ok=True)
    clips = []
    for clip in read_part(source):
        if (done := kept(clip.id, making)) is None:
            keep(done := _work(stage, clip, making), making)
        clips.append(done)
    write_part(clips, folder)
    return clips


def _work(stage: Stage, clip: Clip, folder: Path) -> Clip:
    if clip.rejected:
        return clip
    try:
        return stage.work(clip, stage.config, folder)
    except StageFailed:  # what every clip needs is missing
        raise
    except MienError as error:
        return clip.replace(rejected=str(error))
    except OSError as error:
        if _disk_is_full(error):
            raise
        return clip.replace(rejected=f"{stage.name} cannot read or write it: {error.strerror or error}.")
    except Exception as error:  # one clip's surprise must not stop sixty hours of others
        log.exception("%s failed on %s", stage.name, clip.id)
        return clip.replace(rejected=f"{stage.name} failed on it unexpectedly: {type(error).__name__}: {error}")


def begin(out: Path, name: str, config: Any, source: Path | None) -> None:
    """Make a stage's folder, or go on in it if it was begun with the same settings; raises StageFailed."""
    settings = {"stage": name, "config": dataclasses.asdict(config), "source": source and relative(source, out)}
    wanted = json.loads(json.dumps(settings, default=str))
    path = out / SETTINGS
    try:
        out.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            _compare(json.loads(path.read_text(encoding="utf-8")), wanted, out)
        else:
            replace_text(path, json.dumps({**wanted, "versions": _versions()}, indent=1) + "\n")
    except OSError as error:
        raise StageFailed(f"{out} cannot be written: {error.strerror}; choose another folder.") from error
    except ValueError as error:
        raise StageFailed(f"{path} is damaged; choose another folder.") from error


def _compare(begun: dict[str, Any], wanted: dict[str, Any], out: Path) -> None:
    if {k: begun.get(k) for k in ("stage", "source")} != {k: wanted[k] for k in ("stage", "source")}:
        raise StageFailed(f"{out} holds the stage {begun.get('stage')} of another source; choose another folder.")
    ours, theirs = wanted["config"], begun.get("config", {})
    changed = [f"{key} {theirs.get(key)!r}, not {ours.get(key)!r}" for key in sorted({*ours, *theirs})
               if ours.get(key) != theirs.get(key)]  # fmt: skip
    if changed:
        raise StageFailed(f"{out} was begun with {'; '.join(changed)}: use the same settings or another folder.")


def part_names(folder: Path) -> list[str]:
    """Names of a folder's finished parts, in order."""
    return sorted(p.parent.name for p in folder.glob(f"part-*/{MANIFEST}") if not p.parent.name.endswith(".making"))


def clips_of(folder: Path) -> Iterator[Clip]:
    """All clips of a stage's folder, part by part."""
    for name in part_names(folder):
        yield from read_part(folder / name)


def _batches(clips: Iterable[Clip], size: int) -> Iterator[list[Clip]]:
    rest = iter(clips)
    while batch := list(islice(rest, size)):
        yield batch


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _disk_is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def full_disk_said(out: Path) -> Iterator[None]:
    """Turn a full disk into one sentence, StageFailed; every other error passes."""
    try:
        yield
    except OSError as error:
        if not _disk_is_full(error):
            raise
        raise StageFailed(
            f"The disk of {out} is full; free some space and run again: it goes on where it was."
        ) from error
