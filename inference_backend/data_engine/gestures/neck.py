"""What a neck can do."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from ...contract import HEAD
from ..head_rotation import angles

# Two thirds of the active range of young adults: flexion 60, extension 75, rotation 70, side bending 45 degrees
# (Youdas et al. 1992, goniometric study of the cervical spine). Talking heads stay well inside it (Bible et al. 2010).
RANGE_RAD: dict[str, tuple[float, float]] = {
    "pitch": (np.radians(-50.0), np.radians(40.0)),
    "yaw": (np.radians(-47.0), np.radians(47.0)),
    "roll": (np.radians(-30.0), np.radians(30.0)),
}
# Vigorous voluntary turns reach 780 degrees a second in the median (Grossman et al. 1988), oscillations at 2 Hz 170 to
# 200: what goes with speech stays under half of the former.
FASTEST_RAD_S = float(np.radians(330.0))
_LOW, _HIGH = np.array([RANGE_RAD[name] for name in HEAD]).T


def speed(turns: Rotation, fps: float) -> np.ndarray:
    """Angular speed [T - 1] in radians a second between frames, about whatever axis."""
    return (turns[:-1].inv() * turns[1:]).magnitude() * fps


def strain(moved: Rotation, before: Rotation, fps: float) -> float:
    """How far a motion goes beyond what a neck does, as a factor over its limits; 1 and less is allowed.

    What a head did before may already lie beyond a limit; then that is the limit.
    """
    now, then = angles(moved), angles(before)
    low, high = np.minimum(_LOW, then.min(0)), np.maximum(_HIGH, then.max(0))
    reach = max((now / high).max(), (now / low).max())
    if len(now) < 2:
        return float(reach)
    return float(max(reach, speed(moved, fps).max() / max(FASTEST_RAD_S, speed(before, fps).max())))
