"""Where the time of a take goes: listening and acting take turns, so the networks' calls themselves are timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from ..generator.networks import Networks


class StageClock:
    """Adds up the seconds spent in each stage; what is spent in a stage within another is not the outer one's."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._now = now
        self._stage: str | None = None
        self._since = now()

    @contextmanager
    def inside(self, stage: str) -> Iterator[None]:
        """Count the time within as the stage's."""
        outer = self._stage
        self._enter(stage)
        try:
            yield
        finally:
            self._enter(outer)

    def _enter(self, stage: str | None) -> None:
        now = self._now()
        if self._stage is not None:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now


class TimedNetworks(Networks):
    """The networks, with a clock that their calls are timed by."""

    clock = StageClock()

    def listen(self, mel: np.ndarray, on_window: Callable[[], None]) -> tuple[np.ndarray, np.ndarray]:
        """Listen as Networks does."""
        with self.clock.inside("listening"):
            return super().listen(mel, on_window)

    def read_style(self, text: str) -> np.ndarray:
        """Read a style text as Networks does."""
        with self.clock.inside("reading the style"):
            return super().read_style(text)

    def act(
        self, noisy: np.ndarray, time: float, audio: np.ndarray, styles: np.ndarray, strength: np.ndarray
    ) -> np.ndarray:
        """Act as Networks does."""
        with self.clock.inside("acting"):
            return super().act(noisy, time, audio, styles, strength)
