"""What a speech engine gives: samples, their rate, and phones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .phones import Phone


@dataclass(frozen=True)
class Spoken:
    """A synthesized sound: samples float32 [N] at rate, its phones, and the voice that spoke."""

    samples: np.ndarray
    rate: int
    phones: list[Phone]
    voice: str


def shift_labels(spoken: Spoken, lag_s: float) -> Spoken:
    """Move the labels later by lag_s, within the sound."""
    end_s = len(spoken.samples) / spoken.rate
    phones = [Phone(min(p.start_s + lag_s * (p.start_s > 0), end_s), min(p.end_s + lag_s, end_s), p.name)
              for p in spoken.phones]  # fmt: skip
    return Spoken(spoken.samples, spoken.rate, [p for p in phones if p.end_s > p.start_s], spoken.voice)
