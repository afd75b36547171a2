"""Let a write to a closed connection raise an error, as Python promises, instead of ending Blender.

Blender embeds Python without its signal handlers, so SIGPIPE keeps its deadly default there. No bpy here.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_CAN_BLOCK = hasattr(signal, "SIGPIPE") and hasattr(signal, "pthread_sigmask")  # not on Windows, which has no SIGPIPE


def shield_thread() -> None:
    """Keep SIGPIPE from the calling thread for as long as it lives."""
    if _CAN_BLOCK:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})


@contextmanager
def shielded() -> Iterator[None]:
    """Keep SIGPIPE from the calling thread in a with block."""
    if not _CAN_BLOCK:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    try:
        yield
    finally:
        if signal.SIGPIPE not in before and signal.SIGPIPE in signal.sigpending():
            signal.sigwait({signal.SIGPIPE})  # it must not arrive when it is let in again
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
