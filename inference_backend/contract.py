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
from typing import Any, TypeVar

import numpy as np

PROTOCOL = 3

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
MAX_INGREDIENTS = 16  # of one mix
MAX_CUES = 200
MAX_VARIATIONS = 16
MAX_FADE_S = 60.0
MAX_WEIGHT = 100.0
MAX_STYLE_BYTES = 4 * 1024**2  # all references and vectors of a request together
_BYTES_A_NUMBER = 24  # of a vector, as JSON


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


def ignore(progress: Progress) -> None:
    """Take no notice of progress."""


@dataclass(frozen=True)
class Ingredient:
    """A part of a mix of styles.

    It is a style text, a reference performance (a Take's .npz as base64 text) or the vector of a saved style.
    """

    text: str = ""
    reference: str = ""
    vector: tuple[float, ...] = ()
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Raise BadRequest where it is not exactly one of the three, or a field is of the wrong type or size."""
        _need_style_text(self.text)
        if not isinstance(self.reference, str):
            raise BadRequest("The reference of a mix must be a take's .npz file as base64 text.")
        if not isinstance(self.vector, tuple) or not all(map(_is_coordinate, self.vector)):
            raise BadRequest("The vector of a saved style must be finite numbers; save the style again.")
        if sum((bool(self.text.strip()), bool(self.reference), bool(self.vector))) != 1:
            raise BadRequest(
                "Each part of a mix must be one of a style text, a reference performance or a saved style."
            )
        _need_number("The weight of a part of a mix", self.weight, 0.0, MAX_WEIGHT)


@dataclass(frozen=True)
class Cue:
    """A change of style: from start_s, in seconds of the excerpt, on these styles rule."""

    start_s: float
    style: str = ""
    mix: tuple[Ingredient, ...] = ()

    def __post_init__(self) -> None:
        """Raise BadRequest where a field is of the wrong type or out of range."""
        _need_number("The time of a cue", self.start_s, 0.0, MAX_SOUND_S)
        _need_style_text(self.style)
        _need_mix(self.style, self.mix)


@dataclass(frozen=True)
class Request:
    """All that a performance depends on, besides the sound itself.

    start_s and duration_s cut an excerpt out of the sound (duration_s None: to its end). strength scales the
    style: 0 is neutral, 1 as written, up to 2. The style is the sum of the mix, its weights brought to sum 1, in which
    the text `style` counts 1 unless it is empty; each cue begins another style, cross-faded over fade_s.
    head_motion, lips (how strongly the sound rules them), upper, gaze and blinks are amounts: 0 leaves the region
    at rest, 1 as acted, up to 2.
    """

    style: str = ""
    seed: int = 0
    fps: float = 30.0
    strength: float = 1.0
    head_motion: float = 1.0
    start_s: float = 0.0
    duration_s: float | None = None
    mix: tuple[Ingredient, ...] = ()
    cues: tuple[Cue, ...] = ()
    fade_s: float = 0.5
    lips: float = 1.0
    upper: float = 1.0
    gaze: float = 1.0
    blinks: float = 1.0

    def __post_init__(self) -> None:
        """Raise BadRequest where a field is of the wrong type or out of range."""
        _need_style_text(self.style)
        _need_number("fps", self.fps, *FPS_RANGE)
        for amount in ("strength", "head_motion", "lips", "upper", "gaze", "blinks"):
            _need_number(amount, getattr(self, amount), 0.0, 2.0)
        _need_number("start_s", self.start_s, 0.0, math.inf)
        if self.duration_s is not None:
            _need_number("duration_s", self.duration_s, 0.0, math.inf)
        _need_number("fade_s", self.fade_s, 0.0, MAX_FADE_S)
        if not isinstance(self.seed, int) or isinstance(self.seed, bool) or not 0 <= self.seed < 2**31:
            raise BadRequest("The seed must be a whole number from 0 to 2147483647.")
        _need_mix(self.style, self.mix)
        _need_cues(self.cues)
        self._need_size()

    def to_json(self) -> str:
        """Write the request as JSON text."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Request:
        """Read a request; unknown fields and bad JSON raise BadRequest."""
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadRequest("The request is not valid JSON.") from error
        return _from_fields(cls, "The request", fields)

    def _need_size(self) -> None:
        ingredients = [*self.mix, *(ingredient for cue in self.cues for ingredient in cue.mix)]
        size = sum(len(i.reference) + _BYTES_A_NUMBER * len(i.vector) for i in ingredients)
        if size > MAX_STYLE_BYTES:
            raise BadRequest(
                f"The references and saved styles take {size / 1024**2:.1f} MB; use fewer or shorter ones, "
                f"{MAX_STYLE_BYTES / 1024**2:g} MB at most."
            )


_Fields = TypeVar("_Fields", Ingredient, Cue, Request)


def _from_fields(kind: type[_Fields], what: str, fields: Any) -> _Fields:
    """Make a request or a part of one from JSON's objects and lists."""
    if not isinstance(fields, dict):
        raise BadRequest(f"{what} must be a JSON object.")
    unknown = sorted(set(fields) - {f.name for f in dataclasses.fields(kind)})
    if unknown:
        raise BadRequest(f"{what} has unknown fields: {', '.join(unknown)}.")
    made: dict[str, Any] = {
        name: _from_list(name, value) if isinstance(value, list) else value for name, value in fields.items()
    }
    if kind is Cue and "start_s" not in made:
        raise BadRequest(f"{what} needs its start_s.")
    return kind(**made)


def _from_list(name: str, items: list[Any]) -> tuple[Any, ...]:
    if name == "mix":
        return tuple(_from_fields(Ingredient, "A part of a mix", item) for item in items)
    if name == "cues":
        return tuple(_from_fields(Cue, "A cue", item) for item in items)
    return tuple(items)


def _need_style_text(text: Any) -> None:
    if not isinstance(text, str):
        raise BadRequest("The style must be text.")
    if len(text) > MAX_STYLE_CHARS:
        raise BadRequest(f"The style text has {len(text):,} characters; shorten it to {MAX_STYLE_CHARS:,} or fewer.")


def _need_mix(style: str, mix: Any) -> None:
    if not isinstance(mix, tuple) or not all(isinstance(ingredient, Ingredient) for ingredient in mix):
        raise BadRequest("A mix must be a list of ingredients.")
    if len(mix) > MAX_INGREDIENTS:
        raise BadRequest(f"A mix has {len(mix)} parts; use {MAX_INGREDIENTS} or fewer.")
    if mix and not style.strip() and not any(ingredient.weight > 0 for ingredient in mix):
        raise BadRequest("All weights of a mix are 0; give one part a weight above 0.")


def _need_cues(cues: Any) -> None:
    if not isinstance(cues, tuple) or not all(isinstance(cue, Cue) for cue in cues):
        raise BadRequest("The cues must be a list of cues.")
    if len(cues) > MAX_CUES:
        raise BadRequest(f"There are {len(cues)} cues; use {MAX_CUES} or fewer.")


def _is_coordinate(value: Any) -> bool:
    return _is_number(value) and -1e6 <= value <= 1e6


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _need_number(name: str, value: Any, low: float, high: float) -> None:
    if not _is_number(value) or not low <= value <= high or value == math.inf:
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


def need_variations(count: int) -> None:
    """Raise BadRequest where so many takes cannot be made at a time."""
    if not 1 <= count <= MAX_VARIATIONS:
        raise BadRequest(f"There can be 1 to {MAX_VARIATIONS} variations at a time, not {count}.")
