"""Duplicates: clips that were there already, told by their fingerprints in a second look at all clips."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..clip import Clip, read_part, write_manifest
from ..stage import clips_of, part_names
from . import fingerprints
from .judge import REASON

_DUPLICATE = "duplicate"
_SAME_LENGTH_S = 0.15
_BITS_APART = 0.15  # shares of the bits; unlike clips differ in nearly half of them
_MOTION_APART = 6.0  # of 255, mean


def duplicates(clips: Iterable[Clip]) -> set[str]:
    """Name the clips that repeat one with a smaller id: the same in all of sound, picture and motion that both have.

    The same speech performed in another style is no duplicate.
    """
    # Clips that were marked before a stop still count, so that what repeats them is found again.
    open_to_all = (c for c in clips if not c.rejected or c.provenance.get(REASON) == _DUPLICATE)
    prints = [(c.duration_s, c.id, fingerprints.read(c.provenance)) for c in open_to_all]
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
    found = duplicates(clips_of(folder))
    for name in part_names(folder) if found else ():
        clips = read_part(folder / name)
        if any(clip.id in found and not clip.rejected for clip in clips):
            write_manifest([_rejected(clip) if clip.id in found else clip for clip in clips], folder / name)


def _rejected(clip: Clip) -> Clip:
    return clip.replace(rejected="This clip repeats another one.", provenance={**clip.provenance, REASON: _DUPLICATE})


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
