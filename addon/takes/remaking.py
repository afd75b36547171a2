"""Order a take again, as it was made, with a seed that was not tried yet."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import bpy

from ...inference_backend.contract import BadSound
from .. import characters, generation, sounds
from ..blender_types import Context
from ..preferences import launch_of
from . import storage
from .storage import Owner, StoredTake


def order(context: Context, owner: Owner, item: StoredTake, variations: int = 1) -> generation.Order:
    """Order the same sound in the same style; raise MienError where it cannot be made."""
    path = check(owner, item)
    character, scene = characters.find(owner, context.scene), context.scene
    seed = free_seed(owner, item, variations)
    request = dataclasses.replace(storage.request_of(item), seed=seed, fps=sounds.frame_rate(scene))
    excerpt = sounds.Excerpt(path, item.start_frame, request.start_s, request.duration_s)
    return generation.Order(
        scene.name, character.name, excerpt, request, launch_of(context), variations, item.name, item.uid
    )


def check(_owner: Owner, item: StoredTake) -> Path:
    """Return the sound of a take that can be made again; raise Busy or BadSound where it cannot now."""
    generation.check_idle()
    return sound_of(item)


def free_seed(owner: Owner, item: StoredTake, count: int = 1) -> int:
    """Find the next seed from which on so many were not tried with this sound."""
    tried = {other.seed for other in storage.takes_of(owner) if other.sound == item.sound}
    seed = item.seed + 1
    while any((seed + k) % 2**31 in tried for k in range(count)):
        seed += 1
    return seed % 2**31


def sound_of(item: StoredTake) -> Path:
    """Find a take's sound where it was, or else beside the .blend file; raise BadSound."""
    path = Path(bpy.path.abspath(item.sound))
    if item.sound and path.is_file():
        return path
    moved = Path(bpy.path.abspath("//")) / path.name
    if item.sound and bpy.data.filepath and moved.is_file():
        return moved
    raise BadSound(f"The sound of the take '{item.name}' ({item.sound or 'unknown'}) is gone; put it back there.")
