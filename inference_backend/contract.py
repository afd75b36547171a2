"""What goes into the backend and what comes back: requests, progress, takes and errors.

Axes and signs, stated once for the whole project. The head's frame is right-handed: +x towards the
character's own left, +y up, +z out of the face (Apple's face anchor, MakeHuman's base mesh). Angles are
radians about those axes by the right-hand rule, composed as R = Ry(yaw) @ Rx(pitch) @ Rz(roll):

    pitch > 0  the chin drops (looks down)
    yaw   > 0  the nose turns to the character's own left
    roll  > 0  the head tips onto the character's own right shoulder

Row k of a Take is the face at k / fps seconds of the sound. Standard library and numpy only.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

PROTOCOL = 1

# Apple's 52 blendshape locations in the column order of a Live Link Face CSV.
CHANNELS: tuple[str, ...] = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
    "eyeSquintRight", "eyeWideRight", "jawForward", "jawRight", "jawLeft", "jawOpen", "mouthClose",
    "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft", "mouthSmileLeft", "mouthSmileRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
    "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
    "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
HEAD: tuple[str, ...] = ("pitch", "yaw", "roll")
INDEX: dict[str, int] = {name: i for i, name in enumerate(CHANNELS)}

FPS_RANGE = (1.0, 240.0)
MAX_STYLE_CHARS = 1000
MAX_SOUND_S = 3600.0
MIN_SOUND_S = 0.05


def region(name: str) -> str:
    """Name the region of a channel: lips, upper, gaze or blinks."""
    if name.startswith("eyeBlink"):
        return "blinks"
    if name.startswith("eyeLook"):
        return "gaze"
    if name.startswith(("jaw", "mouth", "tongue")):
        return "lips"
    return "upper"


class MienError(Exception):
    """Anything that a user can meet; the message is one sentence that says what happened and what to do."""

    kind = "error"


class BadRequest(MienError):
    """A field of the request is missing or out of range."""

    kind = "bad_request"


class BadSound(MienError):
    """The sound cannot be read or is not usable."""

    kind = "bad_sound"


class BackendFailed(MienError):
    """The backend did not start, died, or could not load its model."""

    kind = "backend_failed"


class Busy(MienError):
    """The queue is full."""

    kind = "busy"


class Cancelled(MienError):
    """The user cancelled; neither success nor failure."""

    kind = "cancelled"


@dataclass(frozen=True)
class Progress:
    """How far a job is: a fraction 0..1 and a short phase word."""

    fraction: float
    phase: str


OnProgress = Callable[[Progress], None]
"""Called between steps of the work; raises Cancelled to stop it."""


@dataclass(frozen=True)
class Request:
    """All that a performance depends on, besides the sound itself.

    start_s and duration_s cut an excerpt out of the sound (duration_s None: to its end). strength scales the
    style: 0 is neutral, 1 as written, up to 2. head_motion scales the head's rotation from rest.
    """

    style: str = ""
    seed: int = 0
    fps: float = 30.0
    strength: float = 1.0
    head_motion: float = 1.0
    start_s: float = 0.0
    duration_s: float | None = None

    def __post_init__(self) -> None:
        """Raise BadRequest where a field is of the wrong type or out of range."""
        if not isinstance(self.style, str):
            raise BadRequest("The style must be text.")
        if len(self.style) > MAX_STYLE_CHARS:
            raise BadRequest(
                f"The style text has {len(self.style):,} characters; shorten it to {MAX_STYLE_CHARS:,} or fewer."
            )
        _need_number("fps", self.fps, *FPS_RANGE)
        _need_number("strength", self.strength, 0.0, 2.0)
        _need_number("head_motion", self.head_motion, 0.0, 2.0)
        _need_number("start_s", self.start_s, 0.0, math.inf)
        if self.duration_s is not None:
            _need_number("duration_s", self.duration_s, 0.0, math.inf)
        if not isinstance(self.seed, int) or isinstance(self.seed, bool) or not 0 <= self.seed < 2**31:
            raise BadRequest("The seed must be a whole number from 0 to 2147483647.")

    def to_json(self) -> str:
        """Write the request as JSON text."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Request:
        """Read a request; unknown fields and bad JSON raise BadRequest."""
        try:
            fields = json.loads(text)
        except ValueError as error:
            raise BadRequest("The request is not valid JSON.") from error
        if not isinstance(fields, dict):
            raise BadRequest("The request must be a JSON object.")
        known = {f.name for f in dataclasses.fields(cls)}
        unknown = sorted(set(fields) - known)
        if unknown:
            raise BadRequest(f"The request has unknown fields: {', '.join(unknown)}.")
        return cls(**fields)


def _need_number(name: str, value: Any, low: float, high: float) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not low <= value <= high or value == math.inf:
        limits = f"from {low:g} to {high:g}" if high < math.inf else f"of {low:g} or more"
        raise BadRequest(f"{name} must be a number {limits}, not {value!r}.")


@dataclass(frozen=True)
class Take:
    """A performance: fps; values float32 [T, 52] in CHANNELS order; head float32 [T, 3] radians in HEAD order."""

    fps: float
    values: np.ndarray
    head: np.ndarray
    meta: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError where shapes or values do not fit the contract."""
        frames = len(self.values)
        if self.values.shape != (frames, len(CHANNELS)) or self.head.shape != (frames, len(HEAD)):
            raise ValueError(f"A take needs [T, 52] and [T, 3], not {self.values.shape} and {self.head.shape}.")
        if not (np.isfinite(self.values).all() and np.isfinite(self.head).all()):
            raise ValueError("A take must not hold NaN or infinite values.")

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.values)

    @property
    def duration_s(self) -> float:
        """Length of the sound that the take covers, within half a frame."""
        return len(self) / self.fps

    def channel(self, name: str) -> np.ndarray:
        """Curve of one channel, [T]."""
        return self.values[:, INDEX[name]]


def frame_count(duration_s: float, fps: float) -> int:
    """Frames of a sound: round(duration x fps), at least one."""
    return max(1, round(duration_s * fps))
