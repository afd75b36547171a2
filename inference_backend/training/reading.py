"""The style reader learns to read with another sentence encoder, and further words, while all else stays what it is."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..data_engine.prompts import words
from ..data_engine.prompts.grammar import said
from ..data_engine.prompts.sampling import draw_attributes
from ..generator.style_text import SentenceEncoder
from .act import blurred
from .attributes import facts
from .corpus import pad_tokens
from .loop import paced
from .network import StyleGenerator
from .vocabulary import alone, word

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
    goals, texts, asked = _lessons(model, before, after, rng, config)
    model.requires_grad_(False)
    reader = model.style_reader.requires_grad_(True)
    optimiser = torch.optim.AdamW(reader.parameters(), lr=config.rate, betas=(0.9, 0.98), weight_decay=0.02)
    spread, generator = goals.var(0).mean(), torch.Generator().manual_seed(config.seed)
    for step in paced(optimiser, config.minutes, 1e-6):
        rows = rng.integers(len(texts), size=config.batch)
        tokens, mask = (torch.from_numpy(x) for x in pad_tokens([texts[i] for i in rows]))
        style = reader(blurred(tokens, config.blur, generator), mask)
        off = (style - goals[rows]).square().mean() / spread
        loss = off + config.asked * model.questions.loss(style, *(column[rows] for column in asked))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 200 == 0:
            log.info("step %d, off by %.3f of the styles' variance, loss %.3f", step, off, loss)


def _lessons(
    model: StyleGenerator, before: SentenceEncoder, after: SentenceEncoder, rng: np.random.Generator,
    config: ReadingConfig,
) -> tuple[Tensor, list[np.ndarray], list[Tensor]]:  # fmt: skip
    """Give goals [N, S], token states of N texts, and what is asked of each; a caption and itself anew in turn."""
    goals, texts, known = [], [], []
    for drawn in draw_attributes(config.captions, config.seed):
        attributes = drawn if rng.random() < 0.5 else alone(rng)
        taught = words.TAUGHT.get(attributes.emotion)
        if taught:
            attributes = dataclasses.replace(attributes, feeling=taught[rng.integers(len(taught))].adjective)
        if rng.random() < config.gestures:
            gesture = str(rng.choice(list(words.GESTURES)))
            attributes = dataclasses.replace(attributes, head=gesture, amount=float(rng.uniform(0.3, 1.0)))
        anew = attributes
        if taught and rng.random() < config.other_words:
            anew = dataclasses.replace(attributes, feeling=word(attributes.emotion, rng))
        caption = said(attributes, rng).text
        with torch.no_grad():
            states = torch.from_numpy(before.tokens(caption))[None]
            goal = model.style_reader(states, torch.ones(states.shape[:2]))[0]
        for text in (caption, said(anew, rng).text):
            goals.append(goal)
            texts.append(after.tokens(text).astype(np.float16))
            known.append(facts(attributes))
        if len(texts) % 2000 == 0:
            log.info("%d of %d captions read", len(texts), 2 * config.captions)
    asked = [torch.from_numpy(np.stack([one[name] for one in known])) for name in ("asked", "level", "felt")]
    return torch.stack(goals), texts, asked
