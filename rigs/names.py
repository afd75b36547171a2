"""Recognise the 52 ARKit channels among a mesh's shape-key names, whatever their spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..inference_backend.contract import CHANNELS

MIN_FACE_CHANNELS = 10
"""Fewer known channels than this are a coincidence of names, not a face."""

_SIDES = {"l": "left", "lft": "left", "left": "left", "r": "right", "rgt": "right", "right": "right"}
_CORRECTIONS = {"fix", "corr", "corrective", "correctives", "combo", "old", "bak", "backup", "not", "test", "tmp"}
_BY_SPELLING = {name.lower(): name for name in CHANNELS}
_CENTRED = frozenset(name for name in CHANNELS if not name.endswith(("Left", "Right")))


@dataclass(frozen=True)
class ChannelMap:
    """Which shape keys each known channel drives on one mesh."""

    keys: dict[str, tuple[str, ...]]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Channels without a key, in contract order."""
        return tuple(name for name in CHANNELS if name not in self.keys)

    @property
    def is_face(self) -> bool:
        """Tell a face from a mesh that happens to share a few names."""
        return len(self.keys) >= MIN_FACE_CHANNELS

    def __len__(self) -> int:
        """Count the mapped channels."""
        return len(self.keys)


@dataclass(frozen=True)
class _Reading:
    """One way to read a key's name: what stands before the channel, the channel, and the half of it ('' for all)."""

    key: str
    prefix: str
    channel: str
    half: str = ""


def match(key_names: Iterable[str]) -> ChannelMap:
    """Map channels to the key names that carry them.

    Understands eyeBlinkLeft, EyeBlinkLeft, eyeBlink_L, eye_blink.L, L_eyeBlink, prefixes (shapes., head_) and centred
    channels split in two halves (browInnerUp_L and browInnerUp_R are both driven by browInnerUp).
    """
    return _match(tuple(key_names))


@lru_cache(maxsize=64)  # panels ask at every redraw
def _match(key_names: tuple[str, ...]) -> ChannelMap:
    readings = [reading for key in key_names if (reading := _read(key))]
    prefixes = Counter(reading.prefix for reading in readings)
    order = sorted(prefixes, key=lambda prefix: (-prefixes[prefix], prefix))
    found: dict[str, tuple[str, ...]] = {}
    for prefix in order:
        for channel, names in _of_prefix([r for r in readings if r.prefix == prefix]).items():
            found.setdefault(channel, names)
    return ChannelMap({name: found[name] for name in CHANNELS if name in found})


def _of_prefix(readings: list[_Reading]) -> dict[str, tuple[str, ...]]:
    """Map the channels of one family of names; whole keys win over halves, and halves count only as a pair."""
    whole = {r.channel: (r.key,) for r in reversed(readings) if not r.half}
    halves: dict[str, dict[str, str]] = {}
    for r in readings:
        if r.half:
            halves.setdefault(r.channel, {}).setdefault(r.half, r.key)
    pairs = {channel: (by["left"], by["right"]) for channel, by in halves.items() if len(by) == 2}
    return {**pairs, **whole}


def _read(key: str) -> _Reading | None:
    """Read the longest channel name at the end of a key's name; None where there is none."""
    segments = [s for s in re.split(r"[^0-9A-Za-z]+", key) if s]
    for start in range(len(segments)):
        prefix, rest = segments[:start], segments[start:]
        if named := _channel_of(rest):
            return None if _disqualifies(prefix) else _Reading(key, "_".join(prefix).lower(), *named)
    return None


def _channel_of(segments: list[str]) -> tuple[str, str] | None:
    """Name the channel that the segments spell in full, and the half of it ('left', 'right' or '')."""
    words = [word for segment in segments for word in _words(segment)]
    side_last = [*words[:-1], _SIDES.get(words[-1], words[-1])]
    side_first = [*words[1:], _SIDES[words[0]]] if len(words) > 1 and words[0] in _SIDES else side_last
    for spelled in (side_last, side_first):
        if channel := _BY_SPELLING.get("".join(spelled)):
            return channel, ""
        channel = _BY_SPELLING.get("".join(spelled[:-1]))
        if channel in _CENTRED and spelled[-1] in ("left", "right"):
            return channel, spelled[-1]
    return None


def _words(segment: str) -> list[str]:
    """Split camelCase into lower-case words; SHOUTING and plain lower case stay one word."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", segment)]


def _disqualifies(prefix: list[str]) -> bool:
    """Reject correctives: a prefix that says so, or that names a channel itself (jawOpen_mouthClose)."""
    words = [word for segment in prefix for word in _words(segment)]
    names_channel = any(_channel_of(prefix[i:j]) for i in range(len(prefix)) for j in range(i + 1, len(prefix) + 1))
    return names_channel or any(word in _CORRECTIONS for word in words)
