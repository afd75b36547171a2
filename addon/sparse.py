"""Sparse keys for the tracks of a take: what error each may have, and which rows must stay."""

from __future__ import annotations

from collections import defaultdict

import bpy
import numpy as np

from ..inference_backend.contract import Take
from ..rigs import shaping, thinning
from ..rigs.parts import CONTACTS
from .fcurves import Keys
from .slices import Work
from .tracks import HEAD, Track

HEAD_SHARE = 0.2
"""Error of the head's rotation, in radians or parts of a quaternion, as a share of the channels' error."""

_Cache = dict[tuple[bytes, bytes], thinning.Thinned]


def keys_of(tracks: list[Track], take: Take, frames: np.ndarray, rows: slice, max_error: float) -> Work[list[Keys]]:
    """Thin tracks at their frames to the error; components of one property, such as a rotation, share their rows."""
    shut = thinning.shut_rows(shaping.aperture(take.values[rows]) <= shaping.SHUT)
    together: dict[tuple[int, str], list[int]] = defaultdict(list)
    for index, track in enumerate(tracks):
        together[track.owner.as_pointer(), track.path].append(index)
    keys: dict[int, Keys] = {}
    cache: _Cache = {}
    for members in together.values():
        group = [tracks[index] for index in members]
        values = np.stack([np.asarray(track.values[rows], np.float64) for track in group], axis=1)
        limits = np.array([_limit(track, values[:, i], max_error) for i, track in enumerate(group)])
        thinned = _thinned(values, limits, shut if _is_contact(group[0]) else shut[:0], cache)
        for column, index in enumerate(members):
            at = thinned.rows
            keys[index] = Keys.hermite(
                frames[at], values[at, column], thinned.into[:, column], thinned.out_of[:, column]
            )
        yield len(keys) / len(tracks)
    return [keys[index] for index in range(len(tracks))]


def _thinned(values: np.ndarray, limits: np.ndarray, keep: np.ndarray, cache: _Cache) -> thinning.Thinned:
    """Thin, or remember it from another mesh that moves in the same way."""
    same = values.astype(np.float32).tobytes(), np.concatenate([limits, keep]).tobytes()
    if same not in cache:
        cache[same] = thinning.thin(values, limits, keep)
    return cache[same]


def _limit(track: Track, values: np.ndarray, max_error: float) -> float:
    """Error of one track: that of channels for shape keys, an angle for the head, a share of the way for the rest."""
    if track.source == HEAD:
        return HEAD_SHARE * max_error
    if isinstance(track.owner, bpy.types.Key):
        return max_error
    return max_error * max(float(np.ptp(values)), 1e-6)


def _is_contact(track: Track) -> bool:
    """Tell whether a track brings lips together or apart."""
    return not set(CONTACTS).isdisjoint(track.sources or (track.source,))
