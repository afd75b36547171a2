"""Time codes of Live Link Face: HH:MM:SS:FF.sub, frames counted within the second, sub in thousandths of one.

The app counts 60 frames a second at whatever rate it records, and Unreal's importer divides by 60 whatever it reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

_CODE = re.compile(r"(\d+):(\d+):(\d+)[:;](\d+(?:\.\d+)?)")
_STANDARD = [24000 / 1001, 30000 / 1001, 60000 / 1001, 120000 / 1001]
_DAY_S = 86400
_APP_FPS = 60


def write(frame: int, fps: float) -> str:
    """Write the time of a frame, frame / fps seconds."""
    whole, thousandths = divmod(round(frame * _APP_FPS * 1000 / fps), 1000)
    seconds, frames = divmod(whole, _APP_FPS)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}:{seconds:02d}:{frames:02d}.{thousandths:03d}"


def read(codes: Sequence[str]) -> np.ndarray | None:
    """Read the times in seconds from the first code on, or None where they are no rising time codes."""
    matches = [_CODE.fullmatch(code.strip()) for code in codes]
    if len(matches) < 2 or not all(matches):
        return None
    numbers = np.array([[float(part) for part in match.groups()] for match in matches if match])
    seconds, frames = numbers[:, :3] @ (3600, 60, 1), numbers[:, 3]
    times = seconds + frames / _frames_per_second(seconds, frames)
    times = times + _DAY_S * np.concatenate([[0], np.cumsum(np.diff(times) < -_DAY_S / 2)])
    return times - times[0] if (np.diff(times) > 0).all() else None


def _frames_per_second(seconds: np.ndarray, frames: np.ndarray) -> float:
    """Find in how many frames the codes count a second; the app may count 60 and record every other."""
    is_same_second = np.diff(seconds) == 0
    is_next_second = np.diff(seconds) == 1
    steps = np.diff(frames)
    if is_same_second.any() and is_next_second.any():
        base = round(float(np.median(np.median(steps[is_same_second]) - steps[is_next_second])))
        if base > frames.max():
            return base
    if frames.max() < 30 and np.median(steps) <= 1:
        return 30
    return max(_APP_FPS, math.ceil(frames.max() + 1e-9))


def rate(times: np.ndarray) -> float:
    """Find the frame rate of rising times, snapped to a whole or NTSC rate where one is near."""
    fps = 1 / float(np.median(np.diff(times)))
    steps = np.rint(np.diff(times) * fps).sum()
    fps = float(steps / times[-1])
    for standard in (round(fps), *_STANDARD):
        if standard and abs(fps - standard) < 4e-4 * standard:
            return float(standard)
    return fps
