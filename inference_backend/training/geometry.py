"""How far a unit of each curve moves a face: geometry, not coefficients, decides what an error weighs."""

from __future__ import annotations

import numpy as np

from ..contract import CHANNELS, HEAD

# Root mean square motion in mm of the vertices of the demo head, its skin, brows, teeth, tongue and (for gaze) eyes.
_BOTH_SIDES_MM = {
    "eyeBlink": 1.65, "eyeLookDown": 2.26, "eyeLookIn": 3.16, "eyeLookOut": 3.16, "eyeLookUp": 2.35, "eyeSquint": 0.49,
    "eyeWide": 0.50, "jaw": 3.64, "mouth": 2.98, "mouthSmile": 2.98, "mouthFrown": 1.34, "mouthDimple": 1.35,
    "mouthStretch": 1.32, "mouthPress": 1.52, "mouthLowerDown": 0.50, "mouthUpperUp": 0.77, "browDown": 3.11,
    "browOuterUp": 1.69, "cheekSquint": 0.95, "noseSneer": 2.25,
}  # fmt: skip
_MIDDLE_MM = {
    "jawForward": 3.89, "jawOpen": 12.14, "mouthClose": 4.80, "mouthFunnel": 1.77, "mouthPucker": 2.58,
    "mouthRollLower": 0.68, "mouthRollUpper": 1.49, "mouthShrugLower": 0.65, "mouthShrugUpper": 0.71,
    "browInnerUp": 2.93, "cheekPuff": 2.27, "tongueOut": 5.06,
}  # fmt: skip
_HEAD_MM = 60.0  # of a radian: the head's true 140 mm would drown the face
_GAZE_SHARE = 0.5  # eyes are small, however far their vertices turn
_LEAST_MM = 0.7  # lids, lips and squints are read closely though little of the face moves


def millimetres() -> np.ndarray:
    """Motion in mm per unit of each of the 55 curves, float32."""
    one = _BOTH_SIDES_MM | _MIDDLE_MM
    of = lambda name: one.get(name, one.get(name.removesuffix("Left").removesuffix("Right"), 0.0))  # noqa: E731
    face = [max(_LEAST_MM, of(name)) * (_GAZE_SHARE if name.startswith("eyeLook") else 1.0) for name in CHANNELS]
    return np.array(face + [_HEAD_MM] * len(HEAD), np.float32)
