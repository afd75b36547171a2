"""Let a character play one of its takes: by the actions that hold it already, or by keying it; at once or in slices."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import bpy
import numpy as np

from ...inference_backend.contract import Take, frame_count
from ...rigs.shaping import Shape, shaped
from .. import blender_versions, characters, fcurves, keying, slices, sounds
from ..blender_types import Animated
from ..characters import Character
from ..manner import OWN_ACTION, Manner
from ..rollback import Rollback
from ..shaping import manner_of, shape_of
from ..slices import Work
from ..tracks import owners_of
from . import storage
from .storage import Owner, StoredTake


@dataclass(frozen=True)
class Applied:
    """What was done: whether keys were written, and what the user should know."""

    character: Character
    keyed: keying.Keyed | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """How a take is to be keyed."""

    shape: Shape
    manner: Manner
    fps: float

    def shaped(self, take: Take, start_frame: float, name: str) -> tuple[Take, float]:
        """Give a take as it is keyed, and the frame of its first row; touches no Blender data. Raises KeyingFailed."""
        take = shaped(at_rate(take, self.fps), self.shape)
        rows = self.shape.rows(start_frame, len(take))
        if rows.start >= rows.stop:
            raise keying.KeyingFailed(f"The frame range leaves nothing of the take '{name}'; widen it.")
        first = self.shape.placed(start_frame) + rows.start
        return replace(take, values=take.values[rows], head=take.head[rows]), first


@dataclass(frozen=True)
class Written:
    """Keys that are written and that nothing plays yet, for which character they are, and their sum."""

    character: Character
    filled: keying.Filled
    fingerprint: str
    asked: Asked


def apply(scene: bpy.types.Scene, owner: Owner, item: StoredTake) -> Applied:
    """Let the character play this take; keys are written only where it has none, so edits by hand stay.

    Raises NoCharacter, KeyingFailed or TakeDamaged, and leaves everything as it was then.
    """
    return slices.whole(playing(scene, owner, item))


def rekey(scene: bpy.types.Scene, owner: Owner, item: StoredTake) -> Applied:
    """Write the take's keys anew, as generated and shaped; actions that were edited by hand stay in the file."""
    return slices.whole(rekeying(scene, owner, item))


def playing(scene: bpy.types.Scene, owner: Owner, item: StoredTake) -> Work[Applied]:
    """Do what apply does, in slices."""
    character = characters.find(owner, scene)
    if not has_keys(character, item) or item.keyed_as != _keyed_as(_asked(scene, item), item):
        return (yield from rekeying(scene, owner, item))
    keying.check_free(owners_of(character))
    before = [blender_versions.Assignment(part_owner) for part_owner in owners_of(character)]
    for part in item.parts:
        if part_owner := animated_by(part):
            keying.play(keying.Part(part_owner, part.action, part.slot), item.name, manner_of(item.shaping))
    for assignment in before:
        assignment.keep()
    mark_playing(owner, item)
    show(scene)
    return Applied(character, None)


def rekeying(scene: bpy.types.Scene, owner: Owner, item: StoredTake) -> Work[Applied]:
    """Do what rekey does, in slices; the take must be there until the last one."""
    uid, name, asked, take = item.uid, item.name, _asked(scene, item), storage.load(item)
    start_frame = item.start_frame
    own = [part.action for part in item.parts if part.action]
    before = item.fingerprint if own else ""
    with keying.all_or_nothing() as undo:
        found = (yield from slices.within(_fingerprint(_places(item)), 0.0, 0.2)) if before else ""
        edited = found != before
        work = writing(scene, owner, take, start_frame, name, asked, undo, () if edited else own)
        written = yield from slices.within(work, 0.2, 1.0)
        item = storage.find(owner, uid)
        if item is None:
            raise keying.KeyingFailed(f"The take '{name}' was deleted meanwhile.")
        keyed = written.filled.play(undo)
    return finish(scene, owner, item, written, keyed, edited=edited)


def writing(
    scene: bpy.types.Scene,
    owner: Owner,
    take: Take,
    start_frame: float,
    name: str,
    asked: Asked,
    undo: Rollback,
    into: Iterable[bpy.types.Action] = (),
) -> Work[Written]:
    """Write a take's keys as asked, in slices, into actions that nothing plays yet; `undo` takes them back."""
    ready = yield from slices.within(slices.in_thread(lambda: asked.shaped(take, start_frame, name)), 0.0, 0.1)
    character = characters.find(owner, scene)
    filled = yield from slices.within(keying.fill(character, *ready, name, asked.manner, undo, into=into), 0.1, 0.8)
    held = [part for part in filled.parts if _holder(character, part.owner)]
    fingerprint = yield from slices.within(_fingerprint([(part.action, part.slot) for part in held]), 0.8, 1.0)
    return Written(characters.find(owner, scene), filled, fingerprint, asked)


def finish(
    scene: bpy.types.Scene,
    owner: Owner,
    item: StoredTake,
    written: Written,
    keyed: keying.Keyed,
    *,
    edited: bool = False,
) -> Applied:
    """Note with a take which keys show it, once they play."""
    notes = _retire(item, keyed, edited=edited)
    _remember(written.character, item, keyed)
    item.fingerprint = written.fingerprint
    item.keyed_as = _keyed_as(written.asked, item)
    mark_playing(owner, item)
    show(scene)
    return Applied(written.character, keyed, notes)


def has_keys(character: Character, item: StoredTake) -> bool:
    """Tell whether actions hold the take for all that it moves on the character."""
    held = [animated_by(part) for part in item.parts if part.action and blender_versions.holds(part.action, part.slot)]
    wanted = owners_of(character) if manner_of(item.shaping).parts == OWN_ACTION.parts else held
    return bool(held) and all(owner in held for owner in wanted)


def is_edited(item: StoredTake) -> bool:
    """Tell whether somebody changed the take's keys after Mien wrote them."""
    is_known = bool(item.fingerprint) and any(part.action for part in item.parts)
    return is_known and slices.whole(_fingerprint(_places(item))) != item.fingerprint


def shaped_at(item: StoredTake, fps: float) -> tuple[Take, float]:
    """Give a stored take as it is to be keyed at a frame rate, and the frame of its first row."""
    asked = Asked(shape_of(item.shaping), manner_of(item.shaping), fps)
    return asked.shaped(storage.load(item), item.start_frame, item.name)


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


def _places(item: StoredTake) -> list[tuple[Any, int]]:
    """List the actions that hold a take, with the handles of their slots."""
    return [(part.action, part.slot) for part in item.parts if part.action is not None]


def _fingerprint(places: Sequence[tuple[Any, int]]) -> Work[str]:
    """Sum up all keys of actions, in slices."""
    total = 0
    for number, (action, slot) in enumerate(places):
        index = 0
        while blender_versions.holds(action, slot) and index < len(curves := blender_versions.curves_in(action, slot)):
            curve = curves[index]
            total = zlib.crc32(f"{curve.data_path}[{curve.array_index}]".encode(), total)
            for numbers in fcurves.run_of(curve):
                total = zlib.crc32(numbers, total)
            index += 1
            yield (number + index / len(curves)) / len(places)
    return f"{total:08x}"


def _asked(scene: bpy.types.Scene, item: StoredTake) -> Asked:
    return Asked(shape_of(item.shaping), manner_of(item.shaping), sounds.frame_rate(scene))


def _keyed_as(asked: Asked, item: StoredTake) -> str:
    """Tell all that the keys of a take depend on besides its curves."""
    return f"{asked.shape} {asked.manner.described()} {asked.fps:.6f} {item.start_frame:.6f}"


def mark_playing(owner: Owner, item: StoredTake) -> None:
    """Note which take plays, and which one did before."""
    items = storage.takes_of(owner)
    if not item.playing:
        for other in items:
            other.before, other.playing = other.playing, False
        item.playing = True
    storage.select_playing(owner)


def show(scene: bpy.types.Scene) -> None:
    """Let Blender show the present frame anew."""
    scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
