"""Performances that are on a character already, read back as takes: an action, or one of its takes."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ...inference_backend.contract import CHANNELS, FPS_RANGE, HEAD, MienError, Take
from ...rigs import neck, reading
from .. import blender_versions, sounds, tracks
from ..characters import Character
from ..takes import storage
from ..tracks import Track

MOST_FRAMES = 40_000
"""Longer actions are cut here; a style is taken from 30 seconds at most."""


class NoPerformance(MienError):
    """An action or take holds nothing that moves this character's face."""

    kind = "no_performance"


def of_action(character: Character, action: bpy.types.Action | None, scene: bpy.types.Scene) -> Take:
    """Read an action, or for None the active ones, at the scene's rate; row 0 is the action's first frame.

    What the action does not move is at rest. Raises NoPerformance where it moves nothing of the face or head.
    """
    probe = tracks.tracks_of(character, _probe())
    curves = _curves(character, action)
    moved = [track for track in probe if (track.owner, track.path, track.index) in curves]
    if not moved:
        name = f"The action '{action.name}'" if action else "The active action"
        raise NoPerformance(f"{name} moves nothing of the face or head of '{character.name}'; choose another one.")
    used = [curves[track.owner, track.path, track.index] for track in moved]
    frames = _frames(used)
    observed = np.array([[curve.evaluate(frame) for frame in frames] for curve in used]).T
    fps = float(np.clip(sounds.frame_rate(scene), *FPS_RANGE))
    return Take(fps, _channels(moved, observed), _head(character, moved, observed, fps))


def of_take(character: Character, name: str) -> Take:
    """Read one of the character's takes by its name, as it was made; raises NoPerformance, TakeDamaged."""
    kept = storage.takes_of(storage.owner_of(character))
    item = next((item for item in kept if item.name == name.strip()), None)
    if item is None:
        raise NoPerformance(f"'{character.name}' has no take '{name}'; choose another one.")
    return storage.load(item)


def _probe() -> Take:
    """Make a take at rest in its first row and with one channel at 1 in each later one."""
    return Take(30.0, np.eye(len(CHANNELS) + 1, len(CHANNELS), -1, np.float32), np.zeros((len(CHANNELS) + 1, 3)))


def _curves(character: Character, action: bpy.types.Action | None) -> dict[tuple[Any, str, int], bpy.types.FCurve]:
    found = {}
    for owner in tracks.owners_of(character):
        curves = blender_versions.curves_for(action, owner) if action else blender_versions.action_curves(owner)
        found.update({(owner, curve.data_path, curve.array_index): curve for curve in curves})
    return found


def _frames(curves: list[bpy.types.FCurve]) -> np.ndarray:
    first = min(curve.range()[0] for curve in curves)
    last = max(curve.range()[1] for curve in curves)
    return np.arange(first, min(last, first + MOST_FRAMES) + 0.5)


def _channels(moved: list[Track], observed: np.ndarray) -> np.ndarray:
    face = [index for index, track in enumerate(moved) if track.source != "head"]
    if not face:
        return np.zeros((len(observed), len(CHANNELS)), np.float32)
    probed = np.array([moved[index].values for index in face])
    found = reading.channels_from(observed[:, face], probed[:, 0], probed[:, 1:] - probed[:, :1])
    return found.astype(np.float32)


def _head(character: Character, moved: list[Track], observed: np.ndarray, fps: float) -> np.ndarray:
    head = [index for index, track in enumerate(moved) if track.source == "head"]
    if not head:
        return np.zeros((len(observed), len(HEAD)), np.float32)
    wanted = [moved[index] for index in head]

    def turned(angles: np.ndarray) -> np.ndarray:
        still = np.zeros((len(angles), len(CHANNELS)), np.float32)
        made = tracks.tracks_of(character, Take(fps, still, angles))
        values = {(track.path, track.index): track.values for track in made if track.source == "head"}
        return _comparable(np.array([values[track.path, track.index] for track in wanted]).T, wanted)

    return reading.head_from(_comparable(observed[:, head], wanted), turned).astype(np.float32)


def _comparable(values: np.ndarray, of: list[Track]) -> np.ndarray:
    """Make one form of what says the same turn: quaternions of length 1 and steady sign, also of axes and angles."""
    values = values.copy()
    for path in {track.path for track in of if track.path.endswith(("rotation_quaternion", "rotation_axis_angle"))}:
        four = [place for place, track in enumerate(of) if track.path == path]
        if len(four) != 4:
            continue  # a hand keyed single components: they are compared as they are
        turns = values[:, four]
        if path.endswith("rotation_axis_angle"):
            axes = turns[:, 1:] / np.maximum(np.linalg.norm(turns[:, 1:], axis=1, keepdims=True), 1e-9)
            half = turns[:, :1] / 2.0
            turns = np.concatenate([np.cos(half), np.sin(half) * axes], axis=1)
        values[:, four] = neck.continuous(turns / np.maximum(np.linalg.norm(turns, axis=1, keepdims=True), 1e-9))
    return values
