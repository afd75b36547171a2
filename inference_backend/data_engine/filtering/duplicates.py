"""Duplicates: clips that were there already, told by their fingerprints in a second look at all clips."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..clip import MANIFEST, Clip, read_part
from . import fingerprints
from .judge import REASON

_SAME_LENGTH_S = 0.15
_BITS_APART = 0.15  # shares of the bits; unlike clips differ in nearly half of them
_MOTION_APART = 6.0  # of 255, mean


def duplicates(clips: Iterable[Clip]) -> set[str]:
    """Name the clips that repeat one with a smaller id: the same in all of sound, picture and motion that both have.

    The same speech performed in another style is no duplicate.
    """
    prints = [(c.duration_s, c.id, fingerprints.read(c.provenance)) for c in clips if not c.rejected]
    prints = sorted((p for p in prints if p[2] != fingerprints.Fingerprint()), key=lambda p: p[:2])
    lengths = np.array([p[0] for p in prints])
    ids = np.array([p[1] for p in prints])
    tables = {kind: _table([getattr(p[2], kind) for p in prints]) for kind in ("sound", "picture", "motion")}
    found: set[str] = set()
    for row in range(len(prints)):
        end = int(np.searchsorted(lengths, lengths[row] + _SAME_LENGTH_S, side="right"))
        for other in np.flatnonzero(_alike(tables, row, slice(row + 1, end))) + row + 1:
            found.add(str(max(ids[row], ids[other])))
    return found


def mark_duplicates(folder: Path) -> None:
    """Reject the duplicates among all parts of a stage's folder; done again, it finds no more."""
    parts = sorted(path.parent for path in folder.glob(f"part-*/{MANIFEST}"))
    found = duplicates(clip for part in parts for clip in read_part(part))
    if not found:
        return
    for part in parts:
        manifest = part / MANIFEST
        records = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
        twice = [record for record in records if record["id"] in found]
        for record in twice:
            record["rejected"] = "This clip repeats another one."
            record["provenance"][REASON] = "duplicate"
        if twice:
            lines = [json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n" for record in records]
            _replace(manifest, "".join(lines))


def _replace(manifest: Path, text: str) -> None:
    """Write anew, not into the old file, which may be a link to another stage's."""
    part = manifest.with_suffix(".writing")
    part.write_text(text, encoding="utf-8")
    os.replace(part, manifest)


def _table(prints: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Stack fingerprints: bytes [N, B], and who has one [N]."""
    length = max((len(p) // 2 for p in prints), default=0)
    rows = [np.frombuffer(bytes.fromhex(p.ljust(2 * length, "0")), np.uint8) for p in prints]
    return np.array(rows, np.uint8).reshape(len(prints), length), np.array([bool(p) for p in prints], bool)


_ONES = np.array([bin(byte).count("1") for byte in range(256)], np.uint8)


def _alike(tables: dict[str, tuple[np.ndarray, np.ndarray]], row: int, others: slice) -> np.ndarray:
    """Tell which of some other clips are the same as one in all that both have, and have anything in common."""
    alike = np.ones(others.stop - others.start, bool)
    compared = np.zeros_like(alike)
    for kind, (table, there) in tables.items():
        if not there[row]:
            continue
        if kind == "motion":
            apart = np.abs(table[others].astype(np.int16) - table[row]).mean(1) > _MOTION_APART
        else:
            apart = _ONES[table[others] ^ table[row]].sum(1) > _BITS_APART * 8 * table.shape[1]
        alike &= ~(apart & there[others])
        compared |= there[others]
    return alike & compared
