"""The first baseline: the louder the sound, the further the jaw drops, and nothing else moves."""

from __future__ import annotations

import numpy as np

from ...contract import CHANNELS, INDEX, OnProgress, Progress, Request, Take, ignore
from ...data_engine.procedural.prosody import loudness_of
from ...generator import features
from ...generator.sound import Sound
from .baseline import take_of

OPEN = 0.25  # jawOpen at the clip's speaking level: that of captured vowels


class LoudnessJaw:
    """Loudness as jaw: what costs nothing and everything must beat."""

    name = "loudness as jaw"

    def generate(self, heard: Sound, request: Request, on_progress: OnProgress = ignore) -> Take:
        """Perform a sound; the style is not read."""
        on_progress(Progress(0.0, "listening"))
        mel = features.log_mel(heard.samples)
        curves = np.zeros((len(mel) // 2, len(CHANNELS)), np.float32)
        curves[:, INDEX["jawOpen"]] = OPEN * loudness_of(mel)
        on_progress(Progress(1.0, "done"))
        return take_of(curves, None, heard, request, self.name)
