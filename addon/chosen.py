"""The character that the user chose: the object in the settings, or else the active one."""

from __future__ import annotations

import bpy

from ..inference_backend.contract import MienError
from . import characters
from .blender_types import Context
from .properties import settings_of


def chosen_object(context: Context) -> bpy.types.Object | None:
    """Return the object that stands for the character."""
    return settings_of(context.scene).character or context.view_layer.objects.active


def character(context: Context) -> characters.Character:
    """Find the character; raise NoCharacter."""
    return characters.find(chosen_object(context), context.scene)


def is_there(operator: type[bpy.types.Operator], context: Context) -> bool:
    """Poll for operators that need a character; it says why there is none."""
    try:
        character(context)
    except MienError as error:
        operator.poll_message_set(str(error))
        return False
    return True
