"""Sound is there, and there is something in it."""

from __future__ import annotations

import numpy as np

from ...generator.features import SAMPLE_RATE
from .limits import JudgeConfig

_BLOCK = SAMPLE_RATE // 10
_QUIETER_DB = 40.0
_CLIPPED = 0.02


def check(samples: np.ndarray, limits: JudgeConfig) -> str:
    """Say what is wrong with a sound, float32 [N] at 16 kHz, or nothing."""
    if not len(samples) or not np.isfinite(samples).all():
        return "The sound holds nothing that can be heard."
    blocks = np.pad(samples, (0, -len(samples) % _BLOCK)).reshape(-1, _BLOCK).astype(np.float64)
    level = 10 * np.log10((blocks**2).mean(1) + 1e-12)
    if level.max() < limits.quietest_db:
        return f"The sound is silent ({level.max():.0f} dB at its loudest)."
    if (share := float((level > level.max() - _QUIETER_DB).mean())) < limits.least_sounding:
        return f"The sound is silent for {1 - share:.0%} of its length."
    if (clipped := float((np.abs(samples) >= 0.999).mean())) > _CLIPPED:
        return f"The sound is clipped in {clipped:.0%} of its samples."
    return ""
