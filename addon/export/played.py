"""Read what plays on a character back as a Take: keys, NLA strips, layers and edits by hand, all as they are seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...inference_backend.contract import CHANNELS, FPS_RANGE, MienError, Take
from ...rigs import reading
from .. import facing
from ..blender_types import Animated, Context
from ..characters import Character
from ..sounds import frame_rate
from ..tracks import head_frame, tracks_of
from .isolation import frame_range


class NothingPlays(MienError):
    """There is no animation to read."""

    kind = "nothing_plays"


def played(context: Context, character: Character) -> Take:
    """Sample the channels and the head's rotation at every frame of the animation; raises NothingPlays."""
    span = frame_range(character)
    if span is None:
        raise NothingPlays(f"'{character.name}' has no animation yet; generate a take first.")
    scene = context.scene
    before = scene.frame_current, scene.frame_subframe
    channels = _Channels(character)
    rows, turns = [], []
    try:
        for frame in range(span[0], span[1] + 1):
            scene.frame_set(frame)
            rows.append(channels.now())
            turns.append(_turn(character))
    finally:
        scene.frame_set(before[0], subframe=before[1])
    fps = float(np.clip(frame_rate(scene), *FPS_RANGE))
    return Take(fps, channels.solved(np.array(rows)), _angles(np.array(turns)), {"frame": span[0]})


class _Channels:
    """Inverts how the channels drive the properties of a character.

    Of several properties that say the same, as the jaws of face and teeth do, the first counts: the face's.
    """

    def __init__(self, character: Character) -> None:
        count = len(CHANNELS)
        probe = np.concatenate([np.zeros((1, count)), np.eye(count)]).astype(np.float32)
        tracks = tracks_of(character, Take(24.0, probe, np.zeros((count + 1, 3), np.float32)))
        answers = np.array([track.values for track in tracks], np.float64).reshape(len(tracks), count + 1)
        effects = answers[:, 1:] - answers[:, :1]
        used = _independent(effects)
        self._places: list[tuple[Animated, str, int]] = [
            (t.owner, t.path, t.index) for t in map(tracks.__getitem__, used)
        ]
        self._rest = answers[used, 0]
        self._effects = effects[used]

    def now(self) -> list[float]:
        """Read every property at the current frame."""
        return [_value(*place) for place in self._places]

    def solved(self, seen: np.ndarray) -> np.ndarray:
        """Find the channels, [T, properties] -> [T, 52]."""
        observed = seen.reshape(-1, len(self._places))
        return reading.channels_from(observed, self._rest, self._effects).astype(np.float32)


def _independent(rows: np.ndarray) -> list[int]:
    """Choose the rows that say something that the rows before them do not."""
    chosen: list[int] = []
    basis = np.zeros((0, rows.shape[1]))
    for index, row in enumerate(rows):
        rest = row - (basis @ row) @ basis
        if np.linalg.norm(rest) > 1e-3:
            chosen.append(index)
            basis = np.concatenate([basis, [rest / np.linalg.norm(rest)]])
    return chosen


def _value(owner: Animated, path: str, index: int) -> float:
    found: Any = owner.path_resolve(path)
    return float(found) if isinstance(found, (int, float)) else float(found[index])


def _turn(character: Character) -> np.ndarray:
    """Compose the rotations of the neck and head bones in the head's own frame, 3x3."""
    armature = character.armature
    whole = np.eye(3)
    if armature is None or not character.bones.chain:
        return whole
    front = head_frame(character, armature).T @ facing.orientation(armature)
    for name in character.bones.chain:
        change = front @ np.array(armature.data.bones[name].matrix_local.to_3x3())
        own = np.array(armature.pose.bones[name].matrix_basis.to_quaternion().to_matrix())
        whole = whole @ (change @ own @ np.linalg.inv(change))
    return whole


def _angles(turns: np.ndarray) -> np.ndarray:
    """Take [T, 3, 3] rotations Ry @ Rx @ Rz apart into pitch, yaw, roll."""
    pitch = np.arcsin(np.clip(-turns[:, 1, 2], -1.0, 1.0))
    yaw = np.arctan2(turns[:, 0, 2], turns[:, 2, 2])
    roll = np.arctan2(turns[:, 1, 0], turns[:, 1, 1])
    return np.stack([pitch, yaw, roll], axis=1).astype(np.float32)
