"""Judge a clip: is it one that teaches? The first check that it fails is the reason why it is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..clip import SILENT, BadMedia, Clip
from ..reconstruction import tracks
from ..reconstruction.frames import BadVideo
from . import cuts, evidence, faces, fingerprints, lips, sharpness, sounding
from .evidence import Evidence
from .fingerprints import Fingerprint
from .limits import JudgeConfig

REASON = "rejected_for"
"""Key in a clip's provenance: the check that it failed, in one word."""
_SHORTEST_SYNC_S = 2.0

__all__ = ["REASON", "JudgeConfig", "judge"]


def judge(clip: Clip, config: JudgeConfig, folder: Path) -> Clip:
    """Give the clip with the reason for its rejection, or with its fingerprints; a good film's track goes into folder.

    Exact curves need no look at a film: there the sound and the length are judged. Raises MienError only for what
    concerns every clip: no tracker, no model.
    """
    if clip.rejected:
        return clip
    try:
        samples = clip.samples() if clip.sound else None
    except BadMedia as error:
        return _rejected(clip, "sound", str(error))
    if failed := _first(_of_the_clip(clip, samples, config)):
        return _rejected(clip, *failed)
    seen: Evidence | None = None
    if clip.video is not None and clip.motion is None:
        try:
            seen = evidence.gather(clip.video, config.model)
        except BadVideo as error:
            return _rejected(clip, "film", str(error))
        clip = clip.replace(duration_s=clip.duration_s or seen.track.length_s)
        if failed := _first(_of_the_film(clip, samples, seen, config)):
            return _rejected(clip, *failed)
        tracks.keep(seen.track, clip.id, folder)
    marks = dataclasses.asdict(_fingerprint(clip, samples, seen))
    return clip.replace(provenance={**clip.provenance, "fingerprint": marks})


def _first(checks: Iterator[tuple[str, str]]) -> tuple[str, str] | None:
    """Find the first check that has a reason against the clip; those after it are not made."""
    return next(((check, reason) for check, reason in checks if reason), None)


def _rejected(clip: Clip, check: str, reason: str) -> Clip:
    return clip.replace(rejected=reason, provenance={**clip.provenance, REASON: check})


def _of_the_clip(clip: Clip, samples: np.ndarray | None, config: JudgeConfig) -> Iterator[tuple[str, str]]:
    """Check what needs no look at a film, so that nobody watches two hours to find them too long."""
    if clip.motion is None and clip.video is None:
        yield "film", "There is neither motion nor a film to take it from."
    if clip.duration_s or clip.motion is not None:
        yield "length", _length(clip.duration_s, config)
    if samples is not None:
        yield "sound", sounding.check(samples, config)
    elif SILENT not in clip.notes:
        yield "sound", "There is no sound, and the clip is not marked as one for style alone."


def _of_the_film(
    clip: Clip, samples: np.ndarray | None, seen: Evidence, config: JudgeConfig
) -> Iterator[tuple[str, str]]:
    yield "length", _length(clip.duration_s, config)
    yield "face", faces.check(seen.track, config)
    yield "blur", sharpness.check(seen.sharpness, config)
    yield "cut", cuts.check(seen.thumbs, seen.track, config)
    if samples is not None and clip.duration_s >= _SHORTEST_SYNC_S:
        yield "lips", _lips(clip, samples, seen, config)


def _length(duration_s: float, config: JudgeConfig) -> str:
    if duration_s < config.shortest_s:
        return f"The clip is too short ({duration_s:.2f} s, {config.shortest_s:g} s are needed)."
    if duration_s > config.longest_s:
        return f"The clip is too long ({duration_s:.0f} s, {config.longest_s:g} s are allowed)."
    return ""


def _lips(clip: Clip, samples: np.ndarray, seen: Evidence, config: JudgeConfig) -> str:
    found = seen.track.found
    mouth = lips.mouth_opening(seen.track.landmarks[found])
    sync = lips.follow(seen.track.times_s[found], mouth, samples, config.allowed_lag_s)
    return lips.check(sync, clip.prompt.attributes.vocal, config)


def _fingerprint(clip: Clip, samples: np.ndarray | None, seen: Evidence | None) -> Fingerprint:
    scores = seen.track.scores[seen.track.found] if seen else clip.performance().take.values
    return Fingerprint(
        "" if samples is None else fingerprints.of_sound(samples),
        fingerprints.of_picture(seen.thumbs) if seen else "",
        fingerprints.of_motion(scores),
    )
