"""Every voice that this machine can speak with, in every language: flite, espeak-ng and festival.

The engines are build tools: what ships is motion and weights. Engines and voices that are not installed are simply not
listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ...contract import MienError
from . import espeak, festival, flite
from .languages import SENTENCES
from .spoken import Spoken, shift_labels

__all__ = ["Spoken", "Voice", "available", "catalogue", "speak"]

HELD_OUT_VOICES = ("festival:ked_diphone", "espeak:en-us+f5")
# Labels run ahead of the sound by a constant of the voice (seconds), measured on sibilants and vowel onsets.
_FLITE_LAG_S = {"kal16": 0.005, "rms": 0.005, "awb": 0.005, "slt": 0.015}
# The variants that `available` lists for American English; `catalogue` has more.
_COMMON_VARIANTS = ("", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+klatt",
                    "+klatt2", "+klatt3", "+klatt4", "+whisper", "+croak", "+Annie", "+Andy", "+Denis",
                    "+steph")  # fmt: skip
_WHISPERS = ("+whisper", "+whisperf")
_VARIANTS = (*_COMMON_VARIANTS, "+whisperf", "+m8", "+klatt5", "+klatt6", "+adam", "+Alex", "+Alicia", "+Andrea",
             "+anika", "+antonio", "+aunty", "+belinda", "+benjamin", "+boris", "+caleb", "+david", "+ed", "+edward",
             "+Gene", "+grandma", "+grandpa", "+gustave", "+Henrique", "+Hugo", "+Jacky", "+john", "+kaukovalta",
             "+Lee", "+linda", "+marcelo", "+Marco", "+Mario", "+max", "+Michael", "+michel", "+miguel", "+Mike",
             "+norbert", "+pablo", "+paul", "+pedro", "+quincy", "+rob", "+robert", "+sandro", "+shelby", "+Storm",
             "+travis", "+victor", "+zac")  # fmt: skip
_ACCENTS = ("en-029", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-gb-x-rp", "en")
_FOREIGN_VARIANTS = ("", "+m1", "+m3", "+m7", "+f1", "+f2", "+f3", "+f4", "+klatt", "+klatt3", "+Annie", "+max",
                     "+steph", "+michel", "+linda", "+john", "+Andrea", "+edward")  # fmt: skip
# espeak-ng's tags of the languages whose sentences have another.
_TAGS = {"pt": "pt-br", "zh": "cmn-latn-pinyin", "es-mx": "es-419", "fr-ca": "fr-ch", "vi-s": "vi-vn-x-south"}


@dataclass(frozen=True)
class Voice:
    """A voice: engine:name, the language that it speaks, its licence, and whether it is kept for measuring."""

    name: str
    language: str
    licence: str
    held_out: bool = False

    @property
    def engine(self) -> str:
        """flite, espeak or festival."""
        return self.name.partition(":")[0]

    @property
    def whispers(self) -> bool:
        """Tell whether the voice knows but whispering."""
        return self.name.endswith(_WHISPERS)


@lru_cache(maxsize=1)
def catalogue() -> tuple[Voice, ...]:
    """List the voices of this machine, in every language for which there are sentences."""
    voices = [Voice(f"flite:{v}", "en", "BSD-like (CMU)") for v in flite.VOICES if flite.installed(v)]
    if espeak.installed():
        names = [(f"en-us{variant}", "en") for variant in _VARIANTS] + [(f"{accent}{v}", "en") for accent in _ACCENTS
                                                                      for v in ("", "+f2", "+m3", "+f4")]  # fmt: skip
        names += [(_TAGS.get(tag, tag) + v, tag) for tag in SENTENCES for v in _FOREIGN_VARIANTS]
        voices += [Voice(f"espeak:{name}", language, "GPL-3.0-or-later") for name, language in names]
    voices += [
        Voice(f"festival:{n}", v.language, v.licence) for n, v in festival.VOICES.items() if festival.installed(n)
    ]
    return tuple(Voice(v.name, v.language, v.licence, v.name in HELD_OUT_VOICES) for v in voices)


def available() -> list[str]:
    """Names of the voices of American English that this machine can speak with, as engine:voice."""
    names = [f"flite:{v}" for v in flite.VOICES if flite.installed(v)]
    if espeak.installed():
        names += [f"espeak:en-us{variant}" for variant in _COMMON_VARIANTS]
    return names + [f"festival:{n}" for n, v in festival.VOICES.items() if v.language == "en" and festival.installed(n)]


def speak(voice: str, texts: list[str], stretch: float = 1.0, pitch: float = 1.0, spread: float = 1.0) -> list[Spoken]:
    """Speak texts with a voice; stretch > 1 is slower, pitch > 1 is higher, spread > 1 moves the pitch further.

    Raises MienError for an absent voice.
    """
    engine, _, name = voice.partition(":")
    installed = {"flite": flite.installed, "festival": festival.installed, "espeak": lambda _: espeak.installed()}
    if engine not in installed or not installed[engine](name):
        raise MienError(f"The voice {voice} is not installed; install its engine ({engine}) or choose another voice.")
    module = {"flite": flite, "espeak": espeak, "festival": festival}[engine]
    lag = festival.VOICES[name].lag_s if engine == "festival" else _FLITE_LAG_S.get(name, 0.0)
    return [shift_labels(module.speak(name, text, stretch, pitch, spread), lag) for text in texts]
