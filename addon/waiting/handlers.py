"""What happens to a take that is being made when another file is opened: it is cancelled, and nothing of it stays.

Undo and deleting need no handler: orders hold names alone, which are looked up when the take has come.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .. import generation
from ..properties import progress_of
from . import background


@persistent
def _before_load(*_: Any) -> None:
    background.stop()
    generation.finish(bpy.context)


@persistent
def _after_load(*_: Any) -> None:
    """Show nothing of the former file's."""
    if generation.current is None:
        progress = progress_of(bpy.context)
        progress.running, progress.message, progress.failed = False, "", False


def register() -> None:
    """Listen to files being opened."""
    bpy.app.handlers.load_pre.append(_before_load)
    bpy.app.handlers.load_post.append(_after_load)


def unregister() -> None:
    """Undo register, and end what runs in the background."""
    background.stop()
    for handlers, own in ((bpy.app.handlers.load_pre, _before_load), (bpy.app.handlers.load_post, _after_load)):
        if own in handlers:
            handlers.remove(own)
