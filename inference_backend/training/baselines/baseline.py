"""A baseline as the evaluation sees it, and how its curves at 50 Hz become a Take."""

from __future__ import annotations

from dataclasses import asdict
from typing import Protocol

import numpy as np

from ...contract import CHANNELS, HEAD, OnProgress, Request, Take, frame_count
from ...generator.features import FRAME_RATE
from ...generator.resample import resample
from ...generator.sound import Sound


class Baseline(Protocol):
    """Anything that performs a sound as the style generator does."""

    name: str

    def generate(self, heard: Sound, request: Request, on_progress: OnProgress = ...) -> Take:
        """Perform a sound."""
        ...


def take_of(curves: np.ndarray, head: np.ndarray | None, heard: Sound, request: Request, name: str) -> Take:
    """Bring curves [T, 52] and head [T, 3] (None: at rest) at 50 Hz to the request's frames, bounded."""
    head = np.zeros((len(curves), len(HEAD))) if head is None else head * request.head_motion
    frames = frame_count(heard.duration_s, request.fps)
    both = np.concatenate([np.clip(curves, 0.0, 1.0), head], 1)
    at_fps = resample(both, FRAME_RATE, request.fps, frames).astype(np.float32)
    values, head = np.clip(at_fps[:, : len(CHANNELS)], 0.0, 1.0), at_fps[:, len(CHANNELS) :]
    return Take(request.fps, values, head, {"request": asdict(request), "model": name})
