"""Performances: every labelled sound acted in several styles, with its caption, ready for training."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..captures import Captures
from ..speech import sounds
from . import captions, teacher
from .prosody import hear
from .style import Style, attributes_of, draw, gesture


@dataclass(frozen=True)
class Performance:
    """Curves and head float16 [T, 55] at 50 Hz for one sound, the style that was acted, and its caption."""

    sound: str
    motion: np.ndarray
    style: Style
    caption: str


def act(bank: list[sounds.LabelledSound], variants: int, seed: int, captures: Captures | None) -> Iterator[Performance]:
    """Act every sound in so many random styles; captured clips keep the mouth that really spoke."""
    rng = np.random.default_rng(seed)
    for sound in bank:
        for _ in range(variants):
            style = draw(rng)
            curves, head = (
                _captured(sound, style, captures, rng)
                if captures is not None and sound.name in captures.clips
                else teacher.perform(sound.phones, sound.mel, attributes_of(style), rng)
            )
            heard = hear(sound.phones, sound.mel)
            head = head + gesture(style, sound.frames, heard.accents, heard.pauses, rng)
            motion = np.concatenate([curves, head], 1).astype(np.float16)
            yield Performance(sound.name, motion, style, captions.caption(style, rng))


def _captured(
    sound: sounds.LabelledSound, style: Style, captures: Captures, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    return teacher.perform_captured(sound.phones, sound.mel, attributes_of(style), rng, captures.curves(sound.name))


def save(performances: list[Performance], path: Path) -> None:
    """Write performances into one npz without pickles."""
    offsets = np.cumsum([0] + [len(p.motion) for p in performances])
    meta = [{"sound": p.sound, "caption": p.caption, "style": asdict(p.style)} for p in performances]
    np.savez(
        path,
        motion=np.concatenate([p.motion for p in performances]),
        offsets=offsets,
        meta=np.frombuffer(json.dumps(meta).encode(), np.uint8),
    )


def load(path: Path) -> list[Performance]:
    """Read what save wrote."""
    with np.load(path, allow_pickle=False) as file:
        motion, offsets, meta = file["motion"], file["offsets"], json.loads(file["meta"].tobytes())
    return [
        Performance(m["sound"], motion[a:b], Style(**m["style"]), m["caption"])
        for m, a, b in zip(meta, offsets, offsets[1:], strict=False)
    ]
