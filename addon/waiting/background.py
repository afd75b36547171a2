"""Commands that go on while the animator works: one at a time, looked after by a timer, ended with the file."""

from __future__ import annotations

from collections.abc import Callable

import bpy

from ...inference_backend.contract import BackendFailed, Busy, MienError
from .. import generation
from ..blender_types import Context
from .command import Command

TICK_S = 0.2

_running: Command | None = None


def run(context: Context, command: Command, told: str, done: Callable[[], None]) -> None:
    """Look after a command and call done() in Blender's thread once it went well; without a window, wait for it.

    Raises Busy where another one runs, and without a window what went wrong; else that is shown in the panel.
    """
    global _running
    if _running is not None:
        command.cancel()
        raise Busy("Mien still works on the last style; wait until it is saved.")
    _running = command
    generation.show(context, None, f"{told}…")
    if bpy.app.background:
        command.wait()
        _end(command, done)
        return
    bpy.app.timers.register(lambda: _tick(command, done), first_interval=TICK_S)


def stop() -> None:
    """End what runs; nothing of it stays."""
    global _running
    ended, _running = _running, None
    if ended is not None:
        ended.cancel()


def _tick(command: Command, done: Callable[[], None]) -> float | None:
    if _running is not command:  # stopped meanwhile
        return None
    if not command.ended:
        return TICK_S
    try:
        _end(command, done)
    except MienError as error:
        generation.show(bpy.context, None, str(error), failed=True)
    return None


def _end(command: Command, done: Callable[[], None]) -> None:
    global _running
    _running = None
    try:
        command.result()
        done()
    except OSError as error:
        raise BackendFailed(f"The style cannot be saved ({error.strerror}); try again.") from error
    finally:
        command.cancel()
