"""Who speaks and what: a voice drawn by engine and language, a line in its language, spoken in a manner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..stage import StageFailed
from . import languages, manners, texts, voices
from .delivery import Manner, with_halts
from .track import Track, from_spoken
from .voices import Voice

_FOREIGN_SHARE = 0.3
# How often each engine speaks English: sound quality against cost (clustergen and HTS voices take ten times as long).
_ENGLISH = {"flite:kal16": 0.15, "flite:slt": 0.075, "flite:rms": 0.075, "flite:awb": 0.075,
            "festival:kal_diphone": 0.14, "festival:ked_diphone": 0.04,
            "festival:cmu_us_slt_arctic_hts": 0.045}  # fmt: skip
_ESPEAK_ENGLISH = 0.4
_FESTIVAL_FOREIGN = 0.35  # of the languages that festival speaks too


@dataclass(frozen=True)
class Cast:
    """A track as somebody said it, with what it was and who."""

    track: Track
    text: str
    speaker: str
    language: str
    licence: str
    provenance: dict[str, Any]
    held_out: bool = False
    tract: float = 1.0


@lru_cache(maxsize=1)
def _by_language() -> dict[str, tuple[Voice, ...]]:
    found: dict[str, list[Voice]] = {}
    for voice in voices.catalogue():
        found.setdefault(voice.language, []).append(voice)
    return {language: tuple(v) for language, v in found.items()}


def draw_voice(rng: np.random.Generator, english: bool = False) -> Voice:
    """Draw a voice of this machine. Raises MienError where there is none."""
    found = _by_language()
    if not found:
        raise StageFailed("No speech engine is installed; install flite, espeak-ng or festival to make speech.")
    foreign = [language for language in found if language != "en"]
    if "en" not in found or (foreign and not english and rng.random() < _FOREIGN_SHARE):
        return _draw(found[foreign[rng.integers(len(foreign))]], rng, _FESTIVAL_FOREIGN)
    choices = found["en"]
    weights = np.array([_ENGLISH.get(v.name, 0.0) for v in choices])
    espeaks = np.array([v.engine == "espeak" and not v.whispers for v in choices])
    weights += espeaks * _ESPEAK_ENGLISH / max(1, espeaks.sum())
    return choices[rng.choice(len(choices), p=weights / weights.sum())]


def _draw(choices: Sequence[Voice], rng: np.random.Generator, festival_share: float) -> Voice:
    own = [v for v in choices if v.engine == "festival"]
    others = [v for v in choices if v.engine != "festival"]
    if own and (not others or rng.random() < festival_share):
        return own[rng.integers(len(own))]
    return others[rng.integers(len(others))]


def _pitched(voice: Voice) -> bool:
    """Tell whether a voice follows a wish for its pitch; others get it by a shorter vocal tract."""
    return voice.engine == "espeak" or voice.name.partition(":")[2] in ("kal16", "slt", "kal_diphone", "ked_diphone")


def speech(manner: Manner, rng: np.random.Generator, characters: float = 0.0, voice: Voice | None = None) -> Cast:
    """Let a drawn voice speak a drawn line in a manner, with a drawn vocal tract."""
    voice = voice or draw_voice(rng)
    english = voice.language == "en"
    characters = characters or float(np.clip(rng.lognormal(np.log(56), 0.4), 18, 140))
    characters /= manner.stretch**0.6
    text = texts.passage(rng, characters) if english else languages.line(voice.language, rng, characters)
    if manner.halts:
        text = with_halts(text, manner.halts, english, rng)
    tract = float(np.clip(rng.normal(1.0, 0.1), 0.85, 1.2)) if rng.random() < 0.75 else 1.0
    if not _pitched(voice):
        tract = float(np.clip(tract / manner.pitch**0.6, 0.8, 1.2))
    stretch = float(np.clip(manner.stretch, 0.55, 1.7))
    spoken = voices.speak(voice.name, [text], stretch / tract, manner.pitch, manner.spread)[0]
    track = manners.tilted(from_spoken(spoken, tract), manner.bright_db)
    provenance = {"kind": "speech", "voice": voice.name, "tract": round(tract, 3), "stretch": round(stretch, 3),
                  "pitch": round(manner.pitch, 3), "spread": round(manner.spread, 3)}  # fmt: skip
    return Cast(track, text, voice.name, voice.language, voice.licence, provenance, voice.held_out, tract)
