"""What is offered while somebody types a style: recent ones first, then the texts of saved ones."""

from __future__ import annotations

from . import places, recent


def of(typed: str) -> list[str]:
    """List the texts that contain what was typed; all of them for nothing."""
    saved = [entry.text for entry in places.entries() if entry.text]
    wanted = typed.casefold().strip()
    everything = dict.fromkeys([*recent.texts(places.recent_file()), *saved])
    return [text for text in everything if wanted in text.casefold()]
