"""The corpus as training sees it: random excerpts of clips streamed from shards, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from ..contract import CHANNELS, HEAD, INDEX
from ..data_engine.captures import LIVE
from ..data_engine.prompts.grammar import is_ours, reworded
from ..data_engine.shards.reading import Sample, samples
from ..data_engine.speech.phones import per_frame
from ..generator import features
from ..generator.style_text import SentenceEncoder
from .attributes import facts, kind
from .style import LANGUAGES, PEOPLE, row_of
from .vocabulary import Vocabulary

CURVES = len(CHANNELS) + len(HEAD)
# How far phone labels are trusted, and the curves made from them: aligned or decoded by machine, they err.
TRUST = {"librispeech": 0.6, "coffee_orders": 0.35}
MOTION_TRUST = {"grid_s1": 1.5, "librispeech": 0.5, "coffee_orders": 0.25, "ljspeech": 0.8}
_SHUFFLED = 3000  # clips that wait in the buffer: some 250 MB as they lie on disk
_EXCERPTS = 2  # of each clip as it comes by; their distance in the stream is left to chance
CAPTURED_AGAIN = 0.2  # chance that an excerpt is followed by one of a captured mouth, of which there are few
_CAPTURED_KEPT = 600  # clips of captured mouths to take those from: some 100 MB
_REWORDED = 0.6  # chance that a caption is said in other words
_SAID = 3  # captions that nobody acted, for each example that somebody did
_CAPTIONS_KEPT = 20_000  # once read: some 200 MB
_MIN_SCALE = 0.04  # a channel that hardly moves must not be blown up to unit noise
_SURVEYED = 3000  # clips that the curves' mean and scale are taken from
REFERENCE = 160  # frames of a reference: 3.2 s
_PEERS_KEPT = 6  # references of each kind of style, to stand for one another


class _Clip(NamedTuple):
    """A clip with its log-mel [2T, 80]."""

    sample: Sample
    mel: np.ndarray


class Corpus:
    """Excerpts of a split's clips with their captions, for ever."""

    def __init__(
        self, folder: Path, encoder: SentenceEncoder | None, frames: int, seed: int, rank: int = 0, world: int = 1,
        captured_again: float = CAPTURED_AGAIN,
    ):  # fmt: skip
        self._encoder, self._frames = encoder, frames
        self._rng = np.random.default_rng([seed, rank])
        stream = samples(folder, "train", _SHUFFLED, seed, repeat=True, rank=rank, world=world)
        self._excerpts = self._cut(stream)
        self._read = lru_cache(maxsize=_CAPTIONS_KEPT)(self._tokens)
        self._peers: dict[tuple, list[np.ndarray]] = {}
        self._captured: list[_Clip] = []
        self._captured_again = captured_again

    def batch(self, size: int) -> dict[str, Tensor]:
        """One batch.

        mel [B, 2F, 80], ids [B, F], motion [B, F, 55], weight [B, F, 55] (how far each value is trusted, 0 beyond a
        clip's end), trust [B, 1] of the phones, captured [B] (1 where a camera saw the mouth), tokens, mask; reference
        [B, R, 55] (how somebody moved in this style), asked [B, A], level [B] and felt [B] (see attributes); person
        [B] and language [B].
        """
        return _stacked(list(islice(self._excerpts, size)))

    def _cut(self, stream: Iterator[Sample]) -> Iterator[dict[str, Any]]:
        for sample in stream:
            if sample.sound is None:  # for style alone
                continue
            clip = _Clip(sample, features.log_mel(sample.sound))
            if sample.captured:
                self._keep(clip)
            for _ in range(_EXCERPTS):
                yield self._excerpt(clip)
                if self._captured and self._rng.random() < self._captured_again:
                    yield self._excerpt(self._captured[self._rng.integers(len(self._captured))])

    def _keep(self, clip: _Clip) -> None:
        if len(self._captured) < _CAPTURED_KEPT:
            self._captured.append(clip)
        else:
            self._captured[self._rng.integers(_CAPTURED_KEPT)] = clip

    def _excerpt(self, clip: _Clip) -> dict[str, Any]:
        """Cut the frames of one example out of a clip, wherever it may be."""
        sample, mel = clip
        frames = min(len(mel) // 2, len(sample.motion))
        ids = per_frame(list(sample.phones or ()), frames, features.FRAME_RATE)
        at, rows, inside = drawn_excerpt(frames, self._frames, self._rng)
        return {
            "mel": mel[rows],
            "ids": ids[at].astype(np.int64),
            "motion": sample.motion[at],
            "weight": inside[:, None] * sample.confidence[at, None] * trusted_channels(sample),
            "trust": np.array([0.0 if sample.phones is None else TRUST.get(sample.source, 1.0)], np.float32),
            "captured": np.int64(sample.captured),
            "tokens": self._caption(sample),
            "reference": self._reference(sample),
            **self._style(sample),
        }

    def _style(self, sample: Sample) -> dict[str, Any]:
        return {
            **facts(sample.attributes),
            "person": np.int64(row_of(sample.speaker, PEOPLE)),
            "language": np.int64(row_of(sample.language, LANGUAGES)),
        }

    def _reference(self, sample: Sample) -> np.ndarray:
        """Cut a reference [R, 55] from the clip, or take one of another clip in the same style.

        Others speak other words, so that what is read from a reference is how it is acted and not what is said.
        """
        start = int(self._rng.integers(max(1, len(sample.motion) - REFERENCE + 1)))
        at = (start + np.arange(REFERENCE)) % len(sample.motion)  # what is too short goes round
        own = sample.motion[at]
        peers = self._peers.setdefault(kind(sample.attributes), [])
        chosen = peers[self._rng.integers(len(peers))] if peers and self._rng.random() < 0.5 else own
        if len(peers) < _PEERS_KEPT:
            peers.append(own)
        else:
            peers[self._rng.integers(_PEERS_KEPT)] = own
        return chosen

    def _caption(self, sample: Sample) -> np.ndarray:
        """Token states of a clip's caption, or of the same said in other words where the grammar can say it."""
        if self._encoder is None or self._rng.random() >= _REWORDED or not is_ours(sample.attributes):
            return self._read(sample.caption)
        return self._tokens(reworded(sample.attributes, self._rng))

    def _tokens(self, caption: str) -> np.ndarray:
        """Token states float16 [L, 384] of a caption; nothing where nobody reads."""
        return (
            np.zeros((1, 1), np.float16) if self._encoder is None else self._encoder.tokens(caption).astype(np.float16)
        )


def drawn_excerpt(frames: int, length: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw which of a clip's frames make an excerpt [length], wherever it may be; what is too short holds its last one.

    Gives the frames, their rows [2 length] of the log-mel, and 1 where they lie inside the clip.
    """
    start = int(rng.integers(max(1, frames - length + 1)))
    at = start + np.minimum(np.arange(length), frames - start - 1)
    inside = (start + np.arange(length) < frames).astype(np.float32)
    return at, np.stack([2 * at, 2 * at + 1], 1).ravel(), inside


class _Stream(IterableDataset):
    """Batches of a corpus, made wherever they are drawn; where somebody reads, with captions that nobody acted."""

    def __init__(self, folder: Path, weights: Path | None, size: int, frames: int, seed: int, *of: Any):
        self._folder, self._weights, self._size, self._of = folder, weights, size, (frames, seed, *of)
        self._seed = seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        torch.set_num_threads(1)
        encoder = SentenceEncoder(self._weights, threads=1) if self._weights else None
        corpus = Corpus(self._folder, encoder, *self._of)
        vocabulary = Vocabulary(encoder.tokens, np.random.default_rng([self._seed, 13])) if encoder else None
        while True:
            batch = corpus.batch(self._size)
            if vocabulary:
                said = _stacked(vocabulary.draw(_SAID * self._size))
                batch |= {f"said_{name}": value for name, value in said.items()}
            yield batch


def batches(
    folder: Path, weights: Path | None, frames: int, seed: int, size: int, rank: int = 0, world: int = 1,
    captured_again: float = CAPTURED_AGAIN,
) -> Iterator[dict[str, Tensor]]:  # fmt: skip
    """Batches as `Corpus.batch` makes them, made ahead in a process of their own, for ever.

    weights: folder of the sentence encoder that reads captions; without one nobody reads them. With one, further
    captions come beside each batch, by themselves: said_tokens, said_mask, said_asked, said_level and said_felt.
    """
    stream = _Stream(folder, weights, size, frames, seed, rank, world, captured_again)
    return iter(DataLoader(stream, batch_size=None, num_workers=1, prefetch_factor=6))


def statistics(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale [55] of the curves of a corpus."""
    return spread(np.concatenate([s.motion for s in islice(samples(folder, "train"), _SURVEYED)]))


def spread(motion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale [55] of curves [T, 55]."""
    scale = motion.std(0)
    scale[: len(CHANNELS)] = np.maximum(scale[: len(CHANNELS)], _MIN_SCALE)
    return motion.mean(0), scale


def trusted_channels(sample: Sample) -> np.ndarray:
    """How far each of a clip's 55 curves is trusted: a tracker says nothing about the channels that it cannot see."""
    weight = np.full(CURVES, MOTION_TRUST.get(sample.source, 1.0), np.float32)
    if not sample.exact:
        weight[[INDEX[name] for name in CHANNELS if name not in LIVE]] = 0.0
    return weight


def _stacked(rows: list[dict[str, Any]]) -> dict[str, Tensor]:
    """Stack the examples of a batch; their tokens are padded, with a mask beside them."""
    stacked = {name: np.stack([row[name] for row in rows]) for name in rows[0] if name != "tokens"}
    stacked["tokens"], stacked["mask"] = pad_tokens([row["tokens"] for row in rows])
    return {name: torch.from_numpy(value) for name, value in stacked.items()}


def pad_tokens(states: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Token states of several captions as [B, L, 384] with their mask [B, L]."""
    length = max(len(s) for s in states)
    tokens = np.zeros((len(states), length, states[0].shape[1]), np.float32)
    mask = np.zeros((len(states), length), np.float32)
    for i, state in enumerate(states):
        tokens[i, : len(state)], mask[i, : len(state)] = state, 1.0
    return tokens, mask
