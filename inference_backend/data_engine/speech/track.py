"""A track: 16 kHz samples with phones and events that move together when it is cut, joined, mixed or warped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np
from scipy.signal import resample_poly

from ...generator.features import SAMPLE_RATE
from .phones import SILENCE, Phone
from .spoken import Spoken

EventKind = Literal["laugh", "sob", "breath_in", "sniff", "note", "beat", "swallow"]


class Event(NamedTuple):
    """Something a body does from start_s to end_s of a sound: a burst of laughter, a sung note, a beat of the music."""

    start_s: float
    end_s: float
    kind: EventKind


@dataclass(frozen=True)
class Track:
    """Samples float32 [N] at 16 kHz, the phones said in them, and the events; both in the order of their starts."""

    samples: np.ndarray
    phones: list[Phone] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / SAMPLE_RATE

    def sounding(self, samples: np.ndarray) -> Track:
        """Give the track with other samples of the same length."""
        return replace(self, samples=samples.astype(np.float32, copy=False))

    def scaled(self, ratio: float) -> Track:
        """Play slower by ratio: longer, lower, and from a longer vocal tract."""
        if ratio == 1.0:
            return self
        count = round(len(self.samples) * ratio)
        at = np.arange(count, dtype=np.float32) / np.float32(ratio)
        samples = np.interp(at, np.arange(len(self.samples)), self.samples).astype(np.float32)
        return Track(samples, _timed(self.phones, lambda t: t * ratio), _timed(self.events, lambda t: t * ratio))

    def warped(self, new_s: np.ndarray, old_s: np.ndarray) -> Track:
        """Move the instants old_s to new_s, both rising from 0 to the end, linear between; pitch bends with time."""
        count = round(float(new_s[-1]) * SAMPLE_RATE)
        at = np.interp(np.arange(count) / SAMPLE_RATE, new_s, old_s) * SAMPLE_RATE
        samples = np.interp(at, np.arange(len(self.samples)), self.samples).astype(np.float32)
        move = lambda t: float(np.interp(t, old_s, new_s))  # noqa: E731
        return Track(samples, _timed(self.phones, move), _timed(self.events, move))

    def gaps(self, least_s: float = 0.05) -> list[tuple[float, float]]:
        """List the inner silences that last least_s or more."""
        long = [p for p in self.phones if p.name == SILENCE and p.end_s - p.start_s >= least_s]
        return [(p.start_s, p.end_s) for p in long if p.start_s > 0.01 and p.end_s < self.seconds - 0.01]


def silence(seconds: float) -> Track:
    """Make a silent track."""
    return Track(np.zeros(round(seconds * SAMPLE_RATE), np.float32), [Phone(0.0, seconds, SILENCE)] if seconds else [])


def from_spoken(spoken: Spoken, ratio: float = 1.0) -> Track:
    """Bring a synthesized sound to 16 kHz, scaled by ratio."""
    return Track(resampled(spoken.samples, spoken.rate, SAMPLE_RATE), list(spoken.phones)).scaled(ratio)


def resampled(samples: np.ndarray, source_hz: int, target_hz: int) -> np.ndarray:
    """Bring mono samples [N] to another rate, without moving them in time; float32."""
    if source_hz == target_hz:
        return samples
    common = int(np.gcd(source_hz, target_hz))
    return resample_poly(samples, target_hz // common, source_hz // common).astype(np.float32)


def join(tracks: Sequence[Track]) -> Track:
    """Put tracks one after another."""
    phones: list[Phone] = []
    events: list[Event] = []
    start = 0.0
    for track in tracks:
        offset = start
        phones += _timed(track.phones, lambda t, by=offset: t + by)
        events += _timed(track.events, lambda t, by=offset: t + by)
        start += track.seconds
    return Track(np.concatenate([t.samples for t in tracks]), phones, events)


def cut(track: Track, start_s: float, end_s: float) -> Track:
    """Take the part from start_s to end_s; phones and events that cross its edges are cut there."""
    inside = lambda t: min(max(t, start_s), end_s) - start_s  # noqa: E731
    phones = [p for p in _timed(track.phones, inside) if p.end_s > p.start_s]
    events = [e for e in _timed(track.events, inside) if e.end_s > e.start_s]
    return Track(track.samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)], phones, events)


def insert(track: Track, pieces: Sequence[tuple[float, Track]]) -> Track:
    """Open a track at some instants, rising, and put another track into each."""
    parts: list[Track] = []
    before = 0.0
    for at_s, piece in pieces:
        at_s = round(at_s * SAMPLE_RATE) / SAMPLE_RATE
        parts += [cut(track, before, at_s), piece]
        before = at_s
    return join([*parts, cut(track, before, track.seconds)])


def _timed(rows: Sequence, move) -> list:
    return [row._replace(start_s=move(row.start_s), end_s=move(row.end_s)) for row in rows]
