"""An utterance: a sound with exact phones, and what happens in it besides the phones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from .phones import Phone

EventKind = Literal["laugh", "sob", "breath_in", "sniff", "note", "beat", "swallow"]


class Event(NamedTuple):
    """Something a body does from start_s to end_s of a sound: a burst of laughter, a sung note, a beat of the music."""

    start_s: float
    end_s: float
    kind: EventKind


@dataclass(frozen=True)
class Utterance:
    """A sound float32 [N], mono, 16 kHz, with its phones, the voice that made it, and whether it is kept for measuring.

    events come in the order of their starts: "laugh" is one "ha", "sob" one jerking in-breath, "note" one sung note,
    "beat" the short mark of a beat of music.
    """

    samples: np.ndarray
    phones: list[Phone]
    text: str
    speaker: str
    language: str
    licence: str
    provenance: dict[str, Any] = field(default_factory=dict)
    held_out: bool = False
    events: list[Event] = field(default_factory=list)
