"""Waiting well: time left, the status bar, and that nothing hangs or stays behind when the animator goes on."""

from __future__ import annotations

from types import ModuleType

from ..rooms import room


def _parts() -> list[ModuleType]:
    from . import check, diagnostics, handlers, status_bar

    return [status_bar, handlers, check, diagnostics]


register, unregister = room(_parts)
