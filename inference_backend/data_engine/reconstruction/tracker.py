"""What MediaPipe's face landmarker sees in a film: scores, matrix and landmarks of the largest face, by frame.

https://ai.google.dev/edge/mediapipe/solutions/vision/face_landmarker
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...contract import CHANNELS, INDEX
from ..stage import StageFailed
from . import model
from .frames import Frame

LANDMARKS = 478
_PAUSE_MS = 1000


class NoTracker(StageFailed):
    """MediaPipe is not installed or does not run here."""

    kind = "no_tracker"


@dataclass(frozen=True)
class Seen:
    """One frame: how many faces there are, and of the largest one what the tracker says; zeros where there is none.

    scores float32 [52] in CHANNELS order on the tracker's own scale (tongueOut, which it lacks, stays 0); matrix [4, 4]
    from the canonical face to the camera, in cm; landmarks [478, 3] in pixels, x right, y down, z away from the camera.
    """

    time_s: float
    size: tuple[int, int]  # width, height of the picture
    faces: int
    scores: np.ndarray
    matrix: np.ndarray
    landmarks: np.ndarray


@dataclass(frozen=True)
class Track:
    """All frames of a film: times_s [F], faces [F], scores [F, 52], matrices [F, 4, 4], landmarks [F, 478, 3]."""

    times_s: np.ndarray
    size: tuple[int, int]
    faces: np.ndarray
    scores: np.ndarray
    matrices: np.ndarray
    landmarks: np.ndarray

    @classmethod
    def of(cls, seen: list[Seen]) -> Track:
        """Stack the frames of a film; there is at least one."""
        names = ("time_s", "faces", "scores", "matrix", "landmarks")
        times_s, faces, scores, matrices, landmarks = (np.array([getattr(s, name) for s in seen]) for name in names)
        return cls(times_s, seen[0].size, faces, scores, matrices, landmarks)

    @property
    def found(self) -> np.ndarray:
        """Tell in which frames there is a face, bool [F]."""
        return self.faces > 0

    @property
    def length_s(self) -> float:
        """Length of the film: to the end of its last frame."""
        return float(self.times_s[-1] + (np.median(np.diff(self.times_s)) if len(self.times_s) > 1 else 0.04))


class Tracker:
    """A face landmarker that takes one film after another; each film is tracked as if it were the first."""

    def __init__(self, path: str = "", faces: int = 1):
        self._vision = _mediapipe()
        self._landmarker = _landmarker(self._vision, model.load(path), faces)
        self._clock_ms = 0
        # MediaPipe closes it in a thread, which atexit is too late for, and complains when it is collected still open.
        threading._register_atexit(self._landmarker.close)  # type: ignore[attr-defined]

    def follow(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Seen]]:
        """Yield each frame with what is seen in it."""
        start_ms = self._forget()
        for frame in frames:
            self._clock_ms = max(self._clock_ms + 1, start_ms + round(frame.time_s * 1000))
            yield frame, self._look(frame)

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
        image = self._vision.Image(image_format=self._vision.ImageFormat.SRGB, data=rgb)
        return self._landmarker.detect_for_video(image, self._clock_ms)

    def _look(self, frame: Frame) -> Seen:
        height, width = frame.rgb.shape[:2]
        result = self._detect(frame.rgb)
        scores, matrix = np.zeros(len(CHANNELS), np.float32), np.zeros((4, 4), np.float32)
        landmarks = np.zeros((LANDMARKS, 3), np.float32)
        faces = [np.array([(p.x * width, p.y * height, p.z * width) for p in f]) for f in result.face_landmarks]
        if faces:
            largest = max(range(len(faces)), key=lambda i: float(np.ptp(faces[i][:, :2], axis=0).prod()))
            landmarks[:] = faces[largest]
            matrix[:] = result.facial_transformation_matrixes[largest]
            for score in result.face_blendshapes[largest]:
                if score.category_name in INDEX:
                    scores[INDEX[score.category_name]] = score.score
        return Seen(frame.time_s, (width, height), len(faces), scores, matrix, landmarks)


def shared(path: str = "", faces: int = 1) -> Tracker:
    """Give this process' own tracker, made when first asked for."""
    return _shared(os.getpid(), path, faces)


@lru_cache(maxsize=4)
def _shared(pid: int, path: str, faces: int) -> Tracker:
    return Tracker(path, faces)


def _mediapipe() -> Any:
    os.environ.setdefault("GLOG_minloglevel", "2")
    try:
        import mediapipe
    except (ImportError, OSError) as error:
        raise _not_here(error) from error
    return mediapipe


def _not_here(error: Exception) -> NoTracker:
    return NoTracker(
        f"Films cannot be tracked, since MediaPipe is not installed or does not start ({error}); install "
        "the extra `track`, and on Linux libegl1 and libgles2."
    )


def _landmarker(mediapipe: Any, buffer: bytes, faces: int) -> Any:
    from mediapipe.tasks import python as tasks
    from mediapipe.tasks.python import vision

    options = vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_buffer=buffer),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=faces,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    try:
        return vision.FaceLandmarker.create_from_options(options)
    except OSError as error:  # its library is loaded only now
        raise _not_here(error) from error
