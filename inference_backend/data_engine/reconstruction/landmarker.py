"""MediaPipe's face landmarker, made from its model, or one sentence why there is none.

https://ai.google.dev/edge/mediapipe/solutions/vision/face_landmarker
"""

from __future__ import annotations

import os
import threading
from typing import Any

from ..stage import StageFailed
from . import model


class NoTracker(StageFailed):
    """MediaPipe is not installed or does not run here."""

    kind = "no_tracker"


def mediapipe() -> Any:
    """Import MediaPipe; raises NoTracker."""
    os.environ.setdefault("GLOG_minloglevel", "2")
    try:
        import mediapipe as library
    except (ImportError, OSError) as error:
        raise _not_here(error) from error
    return library


def film(path: str) -> Any:
    """Make a landmarker that follows one face through a film, with scores and matrices."""
    return _made(path, "VIDEO", 1, output_face_blendshapes=True, output_facial_transformation_matrixes=True)


def pictures(path: str, faces: int) -> Any:
    """Make a landmarker that looks for faces in single pictures."""
    return _made(path, "IMAGE", faces)


def image(rgb: Any) -> Any:
    """Wrap a picture, uint8 [H, W, 3] without gaps between its rows."""
    library = mediapipe()
    return library.Image(image_format=library.ImageFormat.SRGB, data=rgb)


def _made(path: str, mode: str, faces: int, **outputs: bool) -> Any:
    mediapipe()
    from mediapipe.tasks import python as tasks
    from mediapipe.tasks.python import vision

    options = vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_buffer=model.load(path)),
        running_mode=vision.RunningMode[mode],
        num_faces=faces,
        **outputs,
    )
    try:
        made = vision.FaceLandmarker.create_from_options(options)
    except OSError as error:  # its library is loaded only now
        raise _not_here(error) from error
    # MediaPipe closes it in a thread, which atexit is too late for, and complains when it is collected still open.
    threading._register_atexit(made.close)  # type: ignore[attr-defined]
    return made


def _not_here(error: Exception) -> NoTracker:
    return NoTracker(
        f"Films cannot be tracked, since MediaPipe is not installed or does not start ({error}); install "
        "the extra `track`, and on Linux libegl1 and libgles2."
    )
