"""The one backend of this Blender: started when first needed, stopped with the add-on. No bpy here."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from .backend import Backend, command_and_env
from .broken_pipe import shielded


@dataclass(frozen=True)
class Launch:
    """How to start a backend; another launch is another backend."""

    python: str
    extension_root: Path
    site_packages: tuple[Path, ...]
    log_path: Path


@dataclass(frozen=True)
class Elsewhere:
    """A server that somebody else started, on this machine or another; it is spoken to, never started or stopped."""

    url: str
    token: str = field(repr=False)

    @property
    def unreachable(self) -> str:
        """Say that nothing answers there."""
        return f"No Mien server answers at {self.url}; check the address in Mien's preferences, and that it runs."

    @property
    def lost(self) -> str:
        """Say that it does not answer any more."""
        return f"The connection to the Mien server at {self.url} was lost; press Generate to try again."


_lock = threading.Lock()
_backend: Backend | None = None
_launch: Launch | None = None


def ensure(launch: Launch | Elsewhere) -> Backend | Elsewhere:
    """Return the running backend, or start it; slow, so call it in a worker thread. Raises BackendFailed."""
    return launch if isinstance(launch, Elsewhere) else _own(launch)


def _own(launch: Launch) -> Backend:
    global _backend, _launch
    with _lock:
        if _backend is not None and _backend.alive and launch == _launch:
            return _backend
        stale, _backend = _backend, None
        if stale is not None:
            stale.stop()
        command, env = command_and_env(launch.python, launch.extension_root, list(launch.site_packages))
        started = _backend = Backend.spawn(command, env, launch.log_path)
        _launch = launch
    try:
        started.wait_hello()
    except BaseException:
        started.stop()
        raise
    return started


def distrust() -> None:
    """Let the next take have a new backend, because this one failed: it may be dying, silent, or without its model."""
    global _launch
    _launch = None


def running() -> Backend | None:
    """Return the backend, if one is alive."""
    return _backend if _backend is not None and _backend.alive else None


def stop() -> None:
    """End the backend, if there is one."""
    global _backend
    with _lock:
        stopped, _backend = _backend, None
    if stopped is not None:
        with shielded():
            stopped.stop()
