"""Shape a take by its group of numbers and key it: the one way from a stored take to the character."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from ...inference_backend.contract import Take
from ...rigs.shaping import shaped
from .. import keying
from ..characters import Character
from ..keying import Keyed
from .properties import manner_of, shape_of


def key_shaped(
    character: Character,
    take: Take,
    start_frame: float,
    name: str,
    group: Any,
    into: Iterable[bpy.types.Action] = (),
) -> Keyed:
    """Key a take whose sound begins on start_frame as its group asks; `into` are its actions from before.

    Raises KeyingFailed, with nothing changed.
    """
    shape = shape_of(group)
    rows = shape.rows(start_frame, len(take))
    return keying.key_take(
        character, shaped(take, shape), shape.placed(start_frame), name, manner_of(group), rows, into
    )
