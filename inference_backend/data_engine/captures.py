"""Captured faces: MediaPipe's scores of GRID clips as ARKit curves, de-biased and brought to 50 Hz."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..contract import CHANNELS, HEAD, INDEX
from ..generator.features import FRAME_RATE
from .reconstruction.calibrate import to_arkit
from .reconstruction.head import head_angles

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
_RESTING = ("eyeBlink", "mouthPress", "mouthRollUpper", "mouthClose", "mouthLowerDown", "eyeLook", "eyeSquint")


class Captures:
    """The captured clips of a GRID folder: curves [T, 52] and head [T, 3] at 50 Hz by clip name."""

    def __init__(self, path: Path):
        self._file = np.load(path, allow_pickle=False)
        names = [str(n) for n in self._file["names"]]
        self.clips = [str(c) for c in self._file["clips"]]
        self._columns = [(INDEX[n], names.index(n)) for n in CHANNELS if n in names]

    def curves(self, clip: str) -> tuple[np.ndarray, np.ndarray]:
        """Blendshapes [T, 52] and head rotation [T, 3] of a clip at 50 Hz."""
        t, matrices = self._file[f"{clip}/t"], self._file[f"{clip}/mat"]
        angles = head_angles(matrices)
        head = np.stack([np.interp(_even(t), t, angles[:, i]) for i in range(len(HEAD))], 1)
        return self._blendshapes(clip, self._calibrate), head.astype(np.float32)

    def raw(self, clip: str) -> np.ndarray:
        """Blendshapes [T, 52] of a clip at 50 Hz on the tracker's own scale: what a measure compares with."""
        return self._blendshapes(clip, lambda name, score: score)

    def _blendshapes(self, clip: str, scaled: Callable[[str, np.ndarray], np.ndarray]) -> np.ndarray:
        t, scores = self._file[f"{clip}/t"], self._file[f"{clip}/bs"]
        at = _even(t)
        values = np.zeros((len(at), len(CHANNELS)), np.float32)
        for channel, column in self._columns:
            values[:, channel] = np.interp(at, t, scaled(CHANNELS[channel], scores[:, column]))
        return values

    @staticmethod
    def _calibrate(name: str, score: np.ndarray) -> np.ndarray:
        rest = float(np.percentile(score, 10)) if name.startswith(_RESTING) else 0.0
        return to_arkit(name, score, rest)


def _even(times_s: np.ndarray) -> np.ndarray:
    """Count out times at 50 Hz over a clip with frames at times_s."""
    return np.arange(round(times_s[-1] * FRAME_RATE) + 1) / FRAME_RATE
