"""The style timeline: markers whose names are styles become the cues of a request. No bpy here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ...inference_backend.contract import MAX_SOUND_S, Cue

PREFIX = "style:"
"""Where one marker begins with this, only such markers are styles."""
_NAMED_BY_BLENDER = re.compile(r"F_\d+|Marker(\.\d+)?|\s*")


def named(markers: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Pick the markers (frame, name) that name styles, in order of time; of several at a frame the last one counts."""
    marks = [(frame, name.strip()) for frame, name in markers if not _NAMED_BY_BLENDER.fullmatch(name)]
    prefixed = [(frame, name) for frame, name in marks if name.lower().startswith(PREFIX)]
    chosen = [(frame, name[len(PREFIX) :].strip()) for frame, name in prefixed] or marks
    return sorted(dict(chosen).items())


def cues(
    marks: Iterable[tuple[int, str]], start_frame: float, fps: float, expand: Callable[[float, str], Cue]
) -> tuple[Cue, ...]:
    """Make a cue of each mark, in seconds from start_frame on; the last mark before it rules from its beginning."""
    timed = [((frame - start_frame) / fps, name) for frame, name in marks]
    before = [(0.0, name) for start_s, name in timed if start_s <= 0][-1:]
    later = [(start_s, name) for start_s, name in timed if 0 < start_s <= MAX_SOUND_S]
    return tuple(expand(start_s, name) for start_s, name in [*before, *later])
