"""Clips and sections: what the gallery shows, before anything of it is made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

OURS = "Mien"


@dataclass(frozen=True)
class Clip:
    """A film: a line (a key of LINES) said in a voice, performed in a style, on one of the cast.

    by names the performer: OURS, a baseline, or "teacher", whose performance serves as reference. reference names
    the line and voice of such a performance, whose style is transferred. caption is what the page says below the film
    where it is not the style, heading what it says above.
    """

    line: str
    voice: str
    style: str
    member: str
    by: str = OURS
    reference: tuple[str, str] | None = None
    strength: float = 1.0
    seed: int = 0
    heading: str = ""
    caption: str = ""

    @property
    def sound(self) -> str:
        """Name of its sound."""
        return f"{self.line}-{self.voice}"

    def name(self, look: str) -> str:
        """Name of its film: another style, sound, face or `look` (of the renderer and the weights) is another film."""
        what = {key: value for key, value in asdict(self).items() if key not in ("heading", "caption")}
        digest = hashlib.sha256(json.dumps([what, look], sort_keys=True).encode()).hexdigest()
        return f"{self.member}-{self.line}-{digest[:10]}"


@dataclass(frozen=True)
class Section:
    """Films that are watched side by side, and what to look for in them."""

    key: str
    title: str
    text: str
    clips: tuple[Clip, ...]
    together: bool = False  # one sound for all: played at once, one of them is heard
