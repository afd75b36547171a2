"""No cuts: neither the picture nor the face in it jumps."""

from __future__ import annotations

import numpy as np

from ..reconstruction.tracker import Track
from .limits import JudgeConfig

_AROUND = 4  # frames to each side that say what change is usual
_MUCH_MORE = 5.0
_JUMP = 0.5  # of the distance of the eyes' outer corners, from one frame to the next
_AT_ONCE_S, _LOST_S = 0.1, 0.2


def check(thumbs: np.ndarray, track: Track, limits: JudgeConfig) -> str:
    """Say where a film is cut, or nothing; thumbnails uint8 [F, 32, 32]."""
    at = np.flatnonzero(_changed(thumbs, limits.most_change) | _jumped(track))
    return f"There is a cut at {track.times_s[at[0] + 1]:.2f} s." if len(at) else ""


def _changed(thumbs: np.ndarray, most: float) -> np.ndarray:
    """Tell after which frames [F - 1] the picture is another one."""
    change = np.abs(np.diff(thumbs.astype(np.float32), axis=0)).mean((1, 2)) / 255
    padded = np.pad(change, _AROUND, mode="reflect" if len(change) > _AROUND else "edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1), axis=1)
    return (change > most) & (change > _MUCH_MORE * usual)


def _jumped(track: Track) -> np.ndarray:
    """Tell after which frames [F - 1] the face is elsewhere; at a cut the tracker may lose it for a frame or two."""
    rows = np.flatnonzero(track.found)
    landmarks = track.landmarks[rows]
    width = np.linalg.norm(landmarks[:, 33] - landmarks[:, 263], axis=1)
    moved = np.linalg.norm(np.diff(landmarks[:, :, :2].mean(1), axis=0), axis=1) / np.maximum(width[1:], 1)
    soon = np.diff(track.times_s[rows]) < np.where(np.diff(rows) > 1, _LOST_S, _AT_ONCE_S)
    jumped = np.zeros(len(track.found) - 1, bool)
    jumped[rows[:-1][(moved > _JUMP) & soon]] = True
    return jumped
