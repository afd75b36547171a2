"""Where takes land that come from the backend: in the list of their character, the first of them playing."""

from __future__ import annotations

import dataclasses
import uuid

import bpy

from ..blender_types import Context
from ..characters import Character
from ..generation import Made
from . import applying, copying, storage
from .applying import Applied


def keep(
    context: Context, scene: bpy.types.Scene, character: Character, made: Made, name: str, start_frame: float
) -> Applied:
    """Store takes with a character and let it play the first one; where that fails, store none and raise."""
    owner = storage.owner_of(character)
    known = len(storage.takes_of(owner))
    batch = uuid.uuid4().hex if len(made.takes) > 1 else ""
    try:
        for number, take in enumerate(made.takes):
            seed = (made.order.request.seed + number) % 2**31
            request = dataclasses.replace(made.order.request, seed=seed)
            facts = storage.Facts(name, request, str(made.order.excerpt.path), start_frame, batch)
            storage.store(owner, take, facts)
            _shape_like(owner, made.order.like)
        with context.temp_override(scene=scene):
            return applying.apply(context, owner, storage.takes_of(owner)[known])
    except Exception:
        storage.cut(owner, known)
        raise


def told(applied: Applied, count: int) -> list[str]:
    """Say what has come."""
    keyed, character = applied.keyed, applied.character
    written = [f"{keyed.frames} frames on {keyed.curves} curves of {character.name}."] if keyed else []
    return [*written, *([f"{count} takes are in the list; choose one."] if count > 1 else [])]


def _shape_like(owner: storage.Owner, uid: str) -> None:
    """Give the last take the shape of another."""
    if like := storage.find(owner, uid):
        copying.copy_group(like.shaping, storage.takes_of(owner)[-1].shaping)
