"""Read the sound of a performance: any file that animators have, as mono float32 at 16 kHz."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..contract import MAX_SOUND_S, MIN_SOUND_S, BadSound
from .decoders import Stream, opener
from .sample_rate import RateConverter

SAMPLE_RATE = 16000


@dataclass(frozen=True)
class Sound:
    """Mono sound, float32 [N] at 16 kHz."""

    samples: np.ndarray

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


def read(source: Path | BinaryIO, start_s: float = 0.0, duration_s: float | None = None) -> Sound:
    """Read a sound or an excerpt of it; raise BadSound with what to do where it is not usable.

    Sample i of the result lies at start_s + i / 16000 seconds of the file. The excerpt ends with the file where
    duration_s reaches further.
    """
    with _opened(source) as (file, name):
        stream = opener()(file, name, start_s)
        _check_declared(stream, name, start_s, duration_s)
        samples = _collect(stream, name, start_s, duration_s)
    if len(samples) < MIN_SOUND_S * SAMPLE_RATE:
        raise BadSound(f"{name} has only {len(samples) / SAMPLE_RATE:.3f} s of sound there; at least 0.05 s is needed.")
    return Sound(samples)


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    """Open a path, or pass an open file on, with its name for messages."""
    if not isinstance(source, str | Path):
        yield source, Path(str(getattr(source, "name", "") or "The sound")).name
        return
    path = Path(source)
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise BadSound(f"There is no file {path}; check the path.") from error
    except IsADirectoryError as error:
        raise BadSound(f"{path} is a folder; choose a sound file in it.") from error
    except PermissionError as error:
        # Windows says so of folders too.
        if path.is_dir():
            raise BadSound(f"{path} is a folder; choose a sound file in it.") from error
        raise BadSound(f"{path} may not be read; change its permissions or copy it elsewhere.") from error
    except (OSError, ValueError) as error:
        raise BadSound(f"{path} cannot be opened ({error}); check the path.") from error
    with file:
        if path.stat().st_size == 0:
            raise BadSound(f"{path.name} is empty (0 bytes); export or copy it again.")
        yield file, path.name


def _check_declared(stream: Stream, name: str, start_s: float, duration_s: float | None) -> None:
    """Refuse what is too long or starts too late by the file's own word, before decoding it."""
    if stream.duration_s and start_s >= stream.duration_s:
        raise _starts_late(name, start_s, stream.duration_s)
    wanted_s = (stream.duration_s or 0.0) - start_s
    if duration_s is not None:
        wanted_s = min(wanted_s, duration_s)
    if wanted_s > MAX_SOUND_S:
        raise _too_long(name)


def _too_long(name: str) -> BadSound:
    minutes = MAX_SOUND_S / 60
    return BadSound(f"{name} is longer than {minutes:.0f} minutes; cut it, or give a start and a duration.")


def _starts_late(name: str, start_s: float, end_s: float) -> BadSound:
    return BadSound(f"The excerpt starts at {start_s:g} s, but {name} ends at {end_s:.2f} s; start earlier.")


def _collect(stream: Stream, name: str, start_s: float, duration_s: float | None) -> np.ndarray:
    """Decode, resample and cut out the excerpt: float32 [N] at 16 kHz."""
    first = round(start_s * SAMPLE_RATE)
    stop = first + int(MAX_SOUND_S * SAMPLE_RATE) + 1
    if duration_s is not None:
        stop = min(stop, first + round(duration_s * SAMPLE_RATE))
    position = stream.first_s * SAMPLE_RATE
    grown = array("f")  # grows where it lies: an hour's pieces beside their whole would take twice its memory
    for piece in _at_sample_rate(stream, name):
        grown.frombytes(piece[max(0, first - position) : max(0, stop - position)].tobytes())
        position += len(piece)
        if position >= stop:
            break
    samples = np.frombuffer(grown, np.float32) if grown else np.empty(0, np.float32)
    if len(samples) > MAX_SOUND_S * SAMPLE_RATE:
        raise _too_long(name)
    if position == 0 and stop > first:
        raise BadSound(f"{name} holds no sound (zero length); record or export it again.")
    if position <= first and stop > first:
        raise _starts_late(name, start_s, position / SAMPLE_RATE)
    return samples


def _at_sample_rate(stream: Stream, name: str) -> Iterator[np.ndarray]:
    converter = RateConverter(stream.rate, SAMPLE_RATE)
    for block in stream.blocks:
        if not np.isfinite(block).all():
            raise BadSound(f"{name} holds NaN or infinite samples; export it again as 16-bit wav.")
        yield converter.push(block)
    yield converter.finish()
