"""What all parts of an evaluation share: where the data are, how much of it is used, and how far the work is."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)
_EVERY_S = 10.0


class Skipped(Exception):
    """A part cannot be measured here; the message is the reason."""


@dataclass
class Stage:
    """Folders (None where absent), whether the small version is asked for, and what parts prepared for one another."""

    out: Path
    weights: Path
    recordings: Path | None = None
    corpus: Path | None = None
    quick: bool = False
    long: bool = False
    prepared: dict = field(default_factory=dict)
    _told: float = field(default_factory=time.monotonic)

    def some(self, whole: int, quick: int) -> int:
        """How many of something to take."""
        return quick if self.quick else whole

    def told(self, what: str, done: int, total: int) -> None:
        """Tell how far a part is, now and then."""
        if time.monotonic() - self._told > _EVERY_S:
            self._told = time.monotonic()
            log.info("  %s: %d of %d", what, done, total)
