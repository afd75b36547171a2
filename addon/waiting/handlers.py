"""What happens to a take that is made or keyed when another file is opened or something is undone: nothing of it stays.

While it is made, undo and deleting need no handler: orders hold names alone, which are looked up when it has come.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .. import blender_versions, generation, slices
from ..properties import progress_of
from ..shaping import live
from . import background


@persistent
def _before_load(*_: Any) -> None:
    slices.stop()
    background.stop()
    generation.finish(bpy.context)


@persistent
def _after_load(*_: Any) -> None:
    """Show nothing of the former file's."""
    if generation.current is None:
        progress = progress_of(bpy.context)
        progress.running, progress.message, progress.failed = False, "", False


@persistent
def _before_undo(*_: Any) -> None:
    """Take back what is half keyed, before Blender exchanges its data; what was asked for by name begins anew."""
    live.forget()
    slices.stop(again=True)


@persistent
def _after_undo(*_: Any) -> None:
    blender_versions.remove_unfinished()


_HANDLERS = (
    (bpy.app.handlers.load_pre, _before_load),
    (bpy.app.handlers.load_post, _after_load),
    *((handlers, _before_undo) for handlers in (bpy.app.handlers.undo_pre, bpy.app.handlers.redo_pre)),
    *((handlers, _after_undo) for handlers in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post)),
)


def register() -> None:
    """Listen to files being opened, and to undo."""
    for handlers, own in _HANDLERS:
        handlers.append(own)


def unregister() -> None:
    """Undo register, and end what runs in the background."""
    slices.stop()
    background.stop()
    for handlers, own in _HANDLERS:
        if own in handlers:
            handlers.remove(own)
