"""Films become performances: the face is tracked, calibrated to the person, freed of jitter and brought to 50 Hz."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np

from ...contract import Take, frame_count
from ...generator.features import FRAME_RATE
from ..clip import Clip, Performance, write_performance
from . import calibrate, confidence, frames, resample, tracker
from .dejitter import dejitter
from .frames import BadVideo
from .tracker import Track

_SCORE_NOISE, _HEAD_NOISE, _LANDMARK_NOISE_PX = 0.03, 0.01, 1.5  # no jitter is larger; what is, is movement


@dataclass(frozen=True)
class ReconstructConfig:
    """Settings of the tracking."""

    model: str = ""  # path of the tracker's model; "": found or downloaded
    neutrals: str = ""  # path of the speakers' resting faces; "": each clip's own
    longest_px: int = frames.LONGEST_PX
    least_seen: float = 0.6  # share of a film in which a face must be seen


def reconstruct(clip: Clip, config: ReconstructConfig, folder: Path) -> Clip:
    """Give a clip with a film the curves seen in it; a clip that has curves, or is rejected, passes through.

    Raises MienError only for what concerns every clip: no tracker, no model.
    """
    if clip.motion is not None or clip.rejected:
        return clip
    if clip.video is None:
        return clip.replace(rejected="There is neither motion nor a film to take it from.")
    eyes = tracker.shared(config.model)
    try:
        track = eyes.track(frames.read(clip.video, config.longest_px))
    except BadVideo as error:
        return clip.replace(rejected=str(error))
    if track.found.mean() < config.least_seen:
        return clip.replace(rejected=f"A face is seen in only {track.found.mean():.0%} of the film.")
    duration_s = clip.duration_s or track.length_s
    neutral = _neutrals(config.neutrals).get(clip.speaker)
    performed = performance(track, duration_s, neutral)
    return clip.replace(
        duration_s=duration_s,
        motion=write_performance(performed, folder / f"{clip.id}.npz"),
        provenance={
            **clip.provenance,
            "tracker": "MediaPipe face landmarker float16/1",
            "tracked": round(float(track.found.mean()), 3),
            "confidence": round(float(performed.confidence.mean()), 3),
            "neutral": "speaker" if neutral else "clip",
        },
    )


def performance(track: Track, duration_s: float, neutral: calibrate.Neutral | None = None) -> Performance:
    """Turn a track into curves at 50 Hz; without a resting face the track's own is used; it has a face somewhere."""
    neutral = neutral or calibrate.neutral_of([track])
    found = track.found
    matrices, scores, landmarks = track.matrices[found], track.scores[found], track.landmarks[found]
    head = dejitter(np.unwrap(calibrate.head(matrices, neutral), axis=0), _HEAD_NOISE)
    pixels = dejitter(landmarks.reshape(len(landmarks), -1), _LANDMARK_NOISE_PX).reshape(landmarks.shape)
    values = calibrate.face(dejitter(scores, _SCORE_NOISE), pixels, head, neutral)
    wanted_s = np.arange(frame_count(duration_s, FRAME_RATE)) / FRAME_RATE
    curves = resample.at_times(track.times_s[found], np.hstack([values, head]), wanted_s).astype(np.float32)
    take = Take(FRAME_RATE, np.clip(curves[:, : values.shape[1]], 0, 1), curves[:, values.shape[1] :])
    return Performance(take, confidence.at_times(track, wanted_s).astype(np.float32), exact=False)


def neutrals(
    clips: Iterable[Clip], config: ReconstructConfig, clips_a_speaker: int = 20
) -> dict[str, calibrate.Neutral]:
    """Track some clips of each speaker and give the speakers' resting faces, for `calibrate.write_neutrals`."""
    filmed = sorted((c for c in clips if c.video and not c.rejected and c.speaker), key=lambda c: (c.speaker, c.id))
    found: dict[str, calibrate.Neutral] = {}
    for speaker, own in groupby(filmed, lambda c: c.speaker):
        tracks = [t for t in map(lambda c: _track(c, config), list(own)[:clips_a_speaker]) if t is not None]
        if tracks:
            found[speaker] = calibrate.neutral_of(tracks)
    return found


def _track(clip: Clip, config: ReconstructConfig) -> Track | None:
    if clip.video is None:
        return None
    try:
        track = tracker.shared(config.model).track(frames.read(clip.video, config.longest_px))
    except BadVideo:
        return None
    return track if track.found.any() else None


@lru_cache(maxsize=4)
def _neutrals(path: str) -> dict[str, calibrate.Neutral]:
    return calibrate.read_neutrals(Path(path)) if path else {}
