"""Let Blender's sound library decode containers that the bundled backend cannot read."""

from __future__ import annotations

from pathlib import Path

from ..inference_backend.contract import BadSound


def to_wav(source: Path, wav: Path, start_s: float, duration_s: float | None) -> None:
    """Write an excerpt of a sound or film as a WAV file; slow, touches no Blender data. Raises BadSound."""
    try:
        import aud
    except ImportError as error:
        raise BadSound(
            f"This Blender cannot read {source.suffix} files; convert {source.name} to WAV and choose that."
        ) from error
    try:
        sound = aud.Sound(str(source))
        if start_s > 0 or duration_s is not None:
            sound = sound.limit(start_s, start_s + duration_s if duration_s is not None else -1.0)
        rate, _ = sound.specs
        sound.write(
            str(wav), int(rate), aud.CHANNELS_MONO, aud.FORMAT_FLOAT32, aud.CONTAINER_WAV, aud.CODEC_PCM, 0, 1 << 16
        )
    except (aud.error, OSError) as error:
        raise BadSound(f"{source.name} has no sound that can be read; choose another file.") from error
