"""Shape a take without generating it again: more or less of each part, calmer, later, a stretch of it.

Closed lips stay closed, whatever the gains and the smoothing; peaks keep their height.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ..inference_backend.contract import CHANNELS, INDEX, Take
from .extrema import extrema
from .parts import CONTACTS, part_of

SHUT, AJAR = 0.02, 0.10
"""Gaps between the lips, in units of jawOpen, up to which they count as shut and from which they count as open."""
CALM = {"mouth": 0.35, "tongue": 0.35, "eyes": 0.35, "blinks": 0.25, "brows": 1.0, "cheeks": 1.0, "head": 1.0}
"""Share of the smoothing that each part gets: lips, blinks and darts of the eyes are fast by nature."""
LEAST_TURN, LEAST_HEAD_TURN_RAD = 0.03, 0.01
"""Turns smaller than this are jitter to smoothing, and so are those under a share of what a curve does at all."""
_TURN_SHARE = 0.3
_HUSHED = 0.25  # mouth gain under which pressed lips fade as well
_PRESSED = ("mouthRollLower", "mouthRollUpper", "mouthPressLeft", "mouthPressRight")
_SIGMA = 1 / 2.3548  # of a Gaussian, for a width at half its height of 1


@dataclass(frozen=True)
class Shape:
    """What is done to a take: a gain for each part, 0 to 2, and the rest in the take's own time.

    smoothing_s is the width of the window that calms the curves. offset_frames moves all of it later, or earlier.
    first_frame and last_frame, in frames of the scene, limit what is keyed; None: no limit.
    """

    mouth: float = 1.0
    brows: float = 1.0
    eyes: float = 1.0
    cheeks: float = 1.0
    tongue: float = 1.0
    blinks: float = 1.0
    head: float = 1.0
    smoothing_s: float = 0.0
    offset_frames: float = 0.0
    first_frame: float | None = None
    last_frame: float | None = None

    def gain(self, part: str) -> float:
        """Gain of a part by its name."""
        return float(getattr(self, part))

    def placed(self, start_frame: float) -> float:
        """Frame of the scene on which row 0 falls, where the sound begins on start_frame."""
        return start_frame + self.offset_frames

    def rows(self, start_frame: float, frames: int) -> slice:
        """Rows of a take of so many frames that are keyed, where the sound begins on start_frame."""
        placed = self.placed(start_frame)
        first = 0 if self.first_frame is None else int(np.ceil(self.first_frame - placed - 1e-6))
        last = frames - 1 if self.last_frame is None else int(np.floor(self.last_frame - placed + 1e-6))
        return slice(min(max(first, 0), frames), max(min(last + 1, frames), 0))


def shaped(take: Take, shape: Shape) -> Take:
    """Return the take with gains and smoothing; as long as before, for offset and range are a matter of keying."""
    values, head = take.values.astype(np.float32), take.head.astype(np.float32)
    gap = aperture(values)
    if shape.smoothing_s > 0:
        values, head = _calmed(values, head, gap, shape.smoothing_s * take.fps)
    values, head = _scaled(values, gap, shape), head * np.float32(shape.head)
    return dataclasses.replace(take, values=values, head=head)


def aperture(values: np.ndarray) -> np.ndarray:
    """Measure how far the lips are apart, [T, 52] -> [T] >= 0: the jaw less mouthClose, and lips drawn apart."""
    lips = values[:, [INDEX[f"mouth{part}{side}"] for part in ("LowerDown", "UpperUp") for side in ("Left", "Right")]]
    return np.maximum(0.0, values[:, INDEX["jawOpen"]] - values[:, INDEX["mouthClose"]] + lips.mean(axis=1))


def closed(gap: np.ndarray) -> np.ndarray:
    """Tell how closed lips are that are so far apart: 1 shut, 0 open, eased between."""
    open_ = np.clip((gap - SHUT) / (AJAR - SHUT), 0.0, 1.0)
    return 1.0 - open_ * open_ * (3.0 - 2.0 * open_)


def _calmed(values: np.ndarray, head: np.ndarray, gap: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Smooth all curves over so many frames; lips that are shut stay as they are."""
    calm = np.stack(
        [_smoothed(values[:, i], width * CALM[part_of(name)], LEAST_TURN) for i, name in enumerate(CHANNELS)], axis=1
    )
    contact = [INDEX[name] for name in CONTACTS]
    weight = closed(gap)[:, None]
    calm[:, contact] = weight * values[:, contact] + (1.0 - weight) * calm[:, contact]
    turned = [_smoothed(head[:, i], width * CALM["head"], LEAST_HEAD_TURN_RAD) for i in range(head.shape[1])]
    return calm.astype(np.float32), np.stack(turned, axis=1).astype(np.float32)


def _smoothed(curve: np.ndarray, width: float, least: float) -> np.ndarray:
    """Smooth [T] over so many frames, and give its turning points their heights back."""
    sigma = width * _SIGMA
    if sigma < 0.2 or len(curve) < 3 or np.ptp(curve) == 0:
        return curve
    reach = min(len(curve) - 1, int(np.ceil(3 * sigma)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    smooth = np.convolve(np.pad(curve, reach, mode="reflect"), kernel / kernel.sum(), mode="valid")
    turns = np.unique([0, *extrema(curve, max(least, _TURN_SHARE * float(np.ptp(curve)))), len(curve) - 1])
    return _restored(curve, smooth, turns)


def _restored(curve: np.ndarray, smooth: np.ndarray, turns: np.ndarray) -> np.ndarray:
    """Add to a smoothed curve what it lacks at the turning points, eased between, and keep it between their heights."""
    rows = np.arange(len(curve))
    after = np.clip(np.searchsorted(turns, rows, side="right"), 1, len(turns) - 1)
    before = after - 1
    way = (rows - turns[before]) / (turns[after] - turns[before])
    eased = way * way * (3.0 - 2.0 * way)
    lack = curve[turns] - smooth[turns]
    restored = smooth + lack[before] + eased * (lack[after] - lack[before])
    heights = curve[turns]
    low, high = np.minimum(heights[before], heights[after]), np.maximum(heights[before], heights[after])
    return np.clip(restored, low, high)


def _scaled(values: np.ndarray, gap: np.ndarray, shape: Shape) -> np.ndarray:
    """Multiply each part by its gain; values in 0..1 stay there."""
    factors = np.array([shape.gain(part_of(name)) for name in CHANNELS], np.float32)
    scaled = values * factors
    if shape.mouth != 1.0:
        _keep_closures(scaled, values, gap, shape.mouth)
    high, low = np.maximum(values, 1.0), np.minimum(values, 0.0)
    return np.clip(scaled, low, high) if (factors > 1).any() else scaled


def _keep_closures(scaled: np.ndarray, values: np.ndarray, gap: np.ndarray, gain: float) -> None:
    """Leave lips that are shut as they are where the mouth grows, and press them still where it shrinks; in place."""
    kept = 1.0 if gain > 1 else min(1.0, gain / _HUSHED)
    columns = [INDEX[name] for name in (CONTACTS if gain > 1 else _PRESSED)]
    factor = gain + (kept - gain) * closed(gap)
    scaled[:, columns] = values[:, columns] * factor[:, None].astype(np.float32)
