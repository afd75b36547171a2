"""Where takes land that come from the backend: in the list of their character, the first of them playing."""

from __future__ import annotations

import dataclasses
import uuid

import bpy

from ...rigs.shaping import Shape
from .. import keying, sounds
from ..characters import Character
from ..generation import Made
from ..manner import OWN_ACTION
from ..shaping import live, manner_of, shape_of
from ..slices import Work, in_thread, within
from . import applying, copying, storage
from .applying import Applied, Asked


def landing(scene: bpy.types.Scene, character: Character, made: Made, name: str, start_frame: float) -> Work[Applied]:
    """Store takes with a character and let it play the first one, in slices: all of it at the end, or nothing."""
    owner = storage.owner_of(character)
    packed = yield from within(in_thread(lambda: [storage.pack(take) for take in made.takes]), 0.0, 0.1)
    like = storage.find(owner, made.order.like)
    how = (shape_of(like.shaping), manner_of(like.shaping)) if like else (Shape(), OWN_ACTION)
    asked = Asked(*how, sounds.frame_rate(scene))
    with keying.all_or_nothing() as undo:
        work = applying.writing(scene, owner, packed[0].take, start_frame, storage.free_name(owner, name), asked, undo)
        written = yield from within(work, 0.1, 1.0)
        known = len(storage.takes_of(owner))
        undo.callback(storage.cut, owner, known)
        _store(owner, made, packed, name, start_frame)
        keyed = written.filled.play(undo)
    return applying.finish(scene, owner, storage.takes_of(owner)[known], written, keyed)


def told(applied: Applied, count: int) -> list[str]:
    """Say what has come."""
    keyed, character = applied.keyed, applied.character
    written = [f"{keyed.frames} frames on {keyed.curves} curves of {character.name}."] if keyed else []
    return [*written, *([f"{count} takes are in the list; choose one."] if count > 1 else [])]


def _store(owner: storage.Owner, made: Made, packed: list[storage.Packed], name: str, start_frame: float) -> None:
    batch = uuid.uuid4().hex if len(packed) > 1 else ""
    for number, take in enumerate(packed):
        seed = (made.order.request.seed + number) % 2**31
        request = dataclasses.replace(made.order.request, seed=seed)
        storage.store(owner, take, storage.Facts(name, request, str(made.order.excerpt.path), start_frame, batch))
        _shape_like(owner, made.order.like)


def _shape_like(owner: storage.Owner, uid: str) -> None:
    """Give the last take the shape of another."""
    like = storage.find(owner, uid)
    if like is None:
        return
    with live.paused():
        copying.copy_group(like.shaping, storage.takes_of(owner)[-1].shaping)
