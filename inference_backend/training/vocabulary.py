"""Captions that say a feeling in every word that there is for it, asked about by themselves: nobody acted them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..data_engine.prompts import words
from ..data_engine.prompts.grammar import said, write
from ..data_engine.prompts.prompt import ABSENT, Attributes
from ..data_engine.prompts.sampling import draw_attributes, sample
from ..generator import known_words
from ..generator.style_text import SentenceEncoder
from .attributes import facts
from .dictionary import meanings

_LISTED = 20_000  # captions whose words are known
_KEPT = 4096  # captions, once read: some 60 MB
_NEW = 8  # of each batch
_DRAWN = 2000  # sets of attributes in which a feeling is one among others
_ALONE = 0.5  # share of captions that say a feeling, how strong, and of whom, and nothing else
_PLAIN, _OF_NOBODY = 0.25, 0.3  # shares of those without an intensity, and without a subject


class Vocabulary:
    """Draws captions over all words of feeling; read gives the token states [L, 384] of a text."""

    def __init__(self, read: Callable[[str], np.ndarray], rng: np.random.Generator):
        self._read, self._rng = read, rng
        self._others = [a for a in draw_attributes(_DRAWN, int(rng.integers(1 << 30))) if a.emotion and not a.blend]
        self._captions: list[dict[str, Any]] = []

    def draw(self, size: int) -> list[dict[str, Any]]:
        """Draw captions, a few of them new: tokens, asked, level and felt, as a corpus gives them."""
        new = [self._caption() for _ in range(max(_NEW, size - len(self._captions)))]
        for caption in new:
            if len(self._captions) < _KEPT:
                self._captions.append(caption)
            else:
                self._captions[self._rng.integers(_KEPT)] = caption
        return [self._captions[i] for i in self._rng.integers(len(self._captions), size=size)]

    def _caption(self) -> dict[str, Any]:
        attributes = alone(self._rng) if self._rng.random() < _ALONE else self._among_others()
        tokens = self._read(write(attributes, self._rng).text).astype(np.float16)
        return {"tokens": tokens, **facts(attributes)}

    def _among_others(self) -> Attributes:
        attributes = self._others[self._rng.integers(len(self._others))]
        return dataclasses.replace(attributes, feeling=word(attributes.emotion, self._rng))


def alone(rng: np.random.Generator) -> Attributes:
    """Draw a feeling in any of its words, perhaps how strong and of whom, and nothing else."""
    cluster = words.CLUSTERS[rng.integers(len(words.CLUSTERS))]
    strength = ABSENT if cluster == "neutral" or rng.random() < _PLAIN else str(rng.choice(list(words.INTENSITIES)))
    level = words.INTENSITIES[strength].level if strength else words.ABSENT_LEVEL
    subject = ABSENT if rng.random() < _OF_NOBODY else str(rng.choice(list(words.SUBJECTS)))
    return Attributes(subject, cluster, word(cluster, rng), strength, level)


def word(cluster: str, rng: np.random.Generator) -> str:
    """Draw a word for a feeling."""
    of = words.KNOWN[cluster]
    return of[rng.integers(len(of))].adjective


def keep(folder: Path, encoder: SentenceEncoder, dictionary: Path | None = None) -> None:
    """Write the words that readers are taught; a dictionary tells which others may be read as the nearest of them."""
    feelings: dict[str, int] = {}
    for number, cluster in enumerate(words.CLUSTERS):
        for feeling in words.KNOWN[cluster]:
            for form in filter(None, (feeling.adjective, feeling.noun, feeling.adverb)):
                feelings.setdefault(form, number)
    captions = [prompt.text for prompt in sample(_LISTED, 0)]
    rng = np.random.default_rng(0)
    nodding = [Attributes("woman", head=gesture, amount=0.5) for gesture in words.GESTURES]
    captions += [said(attributes, rng).text for attributes in nodding for _ in range(_LISTED // 100)]
    plain = set().union(*map(known_words.words_of, (*captions, *words.SUBJECTS, *feelings)), feelings)
    moody = (
        {word for meaning in meanings(dictionary).values() if meaning.may_describe for word in meaning.words}
        if dictionary
        else set()
    )
    known_words.save(folder, encoder, feelings, plain, moody)
