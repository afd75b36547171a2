"""Read a performance back from what it moved: channels and head of the properties that a character has.

What a take does to a character is known only as a function from takes to values; here that is inverted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SWEEPS = 40
_STEPS = 6
_NUDGE_RAD = 1e-3
_HIGHEST = 2.0  # hand-made shapes go beyond 1, but not far


def channels_from(observed: np.ndarray, rest: np.ndarray, gains: np.ndarray, sweeps: int = SWEEPS) -> np.ndarray:
    """Find channels [T, C] of at least 0 that explain values [T, P] best: values = rest [P] + gains [P, C] @ channels.

    By coordinate descent, channel by channel, first those that show most: where each property has a channel of its
    own, the first sweep is exact, and what only stands in for others comes after it.
    """
    scale = np.abs(gains).max(axis=1)
    moved = scale > 1e-9
    unit = gains[moved] / scale[moved, None]
    left = (observed[:, moved] - rest[moved]) / scale[moved]
    strength = (unit**2).sum(axis=0)
    found = np.zeros((len(observed), gains.shape[1]))
    order = np.argsort(-strength, kind="stable")
    for _ in range(sweeps):
        largest_step = 0.0
        for channel in order[strength[order] > 1e-9]:
            wanted = found[:, channel] + left @ unit[:, channel] / strength[channel]
            step = np.clip(wanted, 0.0, _HIGHEST) - found[:, channel]
            found[:, channel] += step
            left -= step[:, None] * unit[:, channel]
            largest_step = max(largest_step, float(np.abs(step).max(initial=0.0)))
        if largest_step < 1e-6:
            break
    return found


def head_from(observed: np.ndarray, turned: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Find pitch, yaw, roll [T, 3] for which turned() gives values [T, P] nearest to those observed.

    By Gauss and Newton's steps from rest, all frames at once.
    """
    head = np.zeros((len(observed), 3))
    for _ in range(_STEPS):
        now = turned(head)
        slopes = np.stack([(turned(head + nudge) - now) / _NUDGE_RAD for nudge in np.eye(3) * _NUDGE_RAD], axis=2)
        normal = slopes.transpose(0, 2, 1) @ slopes + 1e-9 * np.eye(3)
        pull = slopes.transpose(0, 2, 1) @ (observed - now)[:, :, None]
        step = np.clip(np.linalg.solve(normal, pull)[:, :, 0], -0.5, 0.5)
        head = head + step
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    return head
