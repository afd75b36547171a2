"""The sentence encoder learns rare words from a dictionary, and keeps what it says of sentences that it knows."""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from ..data_engine.prompts import words
from ..data_engine.prompts.sampling import sample
from ..generator.style_text import own_tokens
from .dictionary import meanings, near_to, same_in_meaning
from .loop import half_precision, paced

log = logging.getLogger(__name__)

# How a word stands in captions; a bare word as often as half of these.
_FRAMES = (
    *("{}",) * 9,
    "a {} look",
    "looking {}",
    "a person who is {}",
    "feels {}",
    "with a {} expression",
    "speaks and is {}",
    "a {} person",
    "make the face clearly {}",
    "in a very {} tone",
)
_LONGEST = 16  # tokens: definitions say what matters first
_SHARPNESS = 20.0  # of the contrast: one over its temperature


Pair = tuple[str, str, str]
"""A word, what means the same, and the cluster of meanings in which both lie."""


@dataclass(frozen=True)
class LexicalConfig:
    """Settings of the lessons."""

    minutes: float = 25.0
    batch: int = 96
    captions: int = 8
    rate: float = 1.0e-4
    kept: float = 1.0  # weight of what it said before about captions
    seed: int = 0


class Reader:
    """Texts to padded ids and mask [B, L]."""

    def __init__(self, model: Path):
        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.enable_padding()

    def read(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """Read texts as captions are read."""
        read = self._tokenizer.encode_batch([text.lower() for text in texts])
        return torch.tensor([r.ids for r in read]), torch.tensor([r.attention_mask for r in read])

    def read_in(self, texts: list[str], frames: list[str]) -> tuple[Tensor, Tensor, Tensor]:
        """Read texts, each in its frame: ids, mask, and which tokens are the text's own [B, L]."""
        read = self._tokenizer.encode_batch([f.format(t).lower() for t, f in zip(texts, frames, strict=True)])
        own = [own_tokens(r, text, frame) for r, text, frame in zip(read, texts, frames, strict=True)]
        ids, mask = (torch.tensor([getattr(r, name) for r in read]) for name in ("ids", "attention_mask"))
        return ids, mask, torch.tensor(own).float()


def learn_words(encoder: nn.Module, model: Path, dictionary: Path, config: LexicalConfig) -> None:
    """Teach an encoder (ids and mask -> token states) what a dictionary says, in place.

    A word and its definition, its synonyms and the head of its cluster must meet among all others (InfoNCE, van den
    Oord et al. 2018), and so must two known words of one feeling. Words meet by the states of their own tokens, for by
    these a style reader knows them. The token states of captions must stay near to what they were.
    """
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    reader, before = Reader(model), copy.deepcopy(encoder).eval().requires_grad_(False)
    lessons = _lessons(dictionary)
    captions = [prompt.text for prompt in sample(4000, config.seed)]
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=config.rate, weight_decay=0.01)
    encoder.train()
    rows = []
    for step in paced(optimiser, config.minutes, 1e-7):
        chosen = [among[rng.integers(len(among))] for among in lessons for _ in range(config.batch // len(lessons))]
        with half_precision(torch.device("cpu")):
            met = _contrast(encoder, reader, chosen, rng)
            kept = _change(encoder, before, reader.read(list(rng.choice(captions, config.captions))))
        optimiser.zero_grad()
        (met + config.kept * kept).backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimiser.step()
        rows.append((float(met.detach()), float(kept.detach())))
        if step % 50 == 0:
            log.info("step %d, contrast %.3f, changed %.4f", step, *np.mean(rows, 0))
            rows = []
    encoder.eval()


def _lessons(dictionary: Path) -> list[list[Pair]]:
    """Give what is taught in equal shares: words of one feeling, near to feelings, adjectives, all about people."""
    read = meanings(dictionary)
    pairs = list(same_in_meaning(read))
    known = {feeling.adjective: cluster for cluster, row in words.KNOWN.items() for feeling in row}
    near = near_to(read, known)
    felt = [(one, other, c) for one, c in known.items() for other, of in known.items() if c == of and one != other]
    about = [(word, same, known.get(word, cluster)) for word, same, cluster in pairs if word in near]
    return [felt, about, [pair for pair in pairs if pair[2].startswith("data.adj")], pairs]


def _contrast(encoder: Any, reader: Reader, pairs: list[Pair], rng: np.random.Generator) -> Tensor:
    framed = [str(rng.choice(_FRAMES)) for _ in pairs]
    bare = ["{}"] * len(pairs)
    a = _meaning(encoder, *reader.read_in([word for word, _, _ in pairs], framed))
    b = _meaning(encoder, *reader.read_in([same for _, same, _ in pairs], bare))
    clusters = np.array([cluster for _, _, cluster in pairs])
    alike = torch.from_numpy(clusters[:, None] == clusters[None]) & ~torch.eye(len(pairs), dtype=torch.bool)
    scores = (_SHARPNESS * a @ b.T).float().masked_fill(alike, -1e4)
    right = torch.arange(len(pairs))
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


def _meaning(encoder: Any, ids: Tensor, mask: Tensor, own: Tensor) -> Tensor:
    states = encoder(ids, mask)
    return F.normalize((states * own[..., None]).sum(1) / own.sum(1, keepdim=True).clamp_min(1), dim=-1)


def _change(encoder: Any, before: Any, caption: tuple[Tensor, Tensor]) -> Tensor:
    """Mean squared change of token states against their variance."""
    ids, mask = caption
    with torch.no_grad():
        old = before(ids, mask).float()
    change = ((encoder(ids, mask).float() - old).square().mean(-1) * mask).sum() / mask.sum()
    return change / old.var()
