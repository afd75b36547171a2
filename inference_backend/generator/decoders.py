"""Open sound files of any kind as a stream of mono blocks: PyAV reads them all, soundfile the common ones."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from ..contract import MAX_SOUND_S, BadSound

log = logging.getLogger(__name__)

_GAP_S = 0.02
_EXACT_SEEK = {"wav", "w64", "aiff", "flac", "mov,mp4,m4a,3gp,3g2,mj2"}
_EXACT_LENGTH = {"wav", "aiff", "flac", "mov,mp4,m4a,3gp,3g2,mj2"}
_PADDED_AT_END = {"mov,mp4,m4a,3gp,3g2,mj2"}  # the last AAC frame is whole; the header knows where the sound ends
_NEEDS_PYAV = {".3gp", ".aac", ".ac3", ".avi", ".flv", ".m4a", ".m4b", ".m4v", ".mka", ".mkv", ".mov", ".mp4"}
_NEEDS_PYAV |= {".mpeg", ".mpg", ".mts", ".ts", ".webm", ".wma", ".wmv"}
_PREROLL_S = 1


@dataclass(frozen=True)
class Stream:
    """Mono float32 blocks at `rate`, from `first_s` (a whole second) to the end; duration_s as the file says."""

    rate: int
    first_s: int
    duration_s: float | None
    blocks: Iterator[np.ndarray]


def opener() -> Callable[[BinaryIO, str, float], Stream]:
    """Choose the best reader that is installed: a function of (file, name for messages, start_s)."""
    try:
        import av  # noqa: F401

        return open_with_pyav
    except ImportError:
        return open_with_soundfile


def open_with_pyav(file: BinaryIO, name: str, start_s: float = 0.0) -> Stream:
    """Open the first audio stream of a sound or movie file, times counted from the start of the movie."""
    import av.error

    try:
        # Playlists and the like must not make the decoder open anything else.
        container = av.open(file, mode="r", metadata_errors="ignore", options={"protocol_whitelist": "none"})
    except (av.error.FFmpegError, ValueError, UnicodeError) as error:
        raise _unreadable(name) from error
    if not container.streams.audio:
        raise BadSound(f"{name} has no audio stream; choose a sound file, or a movie with sound.")
    stream = container.streams.audio[0]
    rate = stream.rate or 0
    if rate <= 0:
        raise _unreadable(name)
    length_s = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
    if length_s is None and container.duration:
        length_s = container.duration / 1e6
    first_s = max(0, int(start_s) - _PREROLL_S)
    if first_s and container.format.name in _EXACT_SEEK:
        container.seek(int((container.start_time or 0) + first_s * 1e6))
    return Stream(rate, first_s, length_s, _pyav_blocks(container, name, first_s * rate, length_s))


def _pyav_blocks(container: Any, name: str, first: int, length_s: float | None) -> Iterator[np.ndarray]:
    """Yield mono blocks from sample `first` on; gaps in the time stamps become silence."""
    rate = container.streams.audio[0].rate
    start_s = (container.start_time or 0) / 1e6
    end = round(length_s * rate) if length_s and container.format.name in _PADDED_AT_END else sys.maxsize
    reached: int | None = None
    damage: list[str] = []
    for frame in _pyav_frames(container, name, damage):
        if frame.sample_rate != rate:
            raise BadSound(f"{name} changes its sample rate midway; convert it to wav.")
        index = round((frame.time - start_s) * rate) if frame.time is not None else reached or 0
        gap = index - (reached or 0)
        if reached is None:
            reached = int(min(index, first))
            gap = index - reached
        elif gap < _GAP_S * rate:
            gap = 0
        for samples in (*_silence(gap, rate, name), _mono(_as_float(frame))):
            yield samples[max(0, first - reached) : max(0, end - reached)]
            reached += len(samples)
    reached_s = (reached or 0) / rate
    is_length_exact = container.format.name in _EXACT_LENGTH or damage
    if length_s and is_length_exact and reached_s < length_s - max(0.5, 0.05 * length_s):
        raise BadSound(f"{name} breaks off after {reached_s:.1f} of {length_s:.1f} s; copy or export it again.")


def _pyav_frames(container: Any, name: str, damage: list[str]) -> Iterator[Any]:
    """Decode packet by packet; a few damaged ones are skipped, as players do, and noted in damage."""
    import av.error

    good = 0
    packets = container.demux(container.streams.audio[0])
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
        except StopIteration:
            break
        except (av.error.FFmpegError, ValueError) as error:
            damage.append(str(error))
            if isinstance(error, av.error.EOFError) or len(damage) > 20 + good:
                break
            continue
        good += len(frames)
        yield from frames
    if damage:
        log.warning("%s: %d damaged packets skipped, first: %s", name, len(damage), damage[0])
    if len(damage) > good / 10:
        raise BadSound(f"{name} is damaged; copy or export it again, or convert it to wav.")


def _as_float(frame: Any) -> np.ndarray:
    """Convert a decoded frame to float [n, channels], full scale 1."""
    samples = frame.to_ndarray()
    channels = len(frame.layout.channels)
    samples = samples.T if frame.format.is_planar else samples.reshape(-1, channels)
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128) / 128
    if samples.dtype.kind == "i":
        return samples.astype(np.float32) / float(2 ** (8 * samples.dtype.itemsize - 1))
    return samples


def _mono(samples: np.ndarray) -> np.ndarray:
    """Average all channels, whatever their layout: [n, channels] -> float32 [n]."""
    return samples.mean(axis=1, dtype=np.float32)


def _silence(count: int, rate: int, name: str) -> Iterator[np.ndarray]:
    if count > MAX_SOUND_S * rate:
        raise _unreadable(name)
    for start in range(0, count, rate):
        yield np.zeros(min(rate, count - start), np.float32)


def open_with_soundfile(file: BinaryIO, name: str, start_s: float = 0.0) -> Stream:
    """Open wav, flac, mp3, ogg, opus or aiff without PyAV."""
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise BadSound("No sound reader is installed; install soundfile or av (pip install av).") from error
    try:
        reader = soundfile.SoundFile(file)
    except (soundfile.LibsndfileError, RuntimeError, TypeError) as error:
        suffix = f".{name.rpartition('.')[2].lower()}"
        if suffix in _NEEDS_PYAV:
            raise BadSound(
                f"{name} needs the package av to be read: install it (pip install av), or convert the file to wav."
            ) from error
        raise _unreadable(name) from error
    first_s = min(max(0, int(start_s) - _PREROLL_S), reader.frames // reader.samplerate)
    if first_s:
        reader.seek(first_s * reader.samplerate)
    return Stream(reader.samplerate, first_s, reader.frames / reader.samplerate, _soundfile_blocks(reader, name))


def _soundfile_blocks(reader: Any, name: str) -> Iterator[np.ndarray]:
    try:
        while len(block := reader.read(reader.samplerate, dtype="float32", always_2d=True)):
            yield _mono(block)
    except RuntimeError as error:
        raise BadSound(f"{name} is damaged; copy or export it again, or convert it to wav.") from error


def _unreadable(name: str) -> BadSound:
    return BadSound(f"{name} is not a sound that can be read; choose a wav, flac, mp3, ogg, m4a, mp4 or mov file.")
