"""Mien: speech and a line of style text become a facial performance on the user's own rig."""

from __future__ import annotations


def register() -> None:
    """Register the add-on with Blender."""
    from .addon import register as register_addon

    register_addon()


def unregister() -> None:
    """Undo register."""
    from .addon import unregister as unregister_addon

    unregister_addon()
