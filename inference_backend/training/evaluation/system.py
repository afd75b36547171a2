"""What is evaluated: the generator and the baselines beside it, all asked in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...contract import Request, Take
from ...data_engine.speech.phones import Phone
from ...data_engine.speech.track import Event, Track
from ...generator import features
from ...generator.pipeline import Generator
from ...generator.sound import Sound
from ..baselines.baseline import Baseline
from ..baselines.viseme_rules import KnownPhones

FPS = 50.0
System = Baseline


class Mien:
    """The style generator as one system among others."""

    def __init__(self, generator: Generator, name: str = "mien"):
        self.generator, self.name = generator, name

    def generate(self, heard: Sound, request: Request, on_progress=None) -> Take:
        """Perform a sound."""
        return self.generator.generate(heard, request)


@dataclass(frozen=True, eq=False)
class Line:
    """A sound to perform, with its phones and events, and the voice or corpus that it counts for."""

    track: Track
    group: str = ""
    held_out_voice: bool = False

    @cached_property
    def sound(self) -> Sound:
        """Give the sound as the generator takes it."""
        return Sound(self.track.samples)

    @cached_property
    def mel(self) -> np.ndarray:
        """Features of the sound [2T, 80]."""
        return features.log_mel(self.track.samples)

    @property
    def phones(self) -> list[Phone]:
        """Phones of the sound."""
        return self.track.phones

    @property
    def events(self) -> list[Event]:
        """Events of the sound."""
        return self.track.events


def perform(system: System, line: Line, style: str = "", seed: int = 0, **amounts) -> Take:
    """Let a system perform a line at 50 frames a second."""
    told = getattr(system, "phones_of", None)
    if isinstance(told, KnownPhones):
        told.tell(line.sound, line.phones)
    return system.generate(line.sound, Request(style=style, seed=seed, fps=FPS, **amounts))
