"""The pictures of a film with the times at which they are shown, upright and no larger than asked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...contract import MienError

log = logging.getLogger(__name__)

LONGEST_PX = 960
_MISSING = 0.05  # share of a film that may lack at its end before it counts as broken off
_TEXT = {"tty", "ansi", "idf", "bin", "xbin", "adf"}  # formats as which anything at all passes


class BadVideo(MienError):
    """The film cannot be read or is not usable."""

    kind = "bad_video"


@dataclass(frozen=True)
class Frame:
    """A picture, uint8 [height, width, 3], shown from time_s, counted from where the file's sound and film start."""

    time_s: float
    rgb: np.ndarray


def read(path: Path, longest_px: int = LONGEST_PX) -> Iterator[Frame]:
    """Yield the frames in the order of their times, each time later than the one before.

    Times are the film's own, so that a variable rate is kept. Pixels that are not square are made so. Raises BadVideo.
    """
    with _opened(path) as container:
        stream = container.streams.video[0]
        start_s = (container.start_time or 0) / 1e6
        step_s = 1 / float(stream.average_rate or 25)
        aspect = float(stream.sample_aspect_ratio or 1)
        last_s = -step_s
        for picture in _decoded(container, stream, path.name):
            time_s = picture.time - start_s if picture.time is not None else last_s + step_s
            if time_s > last_s:
                last_s = time_s
                yield Frame(time_s, _upright(picture, aspect, longest_px))
        if last_s < 0:
            raise BadVideo(f"{path.name} holds no picture; export or copy it again.")
        length_s = float(stream.duration * stream.time_base) if stream.duration else 0.0
        if last_s + step_s < length_s - max(0.5, _MISSING * length_s):
            raise BadVideo(f"{path.name} breaks off after {last_s:.1f} of {length_s:.1f} s; copy or export it again.")


def check(path: Path) -> float:
    """Tell how long a film is in seconds, 0 where it does not say; raises BadVideo where it is none."""
    with _opened(path) as container:
        return (container.duration or 0) / 1e6


def has_sound(path: Path) -> bool:
    """Tell whether a film has a sound track."""
    with _opened(path) as container:
        return bool(container.streams.audio)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import av
    import av.error

    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise BadVideo(f"There is no file {path.name}; check its path.") from error
    if not path.is_file():
        raise BadVideo(f"{path.name} is a folder; name a film in it.")
    if size == 0:
        raise BadVideo(f"{path.name} is empty (0 bytes); export or copy it again.")
    try:
        container = av.open(str(path), metadata_errors="ignore", options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, ValueError, UnicodeError, OSError) as error:
        raise BadVideo(f"{path.name} is not a film that can be read; convert it to mp4, mov, mkv or webm.") from error
    with container:
        if not container.streams.video or container.format.name in _TEXT:
            raise BadVideo(f"{path.name} has no picture; choose a film.")
        yield container


def _decoded(container: Any, stream: Any, name: str) -> Iterator[Any]:
    """Decode packet by packet; a few damaged ones are skipped, as players do."""
    import av.error

    good = bad = 0
    stream.thread_type = "SLICE"  # the same bytes whatever the number of cores, and no frames held back
    packets = container.demux(stream)
    while bad <= 20 + good:
        try:
            pictures = next(packets).decode()
        except StopIteration:
            break
        except av.error.EOFError:
            break
        except (av.error.FFmpegError, ValueError):
            bad += 1
            continue
        good += len(pictures)
        yield from pictures
    if bad > good / 10:
        raise BadVideo(f"{name} is damaged; copy or export it again.")
    if bad:
        log.warning("%s: %d damaged packets skipped", name, bad)


def _upright(picture: Any, aspect: float, longest_px: int) -> np.ndarray:
    width, height = picture.width * aspect, float(picture.height)
    scale = min(1.0, longest_px / max(width, height))
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    rgb = picture.to_ndarray(format="rgb24", width=size[0], height=size[1])
    quarter_turns = round(picture.rotation / 90) % 4
    # Rows must lie without gaps: MediaPipe reads others askew.
    return np.ascontiguousarray(np.rot90(rgb, quarter_turns))
