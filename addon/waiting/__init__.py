"""Waiting well: time left, the status bar, and that nothing hangs or stays behind when the animator goes on."""

from __future__ import annotations

from types import ModuleType


def register() -> None:
    """Register all parts with Blender."""
    for part in _parts():
        part.register()


def unregister() -> None:
    """Undo register, last part first."""
    for part in reversed(_parts()):
        part.unregister()


def _parts() -> list[ModuleType]:
    from . import check, diagnostics, handlers, status_bar

    return [status_bar, handlers, check, diagnostics]
