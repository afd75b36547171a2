"""What is said in the gallery, by which voice: synthesized here, so that every sound is our own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract import MienError
from ..data_engine.speech import music, singing, voices
from ..data_engine.speech.phones import Phone
from ..data_engine.speech.track import Track, from_spoken, join, silence

LEVEL = 0.08  # RMS
BEFORE_S, AFTER_S = 0.15, 0.25
BEAT_S = 0.5

LINES: dict[str, str] = {
    "promise": "I promised them that we would be home before dark.",
    "letter": "Did you open the letter? It came this morning.",
    "news": "Well, that is the news, and now you know it too.",
    "bread": "We bought bread, apples and a bottle of milk.",
    "weather": "Tomorrow will be warm, with some wind from the sea.",
    "question": "What do you mean, you never told me about it?",
    "story": "Once upon a time, a very small boat went to sea.",
    "yes": "Yes, of course I will, you know that I will.",
    "no": "No, I will not, and you should not ask me again.",
    "song": "Moon, show me my way home.",
    "tune": "",
}


@dataclass(frozen=True)
class Voice:
    """A voice: names of engines in order of preference, the length of its vocal tract, its pitch and its slowness."""

    engines: tuple[str, ...]
    tract: float = 1.0
    pitch: float = 1.0
    stretch: float = 1.0


VOICES: dict[str, Voice] = {
    "woman": Voice(("flite:slt", "festival:cmu_us_slt_arctic_hts", "espeak:en-us+f2")),
    "man": Voice(("flite:rms", "flite:kal16", "espeak:en-us+m3")),
    "presenter": Voice(("flite:rms", "flite:kal16", "espeak:en-us+m7"), tract=1.07, stretch=1.04),
    "grandmother": Voice(("flite:slt", "espeak:en-us+grandma"), tract=1.08, stretch=1.15),
    "grandfather": Voice(("flite:rms", "espeak:en-us+grandpa"), tract=1.12, stretch=1.15),
    "boy": Voice(("flite:slt", "espeak:en-us+f4"), tract=0.86),
    "girl": Voice(("flite:slt", "espeak:en-us+f3"), tract=0.82),
}


def say(line: str, voice: str, seed: int = 5) -> tuple[np.ndarray, list[Phone]]:
    """Make a sound, float32 [N] at 16 kHz, and its exact phones; raises MienError where no speech engine is installed.

    "song" is sung over music; "tune" is music alone.
    """
    rng = np.random.default_rng(seed)
    if line == "tune":
        track = music.accompaniment(3.0, BEAT_S, 165.0, "major", rng)
        return _level(track.samples, LEVEL), list(track.phones)
    track = _spoken(LINES[line], VOICES[voice])
    if line == "song":
        root_hz = 120.0 if voice in ("man", "presenter", "grandfather") else 220.0
        sung, scale = singing.sung_over(track, BEAT_S, root_hz, rng)
        track = singing.accompanied(sung, BEAT_S, root_hz, scale, rng)
    track = join([silence(BEFORE_S), track, silence(AFTER_S)])
    return _level(track.samples, LEVEL), list(track.phones)


def _spoken(text: str, voice: Voice) -> Track:
    installed = {found.name for found in voices.catalogue()}
    name = next((name for name in voice.engines if name in installed), None)
    if name is None:
        raise MienError("No speech engine is installed; install flite or espeak-ng to make the gallery's sounds.")
    return from_spoken(voices.speak(name, [text], voice.stretch / voice.tract, voice.pitch)[0], voice.tract)


def _level(samples: np.ndarray, rms: float) -> np.ndarray:
    loud = samples * (rms / (float(np.sqrt(np.mean(samples**2))) + 1e-9))
    return np.clip(loud, -0.99, 0.99).astype(np.float32)
