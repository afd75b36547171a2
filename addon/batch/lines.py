"""A line of dialogue to be performed: whom, which sound, how, and what files come of it. No bpy here."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

from ...inference_backend.contract import MienError

AMOUNTS = ("strength", "head_motion", "lips", "upper", "gaze", "blinks")
"""Numbers of a request that a line may set, each 1 as written."""


class BadLine(MienError):
    """A line cannot be performed as it stands."""

    kind = "bad_line"


@dataclass(frozen=True)
class Line:
    """One line; what is empty is taken from the scene.

    sound is a file, or strip a sound strip of the sequencer; start_s and end_s cut an excerpt out of the sound. style
    is in words or names a saved one, and so do cues, each from its second of the excerpt on. outputs name files.
    problem says why the line cannot be performed, where that is known already.
    """

    number: int
    name: str
    character: str = ""
    sound: str = ""
    strip: str = ""
    style: str = ""
    seed: int = 0
    start_frame: float | None = None
    start_s: float = 0.0
    end_s: float | None = None
    amounts: tuple[tuple[str, float], ...] = ()
    cues: tuple[tuple[float, str], ...] = ()
    outputs: tuple[str, ...] = ()
    problem: str = ""

    def fingerprint(self, *circumstances: object) -> str:
        """Sum up all that the line's result depends on, apart from its place in the table."""
        fields = dataclasses.asdict(self)
        del fields["number"], fields["problem"]
        text = json.dumps([fields, *circumstances], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
