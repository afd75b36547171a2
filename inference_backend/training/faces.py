"""Captured faces as they are: recorded sounds beside the lips that spoke them, with no mood laid over them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..contract import INDEX
from ..data_engine.captures import LIVE_LIPS, Captures
from ..data_engine.speech.phones import per_frame
from ..data_engine.speech.recordings import LABELS, Phrase, phrases_of
from ..generator.features import FRAME_RATE, log_mel
from .corpus import CURVES, drawn_excerpt

CORPUS = "grid_s1"
_TEMPOS = (0.88, 1.15)  # each face is heard once as it is, and once quicker or slower
_LIVE = [INDEX[name] for name in LIVE_LIPS]


class _Face(NamedTuple):
    """A recording: log-mel [2T, 80], phones [T], and what is live of the lips [T, 11]."""

    mel: np.ndarray
    ids: np.ndarray
    lips: np.ndarray


class Faces:
    """Excerpts of the captured faces in a folder of recordings that are for training, drawn at random."""

    def __init__(self, recordings: Path, frames: int, seed: int):
        self._frames, self._rng = frames, np.random.default_rng([seed, 11])
        captures = Captures(recordings / CORPUS / "curves.npz")
        self._faces = [
            _face(phrase, captures, tempo)
            for phrase in phrases_of(CORPUS, recordings / CORPUS)
            if phrase.split == "train" and phrase.path.stem in captures.clips
            for tempo in (1.0, float(self._rng.uniform(*_TEMPOS)))
        ]

    def __len__(self) -> int:
        """Count the faces, each tempo apart."""
        return len(self._faces)

    def batch(self, size: int) -> dict[str, Tensor]:
        """One batch: mel, ids, motion, weight (0 where nothing was seen), trust and captured, as in `Corpus.batch`."""
        rows = [self._excerpt(self._faces[i]) for i in self._rng.integers(len(self._faces), size=size)]
        return {name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in rows[0]}

    def _excerpt(self, face: _Face) -> dict[str, np.ndarray]:
        at, rows, inside = drawn_excerpt(len(face.ids), self._frames, self._rng)
        motion, weight = np.zeros((2, self._frames, CURVES), np.float32)
        motion[:, _LIVE] = face.lips[at]
        weight[:, _LIVE] = inside[:, None]
        return {
            "mel": face.mel[rows],
            "ids": face.ids[at].astype(np.int64),
            "motion": motion,
            "weight": weight,
            "trust": np.ones(1, np.float32),
            "captured": np.array(1, np.int64),
        }


def has_faces(recordings: Path | None) -> bool:
    """Tell whether a folder of recordings holds captured faces with labels."""
    return recordings is not None and all((recordings / CORPUS / f).is_file() for f in ("curves.npz", LABELS))


def _face(phrase: Phrase, captures: Captures, tempo: float) -> _Face:
    """Read a recording, played slower by a ratio."""
    track = phrase.track().scaled(tempo)
    mel = log_mel(track.samples)
    curves = captures.curves(phrase.path.stem)[0][:, _LIVE]
    frames = min(len(mel) // 2, round(tempo * (len(curves) - phrase.start_s * FRAME_RATE)))
    at = np.arange(frames) / tempo + phrase.start_s * FRAME_RATE
    lips = np.stack([np.interp(at, np.arange(len(curves)), column) for column in curves.T], 1)
    return _Face(mel[: 2 * frames], per_frame(track.phones, frames, FRAME_RATE), lips.astype(np.float32))
