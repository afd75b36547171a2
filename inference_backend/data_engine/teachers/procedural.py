"""The procedural teacher: speech of many voices, acted by rules, with exact truth and no download."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from ...contract import Take
from ...generator import features
from ..captures import Captures
from ..clip import Clip, Performance, write_performance, write_sound
from ..procedural import teacher
from ..prompts.prompt import Attributes
from ..speech.recordings import Recordings
from ..speech.surroundings import surround
from ..speech.utterance import Utterance, utter

LICENCE = "CC BY 4.0"  # of curves and prompts; the sound's own licence is named beside it


class Procedural:
    """Speaks a prompt with one of this machine's voices, or takes up recorded speech, and acts to it."""

    name = "procedural"

    def __init__(self, seed: int, recordings: Path | None = None):
        self._seed = seed
        self._recordings = None if recordings is None else Recordings(recordings)
        curves = recordings and recordings / "grid_s1" / "curves.npz"
        self._captures = Captures(curves) if curves and curves.is_file() else None

    def perform(self, clip: Clip, folder: Path) -> Clip:
        """Give the clip sound and exact curves."""
        utterance = utter(clip.prompt.attributes, clip.rng(self._seed, "sound"), self._recordings)
        mel = features.log_mel(utterance.samples)  # who speaks hears himself, not what stands around the microphone
        utterance = surround(utterance, clip.rng(self._seed, "surroundings"))
        sound = write_sound(utterance.samples, folder / f"{clip.id}.flac")
        (curves, head), captured = self._act(clip, utterance, mel)
        take = Take(features.FRAME_RATE, curves.astype(np.float32), head.astype(np.float32))
        performance = Performance(take, np.ones(len(curves), np.float32))
        provenance = {
            **utterance.provenance,
            "teacher": self.name,
            "seed": self._seed,
            "held_out": utterance.held_out,
            "captured": captured,
            "curves_licence": LICENCE,
        }
        return clip.replace(
            text=utterance.text,
            speaker=utterance.speaker,
            language=utterance.language,
            licence=utterance.licence,
            duration_s=len(utterance.samples) / features.SAMPLE_RATE,
            phones=tuple(utterance.phones),
            sound=sound,
            motion=write_performance(performance, folder / f"{clip.id}.npz"),
            provenance=provenance,
        )

    def _act(self, clip: Clip, utterance: Utterance, mel: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], bool]:
        """Curves and head, and whether the mouth is one that a camera saw."""
        attributes, rng = clip.prompt.attributes, clip.rng(self._seed, "acting")
        if (seen := self._seen(attributes, utterance, len(mel) // 2)) is not None:
            return teacher.perform_captured(utterance.phones, mel, attributes, rng, seen, utterance.events), True
        return teacher.perform(utterance.phones, mel, attributes, rng, utterance.events), False

    def _seen(self, attributes: Attributes, utterance: Utterance, frames: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Give curves [T, 52] and head [T, 3] in the utterance's time, if a camera saw it spoken like this."""
        told = utterance.provenance
        name = Path(str(told.get("file", ""))).stem
        if self._captures is None or told.get("corpus") != "grid_s1" or attributes.vocal != "speaks":
            return None
        if name not in self._captures.clips:
            return None
        at_s = (np.arange(frames) / features.FRAME_RATE - told["begins_s"]) / told["slower"] + told["start_s"]
        curves, head = self._captures.curves(name)
        return _at(curves, at_s), _at(head, at_s)


def _at(curves: np.ndarray, at_s: np.ndarray) -> np.ndarray:
    """Read curves [S, C] at 50 Hz at other times [T]; their ends are held."""
    times = np.arange(len(curves)) / features.FRAME_RATE
    return np.stack([np.interp(at_s, times, column) for column in curves.T], 1).astype(np.float32)


@lru_cache(maxsize=1)
def load(seed: int, recordings: str) -> Procedural:
    """Load the teacher once in each process; an empty name means no recordings."""
    return Procedural(seed, Path(recordings) if recordings else None)
