"""The loopback HTTP service: one process, one queue, progress and cancellation."""

from __future__ import annotations

from .process import serve

__all__ = ["serve"]
