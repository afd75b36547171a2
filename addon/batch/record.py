"""What became of each line, kept beside the results as JSON: to be read, and to resume from. No bpy here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...inference_backend.contract import MienError
from ...inference_backend.formats import files

WAITING, DONE, FAILED, KEPT = "waiting", "done", "failed", "kept"
"""States of a line; kept ones were done by a run before."""


@dataclass
class Entry:
    """One line's result."""

    number: int
    name: str
    character: str
    fingerprint: str
    state: str = WAITING
    message: str = ""
    take: str = ""
    outputs: list[str] = field(default_factory=list)
    frames: int = 0
    sound_s: float = 0.0
    took_s: float = 0.0


class Record:
    """The results of a batch."""

    def __init__(self, entries: list[Entry], path: Path | None = None) -> None:
        self.entries = entries
        self.path = path

    def count(self, *states: str) -> int:
        """Count the lines in these states."""
        return sum(entry.state in states for entry in self.entries)

    def save(self) -> None:
        """Write the file, whole or not at all; raises BadFile."""
        if self.path is None:
            return
        document = {
            "mien_batch": 1,
            "lines": len(self.entries),
            **{state: self.count(state) for state in (DONE, KEPT, FAILED, WAITING)},
            "results": [asdict(entry) for entry in self.entries],
        }
        files.write_bytes(self.path, json.dumps(document, indent=1, ensure_ascii=False).encode())


def done_before(path: Path) -> dict[str, Entry]:
    """Read which lines earlier runs did, by fingerprint; nothing where there is no record. Raises MienError."""
    if not path.is_file():
        return {}
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        entries = [Entry(**result) for result in document["results"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MienError(f"The record {path} cannot be read ({error}); delete it to begin afresh.") from error
    return {entry.fingerprint: entry for entry in entries if entry.state in (DONE, KEPT)}
