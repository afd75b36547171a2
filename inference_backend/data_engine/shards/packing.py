"""Packing: the last stage's clips into shards, one after another, so that memory stays flat and a stop loses little."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...contract import CHANNELS, HEAD
from ...generator.features import FRAME_RATE, SAMPLE_RATE
from ..clip import Clip, replace_text
from ..prompts.words import HELD_OUT_WORDS
from ..stage import DONE, begin, clips_of, full_disk_said, see_finished
from . import archive, card
from .archive import Entry
from .config import CARD, INDEX_FILE, SPLITS, PackConfig, source_of, speaker_of
from .splits import Splits

log = logging.getLogger(__name__)

Shard = dict[str, Any]
"""What the index says of a shard: name, split, clips, hours, bytes, sha256 and the hash of its plan."""


def pack(source: Path, out: Path, config: PackConfig, on_shard: Callable[[Shard], None] = lambda _: None) -> Shard:
    """Pack all clips of a finished stage into shards and return their index, which is written last.

    Shards that an interrupted run finished are kept. on_shard hears of each shard, made or found. Raises StageFailed.
    """
    see_finished(source)
    begin(out, "pack", config, source)
    with full_disk_said(out):
        return _pack(source, out, config, on_shard)


def _pack(source: Path, out: Path, config: PackConfig, on_shard: Callable[[Shard], None]) -> Shard:
    splits = Splits(clips_of(source), config)
    totals, known, shards = _Totals(), _known(out), []
    for split, number, entries, hours in _planned(clips_of(source), splits, config, totals):
        shard = _shard(out, f"{split}-{number:06d}", entries, known)
        shards.append({**shard, "split": split, "clips": len(entries), "hours": round(hours, 6)})
        on_shard(shards[-1])
    shards.sort(key=lambda s: (SPLITS.index(s["split"]), s["name"]))
    index = {
        "format": "webdataset",
        "sample_rate_hz": SAMPLE_RATE,
        "curves_per_second": FRAME_RATE,
        "curves": [*CHANNELS, *HEAD],
        **totals.as_record(),
        "held_out_words": sorted(HELD_OUT_WORDS),
        "config": asdict(config),
        "shards": shards,
    }
    replace_text(out / CARD, card.write(index))
    replace_text(out / INDEX_FILE, json.dumps(index, indent=1, ensure_ascii=False) + "\n")
    _tidy(out, {shard["name"] for shard in shards})
    (out / DONE).touch()
    return index


def _planned(
    clips: Iterator[Clip], splits: Splits, config: PackConfig, totals: _Totals
) -> Iterator[tuple[str, int, list[Entry], float]]:
    """Fill one shard of each split at a time and give each as it is full: split, number, entries and hours."""
    filling: dict[str, list[Entry]] = {split: [] for split in SPLITS}
    size, seconds, numbers = dict.fromkeys(SPLITS, 0), dict.fromkeys(SPLITS, 0.0), dict.fromkeys(SPLITS, 0)
    for clip in clips:
        split, reason = splits.of(clip)
        totals.count(clip, split, reason)
        if not split:
            continue
        filling[split].append(archive.entry(clip, split))
        seconds[split] += clip.duration_s
        size[split] += filling[split][-1].size
        if size[split] >= config.megabytes_per_shard * 1e6 or len(filling[split]) >= config.clips_per_shard:
            yield split, numbers[split], filling[split], seconds[split] / 3600
            filling[split], seconds[split], size[split] = [], 0.0, 0
            numbers[split] += 1
    for split in SPLITS:
        if filling[split]:
            yield split, numbers[split], filling[split], seconds[split] / 3600


def _shard(out: Path, name: str, entries: list[Entry], known: dict[str, Shard]) -> Shard:
    """Find a shard that was made before of the very same clips, or make it."""
    plan, path = archive.plan_digest(entries), out / f"{name}.tar"
    before = known.get(name)
    if before and before["plan"] == plan and path.is_file() and path.stat().st_size == before["bytes"]:
        return {key: before[key] for key in ("name", "bytes", "sha256", "plan")}
    path.unlink(missing_ok=True)
    size, sha256 = archive.write(path, entries)
    made = {"name": name, "bytes": size, "sha256": sha256, "plan": plan}
    replace_text(out / f"{name}.json", json.dumps(made))  # what a resumed run knows it by, until the index says it
    log.info("%s: %d clips, %.1f MB", name, len(entries), size / 1e6)
    return made


def _known(out: Path) -> dict[str, Shard]:
    index = out / INDEX_FILE
    found = json.loads(index.read_text(encoding="utf-8"))["shards"] if index.is_file() else []
    for split in SPLITS:
        found += [json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.glob(f"{split}-*.json"))]
    return {shard["name"]: shard for shard in found}


def _tidy(out: Path, names: set[str]) -> None:
    """Remove the records that the index replaces, and shards of an earlier plan."""
    for split in SPLITS:
        for path in out.glob(f"{split}-*.json"):
            path.unlink()
        for path in out.glob(f"{split}-*.tar"):
            if path.stem not in names:
                path.unlink()


class _Totals:
    """Counts of what was packed and of what was left out and why."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.groups: dict[str, dict[str, dict[str, Any]]] = {"splits": {}, "sources": {}, "languages": {}, "vocal": {}}
        self.licences: dict[str, dict[str, Any]] = {}

    def count(self, clip: Clip, split: str, reason: str) -> None:
        if not split:
            self.left_out[reason] += 1
            return
        values = {"splits": split, "sources": source_of(clip), "languages": clip.language or "none",
                  "vocal": clip.prompt.attributes.vocal or "none"}  # fmt: skip
        for group, value in values.items():
            row = self.groups[group].setdefault(value, {"clips": 0, "hours": 0.0, "speakers": set()})
            row["clips"] += 1
            row["hours"] += clip.duration_s / 3600
            row["speakers"].add(speaker_of(clip))
        licence = self.licences.setdefault(clip.licence or "not stated", {"clips": 0, "attributions": set()})
        licence["clips"] += 1
        licence["attributions"] |= {str(clip.provenance.get("attribution", ""))} - {""}

    def as_record(self) -> dict[str, Any]:
        for rows in self.groups.values():
            for row in rows.values():
                row["hours"], row["speakers"] = round(row["hours"], 4), len(row["speakers"] - {""})
        by_split = {split: self.groups["splits"][split] for split in SPLITS if split in self.groups["splits"]}
        return {
            "clips": sum(row["clips"] for row in by_split.values()),
            "hours": round(sum(row["hours"] for row in by_split.values()), 4),
            "left_out": dict(sorted(self.left_out.items())),
            **{name: dict(sorted(rows.items())) for name, rows in self.groups.items()},
            "splits": by_split,
            "licences": {
                name: {"clips": row["clips"], "attributions": sorted(row["attributions"])}
                for name, row in sorted(self.licences.items())
            },
        }
