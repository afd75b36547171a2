"""The style reader learns to read with another sentence encoder, and further words, while all else stays what it is."""

from __future__ import annotations

import dataclasses
import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..data_engine.prompts import words
from ..data_engine.prompts.grammar import with_gesture, write
from ..data_engine.prompts.prompt import ABSENT, Attributes, Prompt
from ..data_engine.prompts.sampling import draw_attributes
from ..generator.style_text import SentenceEncoder
from .act import blurred
from .attributes import asked
from .corpus import pad_tokens
from .network import StyleGenerator
from .vocabulary import Vocabulary

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReadingConfig:
    """Settings of the lessons; captions are read once, before."""

    minutes: float = 8.0
    captions: int = 5000
    batch: int = 48
    rate: float = 1.0e-3
    blur: float = 0.6
    gestures: float = 0.25  # share of captions that ask for a gesture of the head
    other_words: float = 0.7  # share of captions said anew whose feeling has another word
    asked: float = 0.3  # weight of what a style must answer beside where it must lie
    seed: int = 0


def fit_reader(model: StyleGenerator, before: SentenceEncoder, after: SentenceEncoder, config: ReadingConfig) -> None:
    """Train the style reader of a model, in place, to read with another encoder what it read with the one before.

    A caption and the same said anew, in any word for its feeling, must lead to the style of the caption as the reader
    knew it. The actor stays as it is, for the space of styles does.
    """
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    goals, texts, facts = _lessons(model, before, after, rng, config)
    model.requires_grad_(False)
    reader = model.style_reader.requires_grad_(True)
    optimiser = torch.optim.AdamW(reader.parameters(), lr=config.rate, betas=(0.9, 0.98), weight_decay=0.02)
    spread, generator = goals.var(0).mean(), torch.Generator().manual_seed(config.seed)
    start, step = time.monotonic(), 0
    while (done := (time.monotonic() - start) / (60 * config.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = config.rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-6
        rows = rng.integers(len(texts), size=config.batch)
        tokens, mask = (torch.from_numpy(x) for x in pad_tokens([texts[i] for i in rows]))
        style = reader(blurred(tokens, config.blur, generator), mask)
        off = (style - goals[rows]).square().mean() / spread
        loss = off + config.asked * model.questions.loss(style, *(fact[rows] for fact in facts))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        if step % 200 == 0:
            log.info("step %d, off by %.3f of the styles' variance, loss %.3f", step, off, loss)


def _lessons(
    model: StyleGenerator, before: SentenceEncoder, after: SentenceEncoder, rng: np.random.Generator,
    config: ReadingConfig,
) -> tuple[Tensor, list[np.ndarray], list[Tensor]]:  # fmt: skip
    """Give goals [N, S], token states of N texts, and what is asked of each; a caption and itself anew in turn."""
    vocabulary = Vocabulary(after.tokens, rng)
    goals, texts, facts = [], [], []
    for drawn in draw_attributes(config.captions, config.seed):
        attributes = drawn if rng.random() < 0.5 else vocabulary.alone()
        taught = words.TAUGHT.get(attributes.emotion)
        if taught:
            attributes = dataclasses.replace(attributes, feeling=taught[rng.integers(len(taught))].adjective)
        gesture = str(rng.choice(list(words.GESTURES))) if rng.random() < config.gestures else ABSENT
        amount = float(rng.uniform(0.3, 1.0))
        said = _said(attributes, gesture, amount, rng)
        anew = attributes
        if taught and rng.random() < config.other_words:
            anew = dataclasses.replace(attributes, feeling=vocabulary.word(attributes.emotion))
        with torch.no_grad():
            states = torch.from_numpy(before.tokens(said.text))[None]
            goal = model.style_reader(states, torch.ones(states.shape[:2]))[0]
        for text in (said.text, _said(anew, gesture, amount, rng).text):
            goals.append(goal)
            texts.append(after.tokens(text).astype(np.float16))
            facts.append(said.attributes)
        if len(texts) % 2000 == 0:
            log.info("%d of %d captions read", len(texts), 2 * config.captions)
    felt = [fact.emotion not in (ABSENT, "neutral") for fact in facts]
    columns = (
        np.stack([asked(fact) for fact in facts]),
        np.array([fact.level for fact in facts], np.float32),
        np.array(felt, np.float32),
    )
    return torch.stack(goals), texts, [torch.from_numpy(column) for column in columns]


def _said(attributes: Attributes, gesture: str, amount: float, rng: np.random.Generator) -> Prompt:
    """Write attributes, and a gesture of the head in place of what else they say of it."""
    if not gesture:
        return write(attributes, rng)
    plain = dataclasses.replace(attributes, head=ABSENT, amount=0.0)
    return with_gesture(write(plain, rng), gesture, amount, rng)


def read_with(model: StyleGenerator, weights: Path, encoder: Path, config: ReadingConfig) -> None:
    """Fit a model's reader to the sentence encoder in another folder; weights is the folder of the one it knows."""
    fit_reader(model, SentenceEncoder(weights, threads=1), SentenceEncoder(encoder, threads=1), config)
