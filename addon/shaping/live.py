"""Key the take anew when one of its numbers changes.

Whoever stores takes connects a function that does it; here is only when.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..blender_types import Context

Rekey = Callable[[Context, Any, Any], None]
"""Called with the context, the object that owns the group, and the changed group."""

_rekey: Rekey | None = None


def connect(rekey: Rekey | None) -> None:
    """Set who keys a take anew; None: nobody."""
    global _rekey
    _rekey = rekey


def changed(group: Any) -> None:
    """Take note of a change."""
    import bpy

    if _rekey is not None:
        _rekey(bpy.context, group.id_data, group)
