"""Bring named columns of any order, spelling and completeness into the order of the contract."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..contract import CHANNELS, INDEX
from .files import BadFile


def _key(name: str) -> str:
    """Reduce a spelling to what all have in common: eyeBlinkLeft, EyeBlink_L and eyeblink.l are eyeblinkl."""
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    return re.sub(r"(?<=[a-z])(l|r)(eft|ight)$", r"\1", letters)


# Shapes that some rigs split in two; the one ARKit channel is their mean.
_SPLIT = {f"{_key(name)}{side}": name for name in ("browInnerUp", "cheekPuff") for side in "lr"}
_CHANNEL_OF_KEY = {**_SPLIT, **{_key(name): name for name in CHANNELS}}


def channel_of(name: str) -> str | None:
    """Find the channel that a column means, or None; prefixes such as `shapes.` do not matter."""
    parts = re.split(r"[.:|]", name)
    for first in range(len(parts)):
        channel = _CHANNEL_OF_KEY.get(_key("".join(parts[first:])))
        if channel:
            return channel
    return None


def in_contract_order(names: Sequence[str], columns: np.ndarray, file_name: str) -> np.ndarray:
    """Sort [T, len(names)] into float32 [T, 52]; channels that the file lacks are zero."""
    values = np.zeros((len(columns), len(CHANNELS)))
    counts = np.zeros(len(CHANNELS))
    for column, name in enumerate(names):
        channel = channel_of(str(name))
        if channel:
            values[:, INDEX[channel]] += columns[:, column]
            counts[INDEX[channel]] += 1
    if not counts.any():
        raise BadFile(f"{file_name} names none of the 52 ARKit shapes; choose a file of facial animation.")
    values = (values / np.maximum(counts, 1)).astype(np.float32)
    if not np.isfinite(values).all():
        raise BadFile(f"{file_name} holds NaN or infinite values; export it again.")
    return values
