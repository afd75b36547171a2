"""How long a job still takes, from how far it is. No bpy here."""

from __future__ import annotations

import math

_SETTLED_S = 0.5
_SETTLED = 0.03
_CALM = 0.3
"""Share by which a new estimate moves the one that is shown."""

UNKNOWN = -1.0

_PHASES = {
    "starting the backend": "Starting Mien's backend",
    "loading": "Loading the model",
    "reading": "Reading the sound",
    "waiting": "Waiting for other takes",
}


class Forecast:
    """Watches the progress of one job; time counts from the first step that is more than a beginning."""

    def __init__(self) -> None:
        self._began_s: float | None = None
        self._first = 0.0
        self._end_s: float | None = None

    def told(self, fraction: float, now_s: float) -> None:
        """Take in how far the job is at a time of a steady clock."""
        if fraction <= 0.0:
            return
        if self._began_s is None:
            self._began_s, self._first = now_s, fraction
            return
        gone_s, done = now_s - self._began_s, fraction - self._first
        if gone_s < _SETTLED_S or done < _SETTLED:
            return
        end_s = self._began_s + gone_s * (1.0 - self._first) / done
        self._end_s = end_s if self._end_s is None else self._end_s + _CALM * (end_s - self._end_s)

    def left_s(self, now_s: float) -> float:
        """Seconds that are left; UNKNOWN while nobody can tell."""
        return UNKNOWN if self._end_s is None else max(0.0, self._end_s - now_s)


def told(phase: str, left_s: float) -> str:
    """Say a phase and the time that is left: 'Acting, 1 min 20 s left'."""
    words = _PHASES.get(phase, phase.capitalize())
    return words if left_s < 0.0 else f"{words}, {duration(left_s)} left"


def duration(seconds: float) -> str:
    """Write a time as people say it, rounded up: 4 s, 25 s, 1 min 20 s, 12 min."""
    whole = max(1, math.ceil(seconds))
    if whole > 20:
        whole = math.ceil(whole / 5) * 5
    minutes, rest = divmod(whole, 60)
    if minutes >= 10:
        return f"{minutes + (rest > 0)} min"
    return f"{minutes} min {rest} s" if minutes and rest else f"{minutes} min" if minutes else f"{rest} s"
