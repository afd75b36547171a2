"""Emotions as action units: what the teacher's face shows.

Units are ARKit channels at full intensity, without side where both move. Expressions follow the prototypes of the Facial
Action Coding System (Ekman, Friesen and Hager 2002) and its EMFACS tables; each clip draws its own subset of `more`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Emotion:
    """One cluster: its units, optional units, and effect on head and eyes."""

    units: dict[str, float]
    more: dict[str, float] = field(default_factory=dict)
    head_pitch: float = 0.0  # radians at full intensity
    head_roll: float = 0.0
    energy: float = 1.0  # liveliness of head and brows
    blinks: float = 1.0


EMOTIONS: dict[str, Emotion] = {
    "neutral": Emotion({}),
    "happy": Emotion(
        {"mouthSmile": 0.62, "cheekSquint": 0.45, "eyeSquint": 0.22, "mouthDimple": 0.12},
        {"browOuterUp": 0.15, "mouthUpperUp": 0.12, "browInnerUp": 0.12},
        energy=1.3,
    ),
    "sad": Emotion(
        {"browInnerUp": 0.68, "mouthFrown": 0.52, "eyeSquint": 0.14, "mouthShrugLower": 0.22},
        {"browDown": 0.15, "mouthPress": 0.15, "eyeLookDown": 0.18},
        head_pitch=0.10,
        energy=0.6,
        blinks=1.2,
    ),
    "angry": Emotion(
        {"browDown": 0.75, "eyeSquint": 0.32, "noseSneer": 0.32, "mouthPress": 0.22},
        {"eyeWide": 0.22, "mouthFrown": 0.25, "mouthUpperUp": 0.18, "jawForward": 0.2, "mouthStretch": 0.12},
        energy=1.35,
        head_pitch=0.04,
    ),
    "surprised": Emotion(
        {"eyeWide": 0.68, "browInnerUp": 0.68, "browOuterUp": 0.66},
        {"jawOpen": 0.10, "mouthFunnel": 0.1},
        energy=1.2,
        blinks=0.6,
        head_pitch=-0.05,
    ),
    "afraid": Emotion(
        {"eyeWide": 0.58, "browInnerUp": 0.62, "browOuterUp": 0.25, "mouthStretch": 0.36, "browDown": 0.15},
        {"mouthFrown": 0.2, "mouthLowerDown": 0.15},
        energy=0.9,
        blinks=1.6,
        head_pitch=-0.03,
    ),
    "disgusted": Emotion(
        {"noseSneer": 0.68, "mouthUpperUp": 0.34, "browDown": 0.36, "mouthShrugUpper": 0.2},
        {"eyeSquint": 0.35, "mouthFrown": 0.3, "cheekSquint": 0.3},
        energy=0.9,
        head_pitch=-0.04,
    ),
    "contemptuous": Emotion(
        {"mouthSmileLeft": 0.42, "mouthDimpleLeft": 0.45, "eyeSquint": 0.25, "noseSneerLeft": 0.2},
        {"browDownRight": 0.25, "browOuterUpLeft": 0.35},
        head_pitch=-0.07,
        head_roll=0.05,
    ),
    "weary": Emotion(
        {"eyeBlink": 0.26, "browInnerUp": 0.22, "mouthFrown": 0.2, "eyeSquint": 0.1},
        {"mouthShrugLower": 0.15, "eyeLookDown": 0.15},
        head_pitch=0.09,
        energy=0.5,
        blinks=1.4,
    ),
    "excited": Emotion(
        {"mouthSmile": 0.5, "eyeWide": 0.42, "browOuterUp": 0.42, "browInnerUp": 0.32, "cheekSquint": 0.2},
        {"mouthUpperUp": 0.15},
        energy=1.7,
        blinks=0.9,
    ),
    "tender": Emotion(
        {"mouthSmile": 0.3, "browInnerUp": 0.34, "eyeSquint": 0.26, "cheekSquint": 0.18},
        {"mouthDimple": 0.1, "eyeBlink": 0.06},
        energy=0.8,
        head_roll=0.06,
    ),
    "worried": Emotion(
        {"browInnerUp": 0.56, "browDown": 0.28, "mouthPress": 0.2, "mouthFrown": 0.18},
        {"eyeSquint": 0.15, "mouthRollLower": 0.15, "mouthStretch": 0.12},
        blinks=1.5,
    ),
    "confused": Emotion(
        {"browDownLeft": 0.46, "browOuterUpRight": 0.44, "browInnerUp": 0.18, "eyeSquint": 0.26},
        {"mouthShrugLower": 0.25, "mouthLeft": 0.15},
        head_roll=0.08,
    ),
    "bored": Emotion(
        {"eyeBlink": 0.24, "mouthShrugLower": 0.16, "browOuterUp": 0.1, "mouthFrown": 0.12},
        {"mouthLeft": 0.15, "eyeLookUp": 0.15},
        energy=0.4,
        head_roll=-0.04,
    ),
    "proud": Emotion(
        {"mouthSmile": 0.26, "browOuterUp": 0.22, "eyeBlink": 0.08, "mouthPress": 0.12},
        {"mouthShrugLower": 0.12, "jawForward": 0.08, "cheekSquint": 0.12},
        head_pitch=-0.12,
    ),
    "embarrassed": Emotion(
        {"mouthSmile": 0.2, "mouthPress": 0.36, "eyeLookDown": 0.34, "browInnerUp": 0.26},
        {"mouthRollLower": 0.2},
        head_pitch=0.10,
        head_roll=0.04,
        energy=0.7,
        blinks=1.5,
    ),
    "pained": Emotion(
        {"browDown": 0.56, "eyeSquint": 0.62, "cheekSquint": 0.42, "mouthStretch": 0.3, "noseSneer": 0.26},
        {"mouthUpperUp": 0.2, "browInnerUp": 0.25},
        energy=0.8,
    ),
    "determined": Emotion(
        {"browDown": 0.42, "mouthPress": 0.32, "eyeSquint": 0.2, "jawForward": 0.12},
        {"noseSneer": 0.1, "mouthShrugLower": 0.15, "eyeWide": 0.08},
        energy=0.9,
        blinks=0.7,
    ),
    "amused": Emotion(
        {"mouthSmile": 0.44, "mouthDimple": 0.24, "eyeSquint": 0.32, "cheekSquint": 0.32, "browOuterUp": 0.14},
        {"mouthSmileLeft": 0.12},
        energy=1.3,
        head_roll=0.05,
    ),
    "disappointed": Emotion(
        {"browInnerUp": 0.4, "mouthFrown": 0.42, "mouthPress": 0.26, "mouthShrugLower": 0.26},
        {"eyeLookDown": 0.2, "mouthLeft": 0.1, "browDown": 0.12},
        head_pitch=0.06,
        energy=0.6,
    ),
    "suspicious": Emotion(
        {"eyeSquint": 0.56, "browDown": 0.4, "mouthPress": 0.16},
        {"browOuterUpLeft": 0.22, "mouthLeft": 0.14},
        head_pitch=0.03,
        head_roll=-0.04,
        blinks=0.7,
    ),
    "tearful": Emotion(
        {
            "browInnerUp": 0.75,
            "eyeSquint": 0.46,
            "mouthFrown": 0.46,
            "mouthStretch": 0.2,
            "eyeBlink": 0.14,
            "cheekSquint": 0.26,
        },
        {"mouthUpperUp": 0.2, "mouthShrugLower": 0.2},
        head_pitch=0.08,
        blinks=2.2,
    ),
    "hopeful": Emotion(
        {"browInnerUp": 0.4, "browOuterUp": 0.24, "mouthSmile": 0.24, "eyeWide": 0.18},
        {"mouthUpperUp": 0.06, "cheekSquint": 0.12},
        head_pitch=-0.04,
    ),
    "relieved": Emotion(
        {"mouthSmile": 0.26, "eyeBlink": 0.16, "browInnerUp": 0.24, "mouthPress": 0.1}, {"browOuterUp": 0.1}, energy=0.7
    ),
    "focused": Emotion(
        {"browDown": 0.30, "eyeSquint": 0.26, "mouthPress": 0.10},
        {"browInnerUp": 0.14, "mouthRollLower": 0.12, "jawForward": 0.08},
        head_pitch=0.03,
        energy=0.7,
        blinks=0.45,
    ),
}
