"""The loopback HTTP service: one process, one queue, progress and cancellation."""

from __future__ import annotations

from .process import serve, serve_openly

__all__ = ["serve", "serve_openly"]
