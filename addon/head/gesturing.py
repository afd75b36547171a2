"""Put gestures of the head on a character: each a strip of its own that adds to whatever moves the neck already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...inference_backend.contract import CHANNELS, MienError, Take
from ...rigs.gestures import Gesture
from .. import blender_versions, keying, layers
from ..characters import Character
from ..manner import LAYER, Manner

ERROR = 0.01
"""Error of a gesture's sparse keys, in the unit of shaping; of the head's rotation it is a fifth of that."""
_MANNER = Manner(LAYER, frozenset({"head"}), ERROR, beside=True)


class NoHead(MienError):
    """The character cannot turn its head."""

    kind = "no_head"


def add(character: Character, gesture: Gesture, frames: Iterable[float], fps: float) -> int:
    """Begin a gesture at each of these frames; count them. Raises NoHead or KeyingFailed."""
    if not character.armature or not character.bones.chain:
        raise NoHead(f"'{character.name}' has no head or neck bone that Mien knows; gestures need one.")
    head = gesture.head(fps)
    take = Take(fps, np.zeros((len(head), len(CHANNELS)), np.float32), head)
    begins = sorted(set(frames))
    for frame in begins:
        keying.key_take(character, take, frame, gesture.kind.capitalize(), _MANNER)
    return len(begins)


def remove(character: Character, frame: float | None = None) -> int:
    """Remove the gestures that play at a frame (None: all of them), and their actions; count them."""
    armature: Any = character.armature
    strips = [strip for _, strip in layers.strips_of(armature) if layers.is_beside(strip.action)] if armature else []
    playing = [s for s in strips if frame is None or s.frame_start - 1e-3 <= frame <= s.frame_end + 1e-3]
    actions = {strip.action for strip in playing}
    layers.take_away(armature, actions)
    if actions:
        layers.blend_active(armature)
        blender_versions.remove_unused(actions)
    return len(playing)
