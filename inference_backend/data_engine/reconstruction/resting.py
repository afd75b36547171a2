"""Resting faces: how a person's face looks when it does nothing, measured once over all films of the person.

The more and the more varied a person's films, the better what is the face's own is told from what it expresses. A film
in which the person does nothing, marked so, tells it best. How the head rests is each film's own: cameras differ.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...contract import CHANNELS
from ..clip import Clip, replace_text
from ..stage import StageFailed, clips_of
from . import brows, calibrate, tracks
from .calibrate import Neutral
from .head import pose_angles
from .tracker import Track

FILE = "resting_faces.json"
FACE, AT_REST = "face", "at_rest"
"""Keys in a clip's provenance: who is seen, where that is known, and that the person does nothing in this film."""
_FRAMES_A_FILM = 100  # evenly spread: memory stays small, and no film outweighs the others


@dataclass(frozen=True)
class RestingFace:
    """A person at rest: scores [52] on the tracker's scale, heights of the brows [3] at no pitch, in canonical cm."""

    scores: np.ndarray
    brows: np.ndarray

    def in_film(self, track: Track) -> Neutral:
        """Give the face at rest as a film's camera sees it."""
        head = calibrate.resting_pose(track)
        return Neutral(self.scores, head, brows.level(self.brows, -head[0]))


def measure(source: Path, out: Path) -> None:
    """Measure everyone who is named in a stage's folder, by the tracks that the filter left, into a file in out."""
    if (out / FILE).is_file():
        return
    faces = of_clips(clips_of(source))
    if faces:
        replace_text(out / FILE, json.dumps({name: _as_record(faces[name]) for name in sorted(faces)}, indent=1) + "\n")


def of_clips(clips: Iterable[Clip]) -> dict[str, RestingFace]:
    """Measure all whose faces are seen and named in clips, by name; a film without a track counts for nothing."""
    films: dict[str, list[tuple[str, Path, bool]]] = defaultdict(list)
    for clip in clips:
        name = clip.provenance.get(FACE)
        if name and clip.video is not None and clip.motion is None and not clip.rejected:
            films[name].append((clip.id, clip.video, bool(clip.provenance.get(AT_REST))))
    found = {name: _of_films([(film, at_rest) for _, film, at_rest in sorted(own)]) for name, own in films.items()}
    return {name: face for name, face in found.items() if face is not None}


def _of_films(films: list[tuple[Path, bool]]) -> RestingFace | None:
    at_rest = any(resting for _, resting in films)
    wanted = [film for film, resting in films if resting or not at_rest]
    looks = [_look(track) for track in map(tracks.kept, wanted) if track is not None and track.found.any()]
    if not looks:
        return None
    scores, heights = (np.concatenate(parts) for parts in zip(*looks, strict=True))
    if at_rest:
        return RestingFace(np.median(scores, 0), np.median(heights, 0))
    return RestingFace(calibrate.resting_scores(scores), np.percentile(heights, calibrate.BROW_PERCENTILE, axis=0))


def _look(track: Track) -> tuple[np.ndarray, np.ndarray]:
    """Take scores [F, 52] and level heights of the brows [F, 3] out of a track, at some frames with a face."""
    rows = np.flatnonzero(track.found)
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), _FRAMES_A_FILM)).round().astype(int)]
    pitch = pose_angles(track.matrices[rows])[:, 0]
    return track.scores[rows], brows.level(brows.heights(track.landmarks[rows]), pitch)


def _as_record(face: RestingFace) -> dict:
    return {"scores": dict(zip(CHANNELS, map(float, face.scores), strict=True)), "brows": face.brows.tolist()}


@lru_cache(maxsize=4)
def read(path: Path) -> dict[str, RestingFace]:
    """Read what was measured, none where there is no such file; raises StageFailed where it is damaged."""
    if not path.is_file():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: RestingFace(
                np.array([face["scores"][channel] for channel in CHANNELS], np.float32), np.array(face["brows"])
            )
            for name, face in record.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StageFailed(f"{path} is damaged; delete it and run the stage again.") from error
