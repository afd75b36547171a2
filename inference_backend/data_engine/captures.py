"""Captured faces: MediaPipe's scores of GRID clips as ARKit curves, de-biased and brought to 50 Hz."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..contract import CHANNELS, HEAD, INDEX
from ..generator.features import FRAME_RATE

# MediaPipe's own scale against Apple's meaning, from renders of known curves: score 0.62 for a full blink, and so on.
GAIN = {"eyeBlinkLeft": 1.6, "eyeBlinkRight": 1.6, "mouthPucker": 1.5, "mouthSmileLeft": 1.15, "mouthSmileRight": 1.15}
# Channels that the tracker sees move in calm read speech; the others are dead and say nothing.
LIVE_LIPS: tuple[str, ...] = (
    "jawOpen", "mouthClose", "mouthPucker", "mouthPressLeft", "mouthPressRight", "mouthRollUpper", "mouthRollLower",
    "mouthStretchLeft", "mouthStretchRight", "mouthLowerDownLeft", "mouthLowerDownRight",
)  # fmt: skip
# The others that it sees: what a tracked face may teach.
LIVE: tuple[str, ...] = (
    *LIVE_LIPS,
    *(f"{name}{side}" for side in ("Left", "Right") for name in ("eyeBlink", "eyeSquint", "eyeLookDown", "eyeLookUp",
      "eyeLookIn", "eyeLookOut", "browDown", "browOuterUp", "mouthSmile")),
    "browInnerUp",
)  # fmt: skip
# Channels whose score at rest is a bias of the tracker: subtract each clip's own low percentile.
_RESTING = ("eyeBlink", "mouthPress", "mouthRollUpper", "mouthClose", "mouthLowerDown")


class Captures:
    """The captured clips of a GRID folder: curves [T, 52] and head [T, 3] at 50 Hz by clip name."""

    def __init__(self, path: Path):
        self._file = np.load(path, allow_pickle=False)
        names = [str(n) for n in self._file["names"]]
        self.clips = [str(c) for c in self._file["clips"]]
        self._columns = [(INDEX[n], names.index(n)) for n in CHANNELS if n in names]

    def curves(self, clip: str) -> tuple[np.ndarray, np.ndarray]:
        """Blendshapes [T, 52] and head rotation [T, 3] of a clip at 50 Hz."""
        t, scores, matrices = (self._file[f"{clip}/{k}"] for k in ("t", "bs", "mat"))
        at = np.arange(round(t[-1] * FRAME_RATE) + 1) / FRAME_RATE
        values = np.zeros((len(at), len(CHANNELS)), np.float32)
        for channel, column in self._columns:
            values[:, channel] = np.interp(at, t, self._calibrate(CHANNELS[channel], scores[:, column]))
        angles = head_angles(matrices)
        head = np.stack([np.interp(at, t, angles[:, i]) for i in range(len(HEAD))], 1)
        return values, head.astype(np.float32)

    def raw(self, clip: str) -> np.ndarray:
        """Blendshapes [T, 52] of a clip at 50 Hz on the tracker's own scale: what a measure compares with."""
        t, scores = self._file[f"{clip}/t"], self._file[f"{clip}/bs"]
        at = np.arange(round(t[-1] * FRAME_RATE) + 1) / FRAME_RATE
        values = np.zeros((len(at), len(CHANNELS)), np.float32)
        for channel, column in self._columns:
            values[:, channel] = np.interp(at, t, scores[:, column])
        return values

    @staticmethod
    def _calibrate(name: str, score: np.ndarray) -> np.ndarray:
        if name.startswith(_RESTING):
            score = np.maximum(0.0, score - np.percentile(score, 10))
        return np.minimum(1.0, score * GAIN.get(name, 1.0))


def head_angles(matrices: np.ndarray) -> np.ndarray:
    """Pitch, yaw, roll [T, 3] about the clip's median pose, in the contract's axes, of MediaPipe matrices [T, 4, 4].

    MediaPipe's camera space is right-handed with +x to the image's right, which is the character's left, +y up and
    +z towards the camera: the contract's head frame for a face that looks into the camera.
    """
    r = matrices[:, :3, :3]
    r = r / np.linalg.norm(r, axis=1, keepdims=True)
    pitch = -np.arcsin(np.clip(r[:, 1, 2], -1, 1))
    yaw = np.arctan2(r[:, 0, 2], r[:, 2, 2])
    roll = np.arctan2(r[:, 1, 0], r[:, 1, 1])
    angles = np.stack([pitch, yaw, roll], 1)
    return angles - np.median(angles, 0)


def captured_lips(corpus: Path) -> dict[str, np.ndarray]:
    """Live lip channels [T, 11] at 50 Hz of the GRID clips, from the corpus folder's grid curves."""
    captures = Captures(corpus / "grid_curves.npz")
    columns = [INDEX[n] for n in LIVE_LIPS]
    return {clip: captures.curves(clip)[0][:, columns] for clip in captures.clips}
