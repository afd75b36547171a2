"""Invent small stage folders: real FLAC and npz files, made-up sounds and curves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from inference_backend.contract import CHANNELS, INDEX, Take
from inference_backend.data_engine.clip import Clip, Performance, making_of, write_part, write_performance, write_sound
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt
from inference_backend.data_engine.speech.phones import Phone

EMOTIONS = ("happy", "sad", "angry", "calm", "afraid", "proud", "tearful", "neutral")
SUBJECTS = ("woman", "old man", "girl", "pilot", "male professor", "nurse")
VOICES = [f"flite:v{i}" for i in range(12)] + [f"espeak:v{i}" for i in range(12)]


def clip(number: int, folder: Path, seconds: float = 1.0, **changes) -> Clip:
    """Invent a clip and write its media."""
    rng, frames = np.random.default_rng(number), round(seconds * 50)
    pick = lambda values: str(values[int(rng.integers(len(values)))])  # noqa: E731
    emotion, subject = pick(EMOTIONS), pick(SUBJECTS)
    opening = np.clip(gaussian_filter1d(rng.normal(size=frames), 3) * 2, 0, 0.5)
    values = np.zeros((frames, len(CHANNELS)), np.float32)
    values[:, INDEX["jawOpen"]], values[:, INDEX["browInnerUp"]] = opening, 0.2
    values[:, INDEX["mouthSmileLeft"]] = values[:, INDEX["mouthSmileRight"]] = 0.4 * (emotion == "happy")
    head = (gaussian_filter1d(rng.normal(size=(frames, 3)), 12, axis=0) * 0.3).astype(np.float32)
    name = f"clip-{number:06d}"
    sound = np.repeat(opening, 320) * rng.normal(size=frames * 320)
    attributes = Attributes(
        subject=subject,
        emotion=emotion,
        feeling=emotion,
        level=float(rng.uniform(0.2, 1)),
        intensity=pick(("", "slightly", "very")),
        delivery=pick(("", "calm", "lively", "hurried")),
        gaze=pick(("", "forward", "away", "down")),
        head=pick(("", "nod", "shake", "tilt")),
        vocal=pick(("speaks", "speaks", "whispers", "laughs", "sings")),
    )
    made = Clip(
        id=name,
        prompt=Prompt(f"a {subject}, {emotion}, number {number}", attributes, "plain"),
        text="so the pilot bought a map",
        speaker=pick(VOICES),
        language=pick(("en-us", "en-gb", "de")),
        licence="CC0",
        duration_s=seconds,
        phones=(Phone(0.0, 0.3, "SIL"), Phone(0.3, seconds, "AA")),
        sound=write_sound(sound.astype(np.float32), folder / f"{name}.flac"),
        motion=write_performance(
            Performance(Take(50.0, values, head), np.ones(frames, np.float32)), folder / f"{name}.npz"
        ),
        provenance={"source": "tts", "teacher": "procedural", "captured": False, "attribution": "the voices' authors"},
    )
    return made.replace(**changes)


def stage(folder: Path, clips: int, seconds: float = 1.0, per_part: int = 16, **changes) -> Path:
    """Invent a finished stage folder."""
    for start in range(0, clips, per_part):
        part = folder / f"part-{start // per_part:05d}"
        making_of(part).mkdir(parents=True)
        numbers: Iterable[int] = range(start, min(clips, start + per_part))
        write_part([clip(i, making_of(part), seconds, **changes) for i in numbers], part)
    (folder / "done").touch()
    return folder
