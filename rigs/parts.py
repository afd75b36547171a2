"""The parts of a performance that an animator turns up and down, and the channels of each."""

from __future__ import annotations

from ..inference_backend.contract import CHANNELS

PARTS: tuple[str, ...] = ("mouth", "brows", "eyes", "cheeks", "tongue", "blinks", "head")
"""All parts; `head` is the rotation, which is no channel."""
CONTACTS: tuple[str, ...] = (
    "jawOpen", "mouthClose", "mouthFunnel", "mouthRollLower", "mouthRollUpper", "mouthPressLeft", "mouthPressRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight",
)  # fmt: skip
"""Channels that bring the lips together and apart."""
_BY_START: tuple[tuple[str, str], ...] = (
    ("eyeBlink", "blinks"),
    ("eye", "eyes"),
    ("brow", "brows"),
    ("cheek", "cheeks"),
    ("nose", "cheeks"),
    ("tongue", "tongue"),
)


def part_of(source: str) -> str:
    """Name the part that a channel, or `head`, belongs to."""
    if source in ("head", "pitch", "yaw", "roll"):
        return "head"
    return next((part for start, part in _BY_START if source.startswith(start)), "mouth")


def columns_of(part: str) -> list[int]:
    """List the columns of a Take's values that belong to a part."""
    return [index for index, name in enumerate(CHANNELS) if part_of(name) == part]
