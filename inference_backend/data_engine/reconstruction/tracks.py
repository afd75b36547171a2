"""Tracks that the filter made, kept beside their films, so that a film is tracked once: as `ID.track`, an npz.

A track holds 6 kB a frame. Who has no track of a film, or none made in the same way, makes it; the curves are the same.
"""

from __future__ import annotations

import zipfile
from dataclasses import fields
from importlib import metadata
from pathlib import Path

import numpy as np

from . import frames, tracker
from .model import SHA256
from .tracker import Track

_SUFFIX = ".track"


def keep(track: Track, film_id: str, folder: Path) -> None:
    """Write the track of a film of this id into the folder of its part."""
    arrays = {field.name: getattr(track, field.name) for field in fields(track)}
    with (folder / f"{film_id}{_SUFFIX}").open("wb") as file:
        np.savez(file, made_by=_maker(), **arrays)


def kept(film: Path) -> Track | None:
    """Read the track beside a film, unless there is none, it is broken or was made in another way."""
    try:
        with np.load(film.with_suffix(_SUFFIX), allow_pickle=False) as file:
            if str(file["made_by"]) != _maker():
                return None
            return Track(*(file[field.name] for field in fields(Track)))
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def of_film(film: Path, model: str) -> Track:
    """Read the track beside a film, or track it; raises BadVideo."""
    return kept(film) or tracker.shared(model).track(frames.read(film))


def _maker() -> str:
    return f"mediapipe {metadata.version('mediapipe')}, model {SHA256[:12]}, pictures up to {frames.LONGEST_PX} pixels"
