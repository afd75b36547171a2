"""Splits: no speaker and no held-out prompt of validation or test is ever in train."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np

from ..clip import Clip, stable_hash
from ..prompts.words import has_held_out_word
from .config import SPLITS, PackConfig, source_of, speaker_of

_NO_TEXT = 0
REJECTED, NO_CURVES = "rejected by an earlier stage", "without curves"
MEASURED = "kept for measuring, of a speaker who is in train"
PROMPT_HELD, PROMPT_TAUGHT = "train clip with a prompt of validation or test", "held-out clip with a prompt of train"
WORD_HELD = "train clip with a held-out word in its prompt"


class Splits:
    """Which split a clip belongs to, known once all manifests were looked at; holds 16 bytes for each clip.

    A speaker's split is a hash of the name. Speakers of whom all clips are marked held out go to test, and a source of
    a single speaker goes to train: nothing else teaches what it teaches. A prompt that speakers of both sides were
    given belongs to one side by a hash of its text, and the other side's clips with it are left out, as are train
    clips whose prompt holds a held-out word.
    """

    def __init__(self, clips: Iterable[Clip], config: PackConfig):
        self._config = config
        self._speakers: dict[str, str] = {}
        who, texts = self._look(clips)
        split = np.array([SPLITS.index(s) for s in self._speakers.values()], np.int64)
        who_split = np.where(who < 0, -who - 1, split[np.maximum(who, 0)] if len(split) else 0)
        in_train = np.unique(texts[(who_split == 0) & (texts != _NO_TEXT)])
        shared = np.intersect1d(in_train, texts[who_split > 0])
        taught = shared / 2.0**64 < 1 - config.validation_share - config.test_share
        self._taught, self._held = set(shared[taught].tolist()), set(shared[~taught].tolist())

    def of(self, clip: Clip) -> tuple[str, str]:
        """Name a clip's split, or "" and the reason why it is left out."""
        if reason := unusable(clip):
            return "", reason
        split, text = self._speakers.get(speaker_of(clip)) or self._by_hash(clip.id), _text_hash(clip.prompt.text)
        if split == "train":
            if clip.provenance.get("held_out"):
                return "", MEASURED
            if has_held_out_word(clip.prompt.text):
                return "", WORD_HELD
            return ("", PROMPT_HELD) if text in self._held else ("train", "")
        return ("", PROMPT_TAUGHT) if text in self._taught else (split, "")

    def _look(self, clips: Iterable[Clip]) -> tuple[np.ndarray, np.ndarray]:
        """Speaker number (or -1 - split of a clip without one) and text hash of every clip, as two arrays."""
        numbers: dict[str, int] = {}
        open_to_train: set[str] = set()
        of_source: dict[str, set[str]] = {}
        who, texts = array("q"), array("Q")
        for clip in clips:
            if unusable(clip):
                continue
            measured, name = bool(clip.provenance.get("held_out")), speaker_of(clip)
            number = numbers.setdefault(name, len(numbers)) if name else -1 - SPLITS.index(self._by_hash(clip.id))
            if name:
                of_source.setdefault(source_of(clip), set()).add(name)
            if not measured:
                open_to_train.add(name)
            # What cannot be in train anyway is no reason to leave out what is held.
            apart = measured or has_held_out_word(clip.prompt.text)
            who.append(number)
            texts.append(_NO_TEXT if apart else _text_hash(clip.prompt.text))
        alone = {next(iter(names)) for names in of_source.values() if len(names) == 1}
        self._speakers = {name: self._of_speaker(name, name in open_to_train, name in alone) for name in numbers}
        return np.frombuffer(who, np.int64), np.frombuffer(texts, np.uint64)

    def _of_speaker(self, name: str, open_to_train: bool, alone: bool) -> str:
        for split in SPLITS:
            if name in getattr(self._config, split):
                return split
        if not open_to_train:
            return "test"
        return "train" if alone else self._by_hash(name)

    def _by_hash(self, name: str) -> str:
        share = stable_hash(f"{self._config.seed}/speaker/{name}") / 2**64
        if share < self._config.test_share:
            return "test"
        return "validation" if share < self._config.test_share + self._config.validation_share else "train"


def unusable(clip: Clip) -> str:
    """Say why a clip can be in no split; "" where it can."""
    if clip.rejected:
        return REJECTED
    return NO_CURVES if clip.motion is None else ""


def _text_hash(text: str) -> int:
    """64 bits that tell a prompt apart whatever its case, spaces and last full stop; an empty one has none."""
    plain = " ".join(text.lower().split()).rstrip(".!")
    return stable_hash(f"text/{plain}") if plain else _NO_TEXT
