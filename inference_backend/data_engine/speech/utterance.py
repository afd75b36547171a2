"""An utterance: a sound with exact phones, and what happens in it besides the phones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..prompts.prompt import Attributes
from .phones import SILENCE, Phone
from .track import Event, EventKind, Track, join, silence

__all__ = ["Event", "EventKind", "Utterance", "utter", "wordless"]

_WORDLESS_SHARE = 0.025
_LONGEST_S = 14.0
_FLOOR = 3e-5  # a noise floor, so that an engine's exact zeros do not come to mean closed lips


@dataclass(frozen=True)
class Utterance:
    """A sound float32 [N], mono, 16 kHz, with its phones, the voice that made it, and whether it is kept for measuring.

    phones cover the sound without holes. events come in the order of their starts: "laugh" is one "ha", "sob" one
    jerking in-breath, "note" one sung vowel, "beat" the short mark of a beat of music.
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


def utter(attributes: Attributes, rng: np.random.Generator, recordings=None) -> Utterance:
    """Make a sound as the attributes ask: voice, line, tempo, pitch, vocal activity; near and dry, without a room.

    recordings is a Recordings or None. Now and then there is no voice at all, whatever was asked for. The same
    generator state gives the same bytes. Raises MienError where no speech engine is installed.
    """
    from . import activities  # it draws on Utterance's neighbours, and takes a while to import

    if rng.random() < _WORDLESS_SHARE:
        return wordless(rng)
    activity = activities.ACTIVITIES.get(attributes.vocal, activities.speaks)
    return _finished(activity(attributes, rng, recordings), rng)


def wordless(rng: np.random.Generator) -> Utterance:
    """Make music, noise or silence, to which no mouth should move."""
    from . import activities

    return _finished(activities.wordless(rng), rng)


def _finished(cast, rng: np.random.Generator) -> Utterance:
    """Put silence around a sound and a noise floor under it, and let its phones cover it."""
    before = silence(rng.uniform(0.08, 0.5))
    track = join([before, _shortened(cast.track), silence(rng.uniform(0.1, 0.6))])
    samples = track.samples + _FLOOR * rng.standard_normal(len(track.samples), np.float32)
    samples = np.clip(samples, -0.999, 0.999).astype(np.float32)
    events = sorted(Event(e.start_s, min(e.end_s, track.seconds), e.kind) for e in track.events)
    return Utterance(samples, _covering(track), cast.text, cast.speaker, cast.language, cast.licence,
                     {**cast.provenance, "begins_s": before.seconds}, cast.held_out, events)  # fmt: skip


def _shortened(track: Track) -> Track:
    """End a track that is too long in its last pause that is not."""
    from .track import cut

    if track.seconds <= _LONGEST_S:
        return track
    ends = [b for _, b in track.gaps(0.02) if b <= _LONGEST_S]
    return cut(track, 0.0, ends[-1] if ends else _LONGEST_S)


def _covering(track: Track) -> list[Phone]:
    """Phones without holes or overlaps from zero to the end, silences next to each other made one."""
    out: list[Phone] = []
    before = 0.0
    for phone in [*track.phones, Phone(track.seconds, track.seconds, SILENCE)]:
        start, end = max(before, min(phone.start_s, track.seconds)), min(phone.end_s, track.seconds)
        if start - before > 1e-4:
            out.append(Phone(before, start, SILENCE))
        elif out:
            start = before
        if end > start:
            out.append(Phone(start, end, phone.name))
            before = end
        else:
            before = max(before, start)
    merged: list[Phone] = []
    for phone in out:
        if merged and phone.name == SILENCE == merged[-1].name:
            merged[-1] = merged[-1]._replace(end_s=phone.end_s)
        else:
            merged.append(phone)
    return merged
