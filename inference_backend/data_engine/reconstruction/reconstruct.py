"""Films become performances: the face is tracked, calibrated to the person, freed of jitter and brought to 50 Hz."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from ...contract import Take, frame_count
from ...generator.features import FRAME_RATE
from ..clip import Clip, Performance, write_performance
from . import calibrate, confidence, resample, resting, tracks
from .dejitter import dejitter
from .frames import BadVideo
from .resting import RestingFace
from .tracker import Track

_SCORE_NOISE, _HEAD_NOISE, _LANDMARK_NOISE_PX = 0.03, 0.01, 1.5  # no jitter is larger; what is, is movement


@dataclass(frozen=True)
class ReconstructConfig:
    """Settings of the tracking."""

    model: str = ""  # path of the tracker's model; "": found or downloaded
    rest: Literal["speaker", "film"] = "speaker"  # whose resting face is taken off, where the speaker is known
    least_seen: float = 0.6  # share of a film in which a face must be seen


def reconstruct(clip: Clip, config: ReconstructConfig, folder: Path) -> Clip:
    """Give a clip with a film the curves seen in it; a clip that has curves, or is rejected, passes through.

    Raises MienError only for what concerns every clip: no tracker, no model.
    """
    if clip.motion is not None or clip.rejected:
        return clip
    if clip.video is None:
        return clip.replace(rejected="There is neither motion nor a film to take it from.")
    try:
        track = tracks.of_film(clip.video, config.model)
    except BadVideo as error:
        return clip.replace(rejected=str(error))
    if track.found.mean() < config.least_seen:
        return clip.replace(rejected=f"A face is seen in only {track.found.mean():.0%} of the film.")
    duration_s = clip.duration_s or track.length_s
    face = resting.read(folder.parent / resting.FILE).get(clip.provenance.get(resting.FACE, ""))
    performed = performance(track, duration_s, face)
    return clip.replace(
        duration_s=duration_s,
        motion=write_performance(performed, folder / f"{clip.id}.npz"),
        provenance={
            **clip.provenance,
            "tracker": "MediaPipe face landmarker float16/1",
            "tracked": round(float(track.found.mean()), 3),
            "confidence": round(float(performed.confidence.mean()), 3),
            "neutral": "speaker" if face else "clip",
        },
    )


def measure_rest(config: ReconstructConfig, source: Path, out: Path) -> None:
    """Measure the resting faces of all speakers that are known, before the first clip is made."""
    if config.rest == "speaker":
        resting.measure(source, out)


def performance(track: Track, duration_s: float, face: RestingFace | None = None) -> Performance:
    """Turn a track into curves at 50 Hz; without a resting face the track's own is used; it has a face somewhere."""
    neutral = face.in_film(track) if face else calibrate.neutral_of(track)
    found = track.found
    matrices, scores, landmarks = track.matrices[found], track.scores[found], track.landmarks[found]
    head = dejitter(np.unwrap(calibrate.head(matrices, neutral), axis=0), _HEAD_NOISE)
    pixels = dejitter(landmarks.reshape(len(landmarks), -1), _LANDMARK_NOISE_PX).reshape(landmarks.shape)
    values = calibrate.face(dejitter(scores, _SCORE_NOISE), pixels, head, neutral)
    wanted_s = np.arange(frame_count(duration_s, FRAME_RATE)) / FRAME_RATE
    curves = resample.at_times(track.times_s[found], np.hstack([values, head]), wanted_s).astype(np.float32)
    take = Take(FRAME_RATE, np.clip(curves[:, : values.shape[1]], 0, 1), curves[:, values.shape[1] :])
    return Performance(take, confidence.at_times(track, wanted_s).astype(np.float32), exact=False)
