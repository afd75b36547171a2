"""Let a character play one of its takes: by the actions that hold it already, or by keying it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any

import bpy
import numpy as np

from ...inference_backend.contract import Take, frame_count
from ...rigs.shaping import shaped
from .. import blender_versions, characters, fcurves, keying, sounds
from ..blender_types import Animated, Context
from ..characters import Character
from ..manner import OWN_ACTION
from ..shaping import manner_of, shape_of
from ..tracks import owners_of
from . import storage
from .storage import Owner, StoredTake


@dataclass(frozen=True)
class Applied:
    """What was done: whether keys were written, and what the user should know."""

    character: Character
    keyed: keying.Keyed | None
    notes: tuple[str, ...] = ()


def apply(context: Context, owner: Owner, item: StoredTake) -> Applied:
    """Let the character play this take; keys are written only where it has none, so edits by hand stay.

    Raises NoCharacter, KeyingFailed or TakeDamaged, and leaves everything as it was then.
    """
    character = characters.find(owner, context.scene)
    if not has_keys(character, item) or item.keyed_as != _keyed_as(context, item):
        return rekey(context, owner, item)
    keying.check_free(owners_of(character))
    before = [blender_versions.Assignment(part_owner) for part_owner in owners_of(character)]
    for part in item.parts:
        if part_owner := animated_by(part):
            keying.play(keying.Part(part_owner, part.action, part.slot), item.name, manner_of(item.shaping))
    for assignment in before:
        assignment.keep()
    mark_playing(owner, item)
    show(context)
    return Applied(character, None)


def rekey(context: Context, owner: Owner, item: StoredTake) -> Applied:
    """Write the take's keys anew, as generated and shaped; actions that were edited by hand stay in the file."""
    character = characters.find(owner, context.scene)
    take, start_frame = shaped_at(item, sounds.frame_rate(context.scene))
    edited = is_edited(item)
    own = () if edited else [part.action for part in item.parts if part.action]
    keyed = keying.key_take(character, take, start_frame, item.name, manner_of(item.shaping), into=own)
    notes = _retire(item, keyed, edited=edited)
    _remember(character, item, keyed)
    item.keyed_as = _keyed_as(context, item)
    mark_playing(owner, item)
    show(context)
    return Applied(character, keyed, notes)


def has_keys(character: Character, item: StoredTake) -> bool:
    """Tell whether actions hold the take for all that it moves on the character."""
    held = [animated_by(part) for part in item.parts if part.action and blender_versions.holds(part.action, part.slot)]
    wanted = owners_of(character) if manner_of(item.shaping).parts == OWN_ACTION.parts else held
    return bool(held) and all(owner in held for owner in wanted)


def is_edited(item: StoredTake) -> bool:
    """Tell whether somebody changed the take's keys after Mien wrote them."""
    return bool(item.fingerprint) and any(part.action for part in item.parts) and _fingerprint(item) != item.fingerprint


def shaped_at(item: StoredTake, fps: float) -> tuple[Take, float]:
    """Give a stored take as it is to be keyed at a frame rate, and the frame of its first row."""
    shape = shape_of(item.shaping)
    take = shaped(at_rate(storage.load(item), fps), shape)
    rows = shape.rows(item.start_frame, len(take))
    if rows.start >= rows.stop:
        raise keying.KeyingFailed(f"The frame range leaves nothing of the take '{item.name}'; widen it.")
    return replace(take, values=take.values[rows], head=take.head[rows]), shape.placed(item.start_frame) + rows.start


def at_rate(take: Take, fps: float) -> Take:
    """Give a take at another frame rate, by the straight line between its frames."""
    if abs(take.fps - fps) < 1e-6 * fps:
        return take
    wanted = np.arange(frame_count(take.duration_s, fps)) / fps
    known = np.arange(len(take)) / take.fps
    values, head = (
        np.stack([np.interp(wanted, known, column) for column in curves.T], axis=1).astype(np.float32)
        for curves in (take.values, take.head)
    )
    return replace(take, fps=fps, values=values, head=head)


def _retire(item: StoredTake, keyed: keying.Keyed, *, edited: bool) -> tuple[str, ...]:
    """Remove the actions that hold the take no more; keep edited ones in the file and tell their names."""
    actions = {part.action for part in item.parts if part.action} - set(keyed.actions)
    item.parts.clear()
    if not edited:
        for action in actions:
            bpy.data.actions.remove(action)
        return ()
    for action in actions:
        action.use_fake_user = True
        action.name = f"{item.name} (edited)"
    return (f"Keys that were edited by hand are kept as '{min(action.name for action in actions)}'.",)


def _remember(character: Character, item: StoredTake, keyed: keying.Keyed) -> None:
    """Note which actions hold the take."""
    for part in keyed.parts:
        if found := _holder(character, part.owner):
            row = item.parts.add()
            row.object, row.kind = found
            row.action, row.slot = part.action, part.slot
    for action in keyed.actions:
        action.name = item.name  # free now, where the one before had it
    item.fingerprint = _fingerprint(item)


def _holder(character: Character, owner: Animated) -> tuple[Any, str] | None:
    """Name a data-block by an object and what it is of it."""
    if isinstance(owner, bpy.types.Object):
        return owner, "OBJECT"
    members = [mesh.object for mesh in character.meshes] + ([character.armature] if character.armature else [])
    for member in members:
        if getattr(member.data, "shape_keys", None) == owner:
            return member, "KEY"
        if member.data == owner:
            return member, "DATA"
    return None


def animated_by(part: Any) -> Animated | None:
    """Find the data-block again that a part of a take animates."""
    if part.object is None or part.kind == "OBJECT":
        return part.object
    return getattr(part.object.data, "shape_keys", None) if part.kind == "KEY" else part.object.data


def _fingerprint(item: StoredTake) -> str:
    """Sum up all keys of a take's actions."""
    total = 0
    for part in item.parts:
        if part.action is None or not blender_versions.holds(part.action, part.slot):
            continue
        for curve in blender_versions.curves_in(part.action, part.slot):
            total = zlib.crc32(f"{curve.data_path}[{curve.array_index}]".encode(), total)
            for numbers in fcurves.run_of(curve):
                total = zlib.crc32(numbers, total)
    return f"{total:08x}"


def _keyed_as(context: Context, item: StoredTake) -> str:
    """Tell all that the keys of a take depend on besides its curves."""
    how = f"{shape_of(item.shaping)} {manner_of(item.shaping).described()}"
    return f"{how} {sounds.frame_rate(context.scene):.6f} {item.start_frame:.6f}"


def mark_playing(owner: Owner, item: StoredTake) -> None:
    """Note which take plays, and which one did before."""
    items = storage.takes_of(owner)
    if not item.playing:
        for other in items:
            other.before, other.playing = other.playing, False
        item.playing = True
    storage.select_playing(owner)


def show(context: Context) -> None:
    """Let Blender show the present frame anew."""
    scene = context.scene
    scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
