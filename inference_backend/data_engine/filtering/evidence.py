"""What the checks look at: one pass over a film tracks its faces and measures its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..reconstruction import frames, tracker
from ..reconstruction.tracker import Seen, Track
from . import sharpness

THUMB_PX = 32
_MEASURE_EVERY_S = 0.4


@dataclass(frozen=True)
class Evidence:
    """The track of a film, thumbnails uint8 [F, 32, 32] of its pictures, and how sharp its face is now and then."""

    track: Track
    thumbs: np.ndarray
    sharpness: np.ndarray


def gather(film: Path, model: str) -> Evidence:
    """Look through a film; raises BadVideo."""
    import cv2  # comes with MediaPipe

    seen: list[Seen] = []
    thumbs, sharp, due_s = [], [], 0.0
    for frame, look in tracker.shared(model, faces=2).follow(frames.read(film)):
        seen.append(look)
        grey = cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2GRAY)
        thumbs.append(cv2.resize(grey, (THUMB_PX, THUMB_PX), interpolation=cv2.INTER_AREA))
        if look.faces and frame.time_s >= due_s:
            sharp.append(sharpness.of_face(grey, look.landmarks))
            due_s = frame.time_s + _MEASURE_EVERY_S
    return Evidence(Track.of(seen), np.array(thumbs), np.array(sharp))
