"""The tracker's scores as ARKit means them: each person's resting face taken off, and the scale set right.

What the tracker sees, measured on renders of the demo character with each channel at 1 (score at rest -> at 1); the
mean score of both sides where there are two:

    well        jawOpen 0 -> .82, mouthSmile 0 -> .94, eyeBlink .04 -> .85, mouthPucker .05 -> .81,
                gaze aside .06 -> .94, browInnerUp .28 -> .90 (from landmarks: brows.py)
    in part     mouthUpperUp 0 -> .53, mouthShrugUpper .10 -> .40, mouthLeft and mouthRight 0 -> .35,
                eyeSquint .18 -> .35, gaze down .32 -> .63, gaze up .03 -> .11 (and gaze down falls to .07)
    by landmark browOuterUp .58 -> .87 (and turns with the head), browDown 0 -> .03: brows.py sees both
    weakly      mouthFrown 0 -> .20 (reads as pucker, too), mouthShrugLower .02 -> .19, mouthStretch .01 -> .17,
                eyeWide .02 -> .15, mouthFunnel 0 -> .12 (reads as pucker .72)
    not at all  jawForward, jawLeft, jawRight, mouthClose (reads as mouthShrugLower .95), mouthDimple and mouthPress
                (read as smile .45 to .55), mouthRollLower, mouthRollUpper, mouthLowerDown, cheekPuff, cheekSquint,
                noseSneer, tongueOut (which has no score)

Real mouths show mouthPress and the rolls, too: on GRID's speaker their scores move with the speech.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...contract import CHANNELS, INDEX
from . import brows
from .gaze import conjugate
from .head import head_angles, pose_angles
from .tracker import Track

# The tracker's own scale against Apple's meaning: score 0.62 for a full blink, and so on.
GAIN = {"eyeBlinkLeft": 1.6, "eyeBlinkRight": 1.6, "mouthPucker": 1.5, "mouthSmileLeft": 1.15, "mouthSmileRight": 1.15}
# Of channels outside the mouth of speech; none is more than 3, since the jitter grows with it.
GAIN |= {f"mouth{part}{side}": gain for part, gain in (("Frown", 3.0), ("UpperUp", 1.6)) for side in ("Left", "Right")}
GAIN |= {f"eye{part}{side}": gain for part, gain in (("Squint", 2.5), ("Wide", 3.0)) for side in ("Left", "Right")}
GAIN |= {f"eyeLook{way}{side}": 2.5 for way in ("Up", "Down") for side in ("Left", "Right")}
GAIN |= {"mouthLeft": 2.5, "mouthRight": 2.5}

# How much of a score at rest may be the tracker's bias, by the beginning of the name; the rest of it is expression: who
# smiles from the first frame to the last has a smile, not a bias.
_BIAS = {
    "eyeBlink": 0.35, "eyeSquint": 0.5, "eyeLookDown": 0.5, "eyeLook": 0.25, "mouthPress": 0.35, "mouthRoll": 0.35,
    "mouthClose": 0.2, "mouthPucker": 0.3, "mouthShrug": 0.3, "mouthLowerDown": 0.1, "mouthStretch": 0.1, "mouth": 0.05,
    "jawOpen": 0.05, "browDown": 0.6,
}  # fmt: skip
_REST_PERCENTILE = 10
BROW_PERCENTILE = 30  # brows rest in the middle of what they do: they rise and they fall


@dataclass(frozen=True)
class Neutral:
    """A person at rest: scores [52] on the tracker's scale, head pose [3] in radians, heights of the brows [3]."""

    scores: np.ndarray
    head: np.ndarray
    brows: np.ndarray


def neutral_of(track: Track) -> Neutral:
    """Estimate the resting face from a film alone; raises ValueError where no face is seen."""
    found = track.found
    if not found.any():
        raise ValueError("There is no face to take the rest from.")
    heights = brows.heights(track.landmarks[found])
    head = resting_pose(track)
    return Neutral(resting_scores(track.scores[found]), head, np.percentile(heights, BROW_PERCENTILE, axis=0))


def resting_pose(track: Track) -> np.ndarray:
    """Take a film's middle head pose [3], in radians towards the camera, for its rest."""
    return np.median(pose_angles(track.matrices[track.found]), 0)


def resting_scores(scores: np.ndarray) -> np.ndarray:
    """Estimate the scores at rest [52] from those of a face that acts [F, 52]."""
    return np.array([_rest(name, scores[:, INDEX[name]]) for name in CHANNELS], np.float32)


def _rest(name: str, scores: np.ndarray) -> float:
    low = np.median(scores) if name.startswith("eyeLook") else np.percentile(scores, _REST_PERCENTILE)
    return float(min(low, next((cap for start, cap in _BIAS.items() if name.startswith(start)), 0.05)))


def to_arkit(name: str, scores: np.ndarray, rest: float = 0.0) -> np.ndarray:
    """Bring the scores [..] of a channel to Apple's meaning, 0 to 1."""
    return np.minimum(1.0, np.maximum(0.0, scores - rest) * GAIN.get(name, 1.0))


def face(scores: np.ndarray, landmarks: np.ndarray, head: np.ndarray, neutral: Neutral) -> np.ndarray:
    """ARKit curves [F, 52] of scores [F, 52], landmarks [F, 478, 3] in pixels and calibrated head angles [F, 3]."""
    values = np.stack([to_arkit(name, scores[:, i], neutral.scores[i]) for i, name in enumerate(CHANNELS)], 1)
    _tell_up_from_down(values, scores, neutral)
    values = conjugate(values)
    raised = brows.heights(landmarks) - neutral.brows
    for name, curve in brows.channels(raised, brows.blinks_of(values), head).items():
        lowered = values[:, INDEX[name]] if name.startswith("browDown") else 0.0  # whose score lives on real faces
        values[:, INDEX[name]] = np.maximum(curve, lowered)
    return values


def _tell_up_from_down(values: np.ndarray, scores: np.ndarray, neutral: Neutral) -> None:
    """Let a gaze that looks down less than at rest look up: the tracker's own score for that hardly moves."""
    for side in ("Left", "Right"):
        up, down = INDEX[f"eyeLookUp{side}"], INDEX[f"eyeLookDown{side}"]
        height = (scores[:, up] - neutral.scores[up]) - (scores[:, down] - neutral.scores[down])
        values[:, up] = np.clip(height * GAIN[CHANNELS[up]], 0, 1)
        values[:, down] = np.clip(-height * GAIN[CHANNELS[down]], 0, 1)


def head(matrices: np.ndarray, neutral: Neutral) -> np.ndarray:
    """Head angles [F, 3] from the person's resting pose, in the contract's axes."""
    return head_angles(matrices, neutral.head)
