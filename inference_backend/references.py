"""Reference performances: a take's file, or a film of a face, as a Take of 2 to 30 seconds to take a style from."""

from __future__ import annotations

import base64
import dataclasses
import math
from pathlib import Path

import numpy as np

from . import formats
from .contract import BadRequest, Ingredient, MienError, OnProgress, Progress, Take, ignore

FILMS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".mpg", ".mpeg")
SHORTEST_S, LONGEST_S = 2.0, 30.0
_LENIENT_S = 0.1  # what is called 2 s or 30 s may be a frame or two off
_STILL = 1e-3  # a face of which nothing moves more than this plays nothing
_HIGHEST = 2.0  # shapes are 0 to 1; some tools overshoot a little, others count to 100


class BadReference(MienError):
    """A file cannot serve as a reference performance."""

    kind = "bad_reference"


def read(
    path: Path,
    start_s: float = 0.0,
    duration_s: float | None = None,
    on_progress: OnProgress = ignore,
    flame_map: formats.FlameMap | None = None,
) -> Take:
    """Read a reference performance, or an excerpt of one: a take's file, FLAME coefficients (by a map), or a film.

    Raises BadFile as formats.read does; BadVideo, NoTracker and NoModel for films; BadReference where it is too short,
    too long or plays nothing. on_progress may raise Cancelled.
    """
    if not 0 <= start_s < math.inf or not (duration_s is None or 0 < duration_s < math.inf):
        raise BadRequest("The excerpt of a reference needs a start of 0 s or more and a duration above 0 s.")
    if path.suffix.lower() in FILMS:
        take = _of_film(path, start_s, duration_s, on_progress)
    elif path.suffix.lower() in formats.EXTENSIONS:
        take = excerpt(formats.read(path, flame_map), start_s, duration_s)
    else:
        kinds = ", ".join((*formats.EXTENSIONS, *FILMS))
        raise BadReference(f"{path.name} cannot be a reference; choose a file with one of the extensions {kinds}.")
    check(take, path.name)
    return take


def excerpt(take: Take, start_s: float = 0.0, duration_s: float | None = None) -> Take:
    """Cut a take: the frames from start_s on, for duration_s or to its end; none where it ends before."""
    first = round(start_s * take.fps)
    last = len(take) if duration_s is None else first + max(1, round(duration_s * take.fps))
    return dataclasses.replace(take, values=take.values[first:last], head=take.head[first:last])


def check(take: Take, name: str) -> None:
    """Raise BadReference where a take is too short, too long, or no performance to take a style from."""
    _need_length(take.duration_s, name)
    if max(np.ptp(take.values, axis=0).max(), np.ptp(take.head, axis=0).max()) < _STILL:
        raise BadReference(f"{name} cannot be a reference, since nothing moves in it; choose a performance.")
    if (highest := np.abs(take.values).max()) > _HIGHEST:
        raise BadReference(f"{name} has shapes up to {highest:.3g}, where 1 is the whole shape; export it as 0 to 1.")


def ingredient(take: Take, weight: float = 1.0) -> Ingredient:
    """Put a reference performance into a mix: its curves alone, not where they came from."""
    data = formats.npz.dumps(dataclasses.replace(take, meta={}))
    return Ingredient(reference=base64.b64encode(data).decode(), weight=weight)


def _need_length(length_s: float, name: str) -> None:
    wanted = f"{name} gives {max(0, length_s):.1f} s, but a reference needs {SHORTEST_S:g} to {LONGEST_S:g} s"
    if length_s < SHORTEST_S - _LENIENT_S:
        raise BadReference(f"{wanted}; choose a longer performance or excerpt.")
    if length_s > LONGEST_S + _LENIENT_S:
        raise BadReference(f"{wanted}; choose an excerpt by its start and duration.")


def _of_film(path: Path, start_s: float, duration_s: float | None, on_progress: OnProgress) -> Take:
    """Read a film with the data engine's tracker, whose packages inference does without."""
    on_progress(Progress(0.0, "watching the film"))
    try:
        from .data_engine.reconstruction import filmed

        wanted_s = math.inf if duration_s is None else duration_s
        if length_s := filmed.length_s(path):  # some films do not say
            wanted_s = min(wanted_s, length_s - start_s)
            _need_length(wanted_s, path.name)
        return filmed.read(path, start_s, min(wanted_s, LONGEST_S + 1), on_progress)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise BadReference(
            f"Films need the package {package} to be references; install it with: pip install '.[track,data,media]'"
        ) from error
