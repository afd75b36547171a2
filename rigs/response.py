"""How a driven value follows its control, as a table, and which control value shows a wanted one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_REACHES = (0.01, 0.1, 1.0, 10.0, 100.0)
_SAMPLES = 64
_FULL, _NEAR = 0.999, 0.01


@dataclass(frozen=True)
class Response:
    """The control's change from rest that shows each value 0..1; beyond 1 and below 0 the ends go on straight."""

    shown: tuple[float, ...]
    control: tuple[float, ...]

    def control_for(self, values: np.ndarray) -> np.ndarray:
        """Give the control's change from rest for wanted values [T]."""
        shown, control = np.array(self.shown), np.array(self.control)
        result = np.interp(values, shown, control)
        slope = (control[-1] - control[-2]) / max(shown[-1] - shown[-2], 1e-9)
        return result + slope * np.maximum(values - shown[-1], 0.0)


def measured(value_at: Callable[[float], float]) -> Response | None:
    """Find how a control, by its change from rest, brings a value from 0 to 1; None where it cannot."""
    if abs(value_at(0.0)) > _NEAR:
        return None
    for reach in _REACHES:
        for sign in (1.0, -1.0):
            if value_at(sign * reach) >= _FULL:
                return _table(value_at, sign * reach)
    return None


def _table(value_at: Callable[[float], float], reach: float) -> Response | None:
    """Follow the value from 0 to where it first is 1; None where it does not rise all the way."""
    low, high = 0.0, reach
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (low, middle) if value_at(middle) >= _FULL else (middle, high)
    controls = np.linspace(0.0, high, _SAMPLES)
    shown = np.array([value_at(float(each)) for each in controls])
    if np.any(np.diff(shown) < -1e-6):
        return None
    keep = np.concatenate([np.diff(shown) > 1e-9, [True]])
    return Response(tuple(shown[keep].tolist()), tuple(controls[keep].tolist())) if keep.sum() > 1 else None
