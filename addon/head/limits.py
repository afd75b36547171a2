"""Read how the head of an armature turns, for the tracks of takes."""

from __future__ import annotations

from typing import Any

from ...rigs.neck import HeadLimits


def limits_of(armature: Any) -> HeadLimits:
    """Read how the head of an armature turns."""
    group = getattr(armature, "mien_head", None)
    if group is None:
        return HeadLimits()
    if not group.use_limits:
        return HeadLimits(group.neck_share)
    return HeadLimits(group.neck_share, group.up, group.down, group.aside, group.tilt)
