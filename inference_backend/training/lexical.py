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

from ..data_engine.prompts.sampling import sample
from .dictionary import meanings, same_in_meaning
from .loop import paced

log = logging.getLogger(__name__)

# How a word stands in captions; a bare word as often as all these.
_FRAMES = (
    "{}",
    "{}",
    "{}",
    "{}",
    "a {} look",
    "looking {}",
    "a person who is {}",
    "feels {}",
    "with a {} expression",
    "speaks and is {}",
)
_LONGEST = 16  # tokens: definitions say what matters first
_SHARPNESS = 20.0  # of the contrast: one over its temperature


@dataclass(frozen=True)
class LexicalConfig:
    """Settings of the lessons."""

    minutes: float = 25.0
    batch: int = 96
    captions: int = 12
    rate: float = 1.0e-4
    kept: float = 3.0  # weight of what it said before about captions
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


def learn_words(encoder: nn.Module, model: Path, dictionary: Path, config: LexicalConfig) -> None:
    """Teach an encoder (ids and mask -> token states) what a dictionary says, in place.

    A word and its definition, its synonyms and the head of its cluster must meet among all others (InfoNCE, van den
    Oord et al. 2018, on the mean of the token states); the token states of captions must stay what they were.
    """
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    reader, before = Reader(model), copy.deepcopy(encoder).eval().requires_grad_(False)
    pairs = list(same_in_meaning(meanings(dictionary)))
    adjectives = [pair for pair in pairs if pair[2].startswith("data.adj")]  # half of the lessons
    captions = [prompt.text for prompt in sample(4000, config.seed)]
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=config.rate, weight_decay=0.01)
    encoder.train()
    rows = []
    for step in paced(optimiser, config.minutes, 1e-7):
        chosen = [among[rng.integers(len(among))] for among in (pairs, adjectives) for _ in range(config.batch // 2)]
        with torch.autocast("cpu", torch.bfloat16):
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


def _contrast(encoder: Any, reader: Reader, pairs: list[tuple[str, str, str]], rng: np.random.Generator) -> Tensor:
    words = [str(rng.choice(_FRAMES)).format(word) for word, _, _ in pairs]
    a, b = (_meaning(encoder, *reader.read(texts)) for texts in (words, [same for _, same, _ in pairs]))
    clusters = np.array([cluster for _, _, cluster in pairs])
    alike = torch.from_numpy(clusters[:, None] == clusters[None]) & ~torch.eye(len(pairs), dtype=torch.bool)
    scores = (_SHARPNESS * a @ b.T).float().masked_fill(alike, -1e4)
    right = torch.arange(len(pairs))
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


def _meaning(encoder: Any, ids: Tensor, mask: Tensor) -> Tensor:
    states = encoder(ids, mask)
    return F.normalize((states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)


def _change(encoder: Any, before: Any, caption: tuple[Tensor, Tensor]) -> Tensor:
    """Mean squared change of token states against their variance."""
    ids, mask = caption
    with torch.no_grad():
        old = before(ids, mask).float()
    change = ((encoder(ids, mask).float() - old).square().mean(-1) * mask).sum() / mask.sum()
    return change / old.var()
