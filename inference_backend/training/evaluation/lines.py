"""Sounds to measure on: held-out sentences of this machine's voices, and held-out recordings with aligned phones."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from ...data_engine.speech import texts, voices
from ...data_engine.speech.recordings import LABELS, phrases_of
from ...data_engine.speech.track import from_spoken, join, silence
from .stage import Skipped
from .system import Line

# Voices of all three engines; those that training never heard come first.
VOICES = ("festival:ked_diphone", "espeak:en-us+f5", "flite:slt", "flite:rms", "flite:kal16")
_TRAINING_VOICES = (
    "flite:awb",
    "flite:kal16",
    "espeak:en-us",
    "espeak:en-us+f2",
    "espeak:en-us+m3",
    "festival:kal_diphone",
)
_LONGEST_S = 10.0  # of one recording


@lru_cache(maxsize=16)
def spoken(voice: str, sentences: tuple[str, ...]) -> tuple[Line, ...]:
    """Speak sentences with one voice, a little silence around each; nothing where the voice is not installed."""
    if voice not in voices.available():
        return ()
    held_out = voice in voices.HELD_OUT_VOICES
    tracks = [from_spoken(s) for s in voices.speak(voice, list(sentences))]
    around = [join([silence(0.15), track, silence(0.25)]) for track in tracks]
    return tuple(Line(track, voice, held_out) for track in around)


def held_out(sentences: int = len(texts.HELD_OUT), names: tuple[str, ...] = VOICES) -> list[Line]:
    """Held-out sentences by several voices."""
    return [line for name in names for line in spoken(name, texts.HELD_OUT[:sentences])]


def one() -> Line:
    """Give one held-out sentence of a clear voice; raises Skipped where no voice is installed."""
    for name in (VOICES[2], *VOICES):
        if chosen := held_out(1, (name,)):
            return chosen[0]
    raise Skipped("no speech engine is installed: flite, espeak-ng or festival")


def recorded(folder: Path, corpus: str, limit: int) -> list[Line]:
    """Held-out phrases of a recorded corpus with aligned phones; none where it is absent."""
    if not (folder / corpus / LABELS).is_file():
        return []
    phrases = [
        p for p in phrases_of(corpus, folder / corpus) if p.split == "measure" and p.end_s - p.start_s < _LONGEST_S
    ]
    return [Line(phrase.track(), corpus) for phrase in phrases[:: max(1, len(phrases) // limit)][:limit]]


@lru_cache(maxsize=2)
def taught(sentences_a_voice: int, seed: int) -> tuple[Line, ...]:
    """Other sentences by other voices: sounds that the judges of style are trained on."""
    rng = np.random.default_rng(seed)
    lines: list[Line] = []
    for name in _TRAINING_VOICES:
        lines += spoken(name, tuple(texts.sentence(rng) for _ in range(sentences_a_voice)))
    return tuple(lines)
