"""Which bones are left and right of each other, by their names."""

from __future__ import annotations

import re

_PAIRS = {"l": "r", "L": "R", "left": "right", "Left": "Right", "LEFT": "RIGHT"}
_LEFT = re.compile(r"(?:(?<=^)|(?<=[\W_]))(?:l|L|left|Left|LEFT)(?=$|[\W_\d])|Left(?=[A-Z]|$)|left(?=$)")


def is_left(name: str) -> bool:
    """Tell whether a bone is one of the left side."""
    return _LEFT.search(name) is not None


def other(name: str) -> str:
    """Name the same bone on the right side; empty where the name is not one of the left."""
    found = _LEFT.search(name)
    return name[: found.start()] + _PAIRS[found[0]] + name[found.end() :] if found else ""
