"""Let Blender's sound library decode containers that the bundled backend cannot read."""

from __future__ import annotations

import importlib
import wave
from pathlib import Path
from typing import Any

import numpy as np

from ..inference_backend.contract import BadSound


def to_wav(source: Path, wav: Path, start_s: float, duration_s: float | None) -> None:
    """Write an excerpt of a sound or film as a WAV file; slow, touches no Blender data. Raises BadSound."""
    try:
        aud: Any = importlib.import_module("aud")
    except ImportError as error:
        raise BadSound(
            f"This Blender cannot read {source.suffix} files; convert {source.name} to WAV and choose that."
        ) from error
    end_s = start_s + duration_s if duration_s is not None else -1.0
    try:
        sound = aud.Sound(str(source)).rechannel(1).limit(0.0, end_s)
        rate = int(sound.specs[0])
        samples = sound.data()[round(start_s * rate) :, 0]  # to seek in a compressed stream is not exact
    except (aud.error, OSError) as error:
        raise BadSound(f"{source.name} has no sound that can be read; choose another file.") from error
    _write(wav, samples, rate)


def _write(wav: Path, samples: np.ndarray, rate: int) -> None:
    """Write mono samples, 16 bits each; aud's own writer repeats the end."""
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes())
