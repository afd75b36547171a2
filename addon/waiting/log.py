"""The end of the backend's log, read anew only where the file has changed. No bpy here."""

from __future__ import annotations

import os
from pathlib import Path

SHOWN = 15
_MOST_BYTES = 65536

_known: tuple[Path, int, int, list[str]] | None = None


def tail(path: Path, count: int) -> list[str]:
    """List the last lines of a log; a sentence where there is none yet."""
    global _known
    try:
        status = path.stat()
        if _known is None or _known[:3] != (path, status.st_mtime_ns, status.st_size):
            _known = path, status.st_mtime_ns, status.st_size, _read(path)
    except OSError:
        return ["There is no log yet; the backend has not been started."]
    return _known[3][-count:]


def _read(path: Path) -> list[str]:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _MOST_BYTES))
        text = file.read().decode("utf-8", "replace")
    return [line.rstrip() for line in text.splitlines() if line.strip()]
