"""The take whose shape the panel shows: the one selected in the character's list."""

from __future__ import annotations

from typing import Any

from ...inference_backend.contract import MienError
from .. import characters, generation
from ..blender_types import Context
from ..characters import Character
from ..takes import storage

GAINS = ("mouth", "brows", "eyes", "cheeks", "tongue", "blinks", "head")
TIMING = ("smoothing_s", "offset_frames", "use_range", "first_frame", "last_frame")
SHAPE_NAMES = (*GAINS, *TIMING)


class NothingToShape(MienError):
    """There is no take."""

    kind = "nothing_to_shape"


def take_in(context: Context) -> tuple[Any, Any]:
    """Return the object that holds the selected take, and the take; raise NoCharacter or NothingToShape."""
    owner = storage.owner_of(characters.find(generation.chosen_object(context), context.scene))
    items = storage.takes_of(owner)
    index: int = owner.mien_take_index
    if not 0 <= index < len(items):
        raise NothingToShape("There is no take to shape yet; press Generate.")
    return owner, items[index]


def stop_playing(character: Character) -> None:
    """Note that no take plays any more."""
    for item in storage.takes_of(storage.owner_of(character)):
        item.playing = False
