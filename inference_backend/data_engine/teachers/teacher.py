"""What a teacher is: it performs a prompt, as curves with their sound or as a film."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..clip import Clip


class Teacher(Protocol):
    """Performs clips one by one; models are loaded when the first one comes and kept."""

    name: str

    def perform(self, clip: Clip, folder: Path) -> Clip:
        """Give the clip sound, film or motion, written into the folder, with speaker, licence and provenance."""
        ...
