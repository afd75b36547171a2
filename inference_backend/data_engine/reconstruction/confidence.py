"""How sure a tracked frame is, from what is known of the tracker: it fails on faces that are small, turned or gone."""

from __future__ import annotations

import numpy as np

from .head import pose_angles
from .tracker import Track

_UNSURE_PX, _SURE_PX = 24.0, 64.0  # between the outer corners of the eyes
_SURE_TURN, _UNSURE_TURN = 0.5, 1.0  # radians from the camera
_LASTS_S = 0.1  # how far from the next frame with a face the curves between are worth anything


def of_frames(track: Track) -> np.ndarray:
    """Confidence [F] from 0 (no face) to 1 (large and frontal)."""
    confidence = np.zeros(len(track.times_s))
    found = track.found
    if found.any():
        eyes = track.landmarks[found]
        width = np.linalg.norm(eyes[:, 33] - eyes[:, 263], axis=1)
        turn = np.abs(pose_angles(track.matrices[found])[:, :2]).max(1)
        size = (width - _UNSURE_PX) / (_SURE_PX - _UNSURE_PX)
        frontal = (_UNSURE_TURN - turn) / (_UNSURE_TURN - _SURE_TURN)
        confidence[found] = np.clip(size, 0.05, 1) * np.clip(frontal, 0.05, 1)
    return confidence


def at_times(track: Track, wanted_s: np.ndarray) -> np.ndarray:
    """Confidence [T] at other times: it falls to 0 where the nearest frame with a face is a tenth of a second away."""
    sure = of_frames(track)
    seen_s = track.times_s[track.found]
    nearest = np.searchsorted(seen_s, wanted_s)
    before, after = seen_s[np.maximum(nearest - 1, 0)], seen_s[np.minimum(nearest, len(seen_s) - 1)]
    away = np.minimum(np.abs(wanted_s - before), np.abs(wanted_s - after))
    between = np.interp(wanted_s, seen_s, sure[track.found])
    return np.where(away <= _LASTS_S, between, 0.0)
