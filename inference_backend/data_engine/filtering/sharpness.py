"""Sharp: the face has fine detail, measured at one size whatever the size of the picture."""

from __future__ import annotations

import numpy as np

from .limits import JudgeConfig

_FACE_PX = 128


def of_face(grey: np.ndarray, landmarks: np.ndarray) -> float:
    """Variance of the Laplacian over the variance of the face itself, brought to 128 pixels; uint8 [H, W], pixels."""
    import cv2

    low = np.maximum(0, np.floor(landmarks[:, :2].min(0))).astype(int)
    high = np.minimum(grey.shape[::-1], np.ceil(landmarks[:, :2].max(0))).astype(int)
    if (high - low).min() < 8:
        return 0.0
    face = grey[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    face = cv2.resize(face, (_FACE_PX, _FACE_PX), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(face, cv2.CV_32F).var() / max(float(face.var()), 1.0))


def check(measured: np.ndarray, limits: JudgeConfig) -> str:
    """Say why the face is not sharp enough, or nothing."""
    sharp = float(np.median(measured)) if len(measured) else 0.0
    if sharp >= limits.least_sharpness:
        return ""
    return f"The face is blurred (sharpness {sharp:.3f}, at least {limits.least_sharpness:g} is needed)."
