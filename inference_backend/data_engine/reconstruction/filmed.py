"""A film of one face, or an excerpt of it, as a Take: what a reference performance is read with."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from ...contract import OnProgress, Progress, Take
from ..filtering import faces
from ..filtering.limits import JudgeConfig
from . import frames, reconstruct, tracker
from .frames import BadVideo, Frame


def length_s(path: Path) -> float:
    """Tell how long a film is in seconds, 0 where it does not say; raises BadVideo."""
    return frames.check(path)


def read(path: Path, start_s: float, most_s: float, on_progress: OnProgress) -> Take:
    """Track at most most_s seconds of a film from start_s on: a Take at 50 Hz that rests where the face does.

    Raises BadVideo where the film cannot be read or does not show one face well, NoTracker and NoModel.
    """
    seen = []
    for frame, look in tracker.shared(faces=2).follow(_within(frames.read(path), start_s, most_s)):
        seen.append(look)
        on_progress(Progress(min(1.0, frame.time_s / most_s), "watching the film"))
    if not seen:
        raise BadVideo(f"{path.name} shows nothing from {start_s:g} s on; choose another excerpt.")
    track = tracker.Track.of(seen)
    if reason := faces.check(track, JudgeConfig()):
        reason = reason[0].lower() + reason[1:].rstrip(".")
        raise BadVideo(
            f"{path.name} cannot be a reference: {reason}; choose a film or an excerpt of one face that looks at the "
            "camera."
        )
    return reconstruct.performance(track, track.length_s).take


def _within(pictures: Iterator[Frame], start_s: float, most_s: float) -> Iterator[Frame]:
    """Pass on the frames of an excerpt, with times counted from its start."""
    for picture in pictures:
        time_s = picture.time_s - start_s
        if time_s >= most_s:
            return
        if time_s >= 0:
            yield dataclasses.replace(picture, time_s=time_s)
