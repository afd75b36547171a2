"""The viseme-rule pipeline: phones to mouths of a chart, keyed, and lines drawn between the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...contract import CHANNELS, OnProgress, Progress, Request, Take, ignore
from ...data_engine.procedural.visemes import steady_parts
from ...data_engine.speech.phones import SILENCE, Phone
from ...generator.features import FRAME_RATE, network_frames
from ...generator.sound import Sound
from .baseline import take_of
from .mouth_chart import POSES, SHAPE_OF

TRANSITION_S = 0.08  # from mouth to mouth, or half of the shorter one's time
_SHORTEST_S = 0.05  # a mouth that is shorter gives way, but for contacts of the lips
_CONTACTS = ("A", "G")
_REST_S = 0.12  # a silence that is shorter does not bring the mouth to rest


class Cue(NamedTuple):
    """A mouth of the chart, from start_s to end_s."""

    start_s: float
    end_s: float
    shape: str


class KnownPhones:
    """Phones that somebody tells beforehand: of a sound that nobody told about it knows none."""

    def __init__(self):
        self._told: dict[bytes, list[Phone]] = {}

    def tell(self, heard: Sound, phones: Sequence[Phone]) -> None:
        """Learn the exact phones of a sound."""
        self._told[heard.samples.tobytes()] = list(phones)

    def __call__(self, heard: Sound) -> list[Phone]:
        """Phones of a sound, in order."""
        return self._told.get(heard.samples.tobytes(), [])


class VisemeRules:
    """Mouths keyed by rules on phones; the style is not read and only the mouth moves."""

    def __init__(self, phones_of: Callable[[Sound], list[Phone]], name: str = "viseme rules"):
        self.phones_of, self.name = phones_of, name

    def generate(self, heard: Sound, request: Request, on_progress: OnProgress = ignore) -> Take:
        """Perform a sound."""
        on_progress(Progress(0.0, "listening"))
        cues = cues_of(self.phones_of(heard))
        curves = keyed(cues, network_frames(len(heard.samples)))
        on_progress(Progress(1.0, "done"))
        return take_of(curves, None, heard, request, self.name)


def cues_of(phones: Sequence[Phone]) -> list[Cue]:
    """Mouths of phones: diphthongs as two, neighbours alike as one, and none too short to be seen."""
    parts = [part for phone in phones if _is_heard(phone) for part in steady_parts(phone)]
    cues = _joined([Cue(p.start_s, p.end_s, SHAPE_OF[p.name]) for p in parts if p.end_s > p.start_s])
    return _joined([cue for cue in cues if cue.shape in _CONTACTS or cue.end_s - cue.start_s >= _SHORTEST_S])


def _is_heard(phone: Phone) -> bool:
    return phone.name != SILENCE or phone.end_s - phone.start_s >= _REST_S


def _joined(cues: list[Cue]) -> list[Cue]:
    """Make one cue of neighbours alike, and let each last until the next one."""
    joined: list[Cue] = []
    for cue in cues:
        if joined:
            before = joined[-1]
            if before.shape == cue.shape:
                joined[-1] = before._replace(end_s=cue.end_s)
                continue
            joined[-1] = before._replace(end_s=cue.start_s)
        joined.append(cue)
    return joined


def keyed(cues: Sequence[Cue], frames: int) -> np.ndarray:
    """Curves [frames, 52] at 50 Hz: each mouth holds between its keys, straight lines lead from one to the next."""
    times, poses = [], []
    around = [None, *cues, None]
    for before, cue, after in zip(around, cues, around[2:], strict=False):
        times += [cue.start_s + _lead_s(before, cue), cue.end_s - _lead_s(cue, after)]
        poses += [POSES[cue.shape]] * 2
    if not times:
        return np.zeros((frames, len(CHANNELS)), np.float32)
    # At rest before and after all.
    times = [times[0] - TRANSITION_S, *times, times[-1] + TRANSITION_S]
    poses = np.stack([POSES["X"], *poses, POSES["X"]])
    at = np.arange(frames) / FRAME_RATE
    return np.stack([np.interp(at, times, poses[:, c]) for c in range(len(CHANNELS))], 1).astype(np.float32)


def _lead_s(before: Cue | None, after: Cue | None) -> float:
    """Half of the time that the way from one cue to the next takes."""
    lengths = [cue.end_s - cue.start_s for cue in (before, after) if cue is not None]
    return min(TRANSITION_S / 2, min(lengths) / 2)
