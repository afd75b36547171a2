"""What MediaPipe's face landmarker sees in a film: scores, matrix and landmarks of its face, by frame."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...contract import CHANNELS, INDEX
from . import landmarker
from .frames import Frame

LANDMARKS = 478
_PAUSE_MS = 1000
_COUNT_EVERY_S = 0.2


@dataclass(frozen=True)
class Seen:
    """One frame: how many faces there are, and what the tracker says of the one that it follows; zeros without one.

    scores float32 [52] in CHANNELS order on the tracker's own scale (tongueOut, which it lacks, stays 0); matrix [4, 4]
    from the canonical face to the camera, in cm; landmarks [478, 3] in pixels, x right, y down, z away from the camera.
    """

    time_s: float
    faces: int
    scores: np.ndarray
    matrix: np.ndarray
    landmarks: np.ndarray


@dataclass(frozen=True)
class Track:
    """All frames of a film: times_s [F], faces [F], scores [F, 52], matrices [F, 4, 4], landmarks [F, 478, 3]."""

    times_s: np.ndarray
    faces: np.ndarray
    scores: np.ndarray
    matrices: np.ndarray
    landmarks: np.ndarray

    @classmethod
    def of(cls, seen: list[Seen]) -> Track:
        """Stack the frames of a film; there is at least one."""
        names = ("time_s", "faces", "scores", "matrix", "landmarks")
        return cls(*(np.array([getattr(s, name) for s in seen]) for name in names))

    @property
    def found(self) -> np.ndarray:
        """Tell in which frames there is a face, bool [F]."""
        return self.faces > 0

    @property
    def length_s(self) -> float:
        """Length of the film: to the end of its last frame."""
        return float(self.times_s[-1] + (np.median(np.diff(self.times_s)) if len(self.times_s) > 1 else 0.04))


class Tracker:
    """A face landmarker that takes one film after another; each film is tracked as if it were the first.

    It follows one face, since MediaPipe steadies one alone. Up to `faces` are counted five times a second, which leaves
    the track as it is.
    """

    def __init__(self, path: str = "", faces: int = 1):
        self._landmarker = landmarker.film(path)
        self._counter = landmarker.pictures(path, faces) if faces > 1 else None
        self._clock_ms = 0

    def follow(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Seen]]:
        """Yield each frame with what is seen in it."""
        start_ms, due_s, faces = self._forget(), 0.0, 1
        for frame in frames:
            self._clock_ms = max(self._clock_ms + 1, start_ms + round(frame.time_s * 1000))
            if self._counter is not None and frame.time_s >= due_s:
                faces, due_s = self._count(frame), frame.time_s + _COUNT_EVERY_S
            yield frame, self._look(frame, faces)

    def track(self, frames: Iterable[Frame]) -> Track:
        """Track a film."""
        return Track.of([seen for _, seen in self.follow(frames)])

    def _forget(self) -> int:
        """Show a blank picture, so that face and filters of the film before are gone; return the new film's start."""
        self._clock_ms += _PAUSE_MS
        self._detect(np.zeros((64, 64, 3), np.uint8))
        self._clock_ms += _PAUSE_MS
        return self._clock_ms

    def _detect(self, rgb: np.ndarray) -> Any:
        return self._landmarker.detect_for_video(landmarker.image(rgb), self._clock_ms)

    def _count(self, frame: Frame) -> int:
        return 1 if self._counter is None else len(self._counter.detect(landmarker.image(frame.rgb)).face_landmarks)

    def _look(self, frame: Frame, faces: int) -> Seen:
        height, width = frame.rgb.shape[:2]
        result = self._detect(frame.rgb)
        scores, matrix = np.zeros(len(CHANNELS), np.float32), np.zeros((4, 4), np.float32)
        landmarks = np.zeros((LANDMARKS, 3), np.float32)
        found = bool(result.face_landmarks)
        if found:
            landmarks[:] = [(p.x * width, p.y * height, p.z * width) for p in result.face_landmarks[0]]
            matrix[:] = result.facial_transformation_matrixes[0]
            for score in result.face_blendshapes[0]:
                if score.category_name in INDEX:
                    scores[INDEX[score.category_name]] = score.score
        return Seen(frame.time_s, max(1, faces) if found else 0, scores, matrix, landmarks)


def shared(path: str = "", faces: int = 1) -> Tracker:
    """Give this process' own tracker, made when first asked for."""
    return _shared(os.getpid(), path, faces)


@lru_cache(maxsize=4)
def _shared(pid: int, path: str, faces: int) -> Tracker:
    return Tracker(path, faces)
