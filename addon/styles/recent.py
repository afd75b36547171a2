"""The styles that were asked for last, kept in a small file across sessions and scenes."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from ...inference_backend.contract import MAX_STYLE_CHARS, MienError
from ...inference_backend.formats import files

MOST = 15


def texts(path: Path) -> list[str]:
    """List the recent styles, the last one first."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    wanted = [text for text in kept if isinstance(text, str)] if isinstance(kept, list) else []
    return [text for text in wanted if text.strip() and len(text) <= MAX_STYLE_CHARS][:MOST]


def remember(text: str, path: Path) -> None:
    """Put a style first; that it cannot be kept is no reason to disturb anybody."""
    text = " ".join(text.split())
    if text:
        _write([text, *(other for other in texts(path) if other != text)][:MOST], path)


def forget(path: Path) -> None:
    """Empty the list."""
    _write([], path)


def _write(kept: list[str], path: Path) -> None:
    with contextlib.suppress(OSError, MienError):
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_bytes(path, json.dumps(kept, ensure_ascii=False, indent=1).encode())
