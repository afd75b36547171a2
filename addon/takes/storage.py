"""Keep takes with their character: put one in, find it, read it back as it came."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...inference_backend.contract import CHANNELS, HEAD, MienError, Request, Take
from ..characters import Character
from . import curve_text

StoredTake = Any
"""A MIEN_PG_stored_take."""
Owner = Any
"""A bpy.types.Object that holds takes."""


class TakeDamaged(MienError):
    """A stored take cannot be read."""

    kind = "take_damaged"


@dataclass(frozen=True)
class Facts:
    """What is known of a take beside its curves; request is all that it takes to make it again."""

    name: str
    request: Request
    sound: str = ""
    start_frame: float = 1.0
    batch: str = ""


def owner_of(character: Character) -> Owner:
    """Return the object that holds a character's takes: one that has some, or else the one that stands for it."""
    members = [character.armature, *(mesh.object for mesh in character.meshes)]
    editable = [member for member in members if member and not member.library]
    return next((member for member in editable if takes_of(member)), editable[0])


def takes_of(owner: Owner) -> Sequence[StoredTake]:
    """Return the takes that an object holds, in the order of the list."""
    return owner.mien_takes


def find(owner: Owner, uid: str) -> StoredTake | None:
    """Find a take by its identity."""
    return next((item for item in takes_of(owner) if item.uid == uid), None)


def at(owner: Owner, uid: str) -> StoredTake:
    """Return a take that is known to be there; takes move in memory when the list changes."""
    return takes_of(owner)[place_of(owner, uid)]


def playing(owner: Owner) -> StoredTake | None:
    """Return the take that the character plays."""
    return next((item for item in takes_of(owner) if item.playing), None)


def selected(owner: Owner) -> StoredTake | None:
    """Return the take that is selected in the list."""
    items = takes_of(owner)
    return items[owner.mien_take_index] if 0 <= owner.mien_take_index < len(items) else None


def place_of(owner: Owner, uid: str) -> int:
    """Return a take's place in the list."""
    return next(index for index, item in enumerate(takes_of(owner)) if item.uid == uid)


def select_playing(owner: Owner) -> None:
    """Let the list show what plays."""
    item = playing(owner)
    owner.mien_take_index = place_of(owner, item.uid) if item else 0


@dataclass(frozen=True)
class Packed:
    """A take as it comes back from a file, and the text of its curves."""

    take: Take
    text: str


def pack(take: Take) -> Packed:
    """Pack a take to be stored; slow where it is long, touches no Blender data."""
    text = curve_text.dumps(np.concatenate([take.values, take.head], axis=1))
    return Packed(_with_curves(take, _decoded(text)), text)


def store(owner: Owner, take: Take | Packed, facts: Facts) -> StoredTake:
    """Add a take to the end of an object's list; nothing is keyed."""
    packed = take if isinstance(take, Packed) else pack(take)
    take = packed.take
    item = owner.mien_takes.add()
    item.uid = uuid.uuid4().hex
    item.name = free_name(owner, facts.name)
    item.style, item.sound, item.start_frame = facts.request.style, facts.sound, facts.start_frame
    item.seed, item.batch = facts.request.seed, facts.batch
    item.fps, item.frames = take.fps, len(take)
    item.request = dataclasses.replace(facts.request, fps=take.fps).to_json()
    item.meta = json.dumps(take.meta)
    item.curves = packed.text
    return item


def cut(owner: Owner, length: int) -> None:
    """Forget all takes of an object beyond so many."""
    while len(takes_of(owner)) > length:
        owner.mien_takes.remove(len(takes_of(owner)) - 1)


def load(item: StoredTake) -> Take:
    """Read a take as it was stored; raise TakeDamaged where that cannot be."""
    try:
        curves = _decoded(item.curves)
        request = Request.from_json(item.request)
        nothing = np.zeros((len(curves), len(HEAD)), np.float32)
        return _with_curves(Take(request.fps, curves[:, : len(CHANNELS)], nothing, json.loads(item.meta)), curves)
    except (ValueError, MienError) as error:
        raise TakeDamaged(f"The take '{item.name}' is damaged and cannot be read; delete it.") from error


def _with_curves(take: Take, curves: np.ndarray) -> Take:
    """Give a take other curves, [T, 52 + 3]."""
    values, head = curves[:, : len(CHANNELS)], curves[:, len(CHANNELS) :]
    return dataclasses.replace(take, values=np.ascontiguousarray(values), head=np.ascontiguousarray(head))


@lru_cache(maxsize=8)
def _decoded(text: str) -> np.ndarray:
    """Read curves once, however often their take is shaped anew."""
    return curve_text.loads(text, len(CHANNELS) + len(HEAD))


def request_of(item: StoredTake) -> Request:
    """Return what a take was made from; raise TakeDamaged where that cannot be read."""
    try:
        return Request.from_json(item.request)
    except MienError as error:
        raise TakeDamaged(f"What the take '{item.name}' was made from cannot be read; generate a new one.") from error


def on_rename(item: StoredTake, _context: Any) -> None:
    """Give a take whose name was changed one that no other has, and its actions the same."""
    owner = item.id_data
    if sum(other.name == item.name for other in takes_of(owner)) > 1 or not item.name:
        item.name = free_name(owner, item.name)  # comes here again
        return
    for action in {part.action for part in item.parts if part.action}:
        action.name = item.name


def free_name(owner: Owner, wanted: str) -> str:
    """Make a name that none of an object's takes has, as Blender does."""
    taken = {item.name for item in takes_of(owner)}
    stem, dot, number = wanted.rpartition(".")
    base = stem if dot and number.isdigit() and len(number) == 3 else wanted
    name, count = wanted or "Take", 1
    while name in taken:
        name, count = f"{base or 'Take'}.{count:03d}", count + 1
    return name
