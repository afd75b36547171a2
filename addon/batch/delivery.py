"""What happens with a line's take: into the character's list, onto the character, into files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bpy

from ...inference_backend.contract import Take
from .. import characters, export, keying, sounds
from ..blender_types import Animated, Context
from ..blender_versions import Assignment
from ..characters import Character
from ..export import ENGINES
from ..export.operators import tuned
from ..generation import Order
from ..takes import applying, storage
from ..tracks import owners_of
from .lines import BadLine, Line
from .orders import character_object
from .pushing import give_back, push_down
from .targets import CURVES, Target

STRIPS, ACTIVE, LIST = "STRIPS", "ACTIVE", "LIST"
"""Where takes go: each its own strip of the NLA, the character plays the last one, or the list alone."""


@dataclass(frozen=True)
class Delivered:
    """What came of a line: the take's identity, its frames, and what the user should know."""

    take: str
    frames: int
    notes: tuple[str, ...] = ()


def deliver(context: Context, line: Line, order: Order, take: Take, targets: Sequence[Target], place: str) -> Delivered:
    """Keep a take with its character and write its files; where that fails, nothing is kept. Raises MienError."""
    scene = bpy.data.scenes.get(order.scene)
    if scene is None:
        raise BadLine(f"The scene '{order.scene}' was deleted or renamed meanwhile.")
    character = characters.find(character_object(scene, order.character), scene)
    owner = storage.owner_of(character)
    known = len(storage.takes_of(owner))
    facts = storage.Facts(line.name, order.request, str(order.excerpt.path), order.excerpt.start_frame)
    with context.temp_override(scene=scene):
        try:
            item = storage.store(owner, take, facts)
            uid = item.uid
            notes = _play_and_write(context, scene, owner, uid, targets, place)
        except Exception:
            storage.cut(owner, known)
            raise
    return Delivered(uid, len(take), notes)


def _play_and_write(
    context: Context, scene: bpy.types.Scene, owner: Any, uid: str, targets: Sequence[Target], place: str
) -> tuple[str, ...]:
    """Let the character play the take as far as its place or its files need that."""
    curves = [target for target in targets if target.path.suffix.lower() in CURVES]
    scenes = [target for target in targets if target not in curves]
    item: Any = storage.find(owner, uid)
    notes: tuple[str, ...] = ()
    for target in targets:
        target.path.parent.mkdir(parents=True, exist_ok=True)
    if scenes:
        with _played_alone(context, owner, uid) as character:
            for target in scenes:
                export.export(context, character, target.path, tuned(scene, ENGINES[target.engine]))
    if curves:
        shaped, _ = applying.shaped_at(item, sounds.frame_rate(scene))
        for target in curves:
            export.export(context, characters.find(owner, scene), target.path, take=shaped)
    if place == ACTIVE:
        notes = applying.apply(scene, owner, item).notes
    if place == STRIPS:
        notes = _strip(context, owner, item)
    return notes


def _strip(context: Context, owner: Any, item: Any) -> tuple[str, ...]:
    """Key a take and push it down into the NLA; what was animated by hand stays the active action."""
    before = [Assignment(one) for one in owners_of(characters.find(owner, context.scene))]
    applied = applying.apply(context.scene, owner, item)
    for one in owners_of(applied.character):
        push_down(one, item.name)
    takes = {part.action for other in storage.takes_of(owner) for part in other.parts if part.action}
    for assignment in before:
        give_back(assignment, takes)
    scene = context.scene
    scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
    return applied.notes


@contextmanager
def _played_alone(context: Context, owner: Any, uid: str) -> Iterator[Character]:
    """Key a take for as long as it is written into files, with no other animation of face and head; then as before."""
    scene = context.scene
    character = characters.find(owner, scene)
    item: Any = storage.find(owner, uid)
    take, start_frame = applying.shaped_at(item, sounds.frame_rate(scene))
    animated = owners_of(character)
    before = [(Assignment(one), _uses_nla(one)) for one in animated]
    mutes = [(strip, strip.mute) for one in animated for strip in _strips(one)]
    keyed = keying.key_take(character, take, start_frame, item.name)
    try:
        for one in animated:
            one.animation_data.use_nla = False
        yield character
    finally:
        for assignment, uses_nla in before:
            assignment.restore()
            if assignment.owner.animation_data:
                assignment.owner.animation_data.use_nla = uses_nla
        for strip, mute in mutes:
            strip.mute = mute
        for action in keyed.actions:
            bpy.data.actions.remove(action)
        scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)


def _strips(owner: Animated) -> list[Any]:
    data: Any = owner.animation_data
    return [strip for track in data.nla_tracks for strip in track.strips] if data else []


def _uses_nla(owner: Animated) -> bool:
    return owner.animation_data.use_nla if owner.animation_data else True
