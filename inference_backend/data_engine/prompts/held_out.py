"""Prompts from words that are never taught: they measure whether a style reaches beyond its training words."""

from __future__ import annotations

import numpy as np

from . import words
from .grammar import write
from .prompt import Attributes, Prompt

_INTENSITIES = ("", "", "slight", "clear", "strong", "extreme")  # one prompt each; none where nothing has degrees
_NO_SUBJECT = 0.3


def held_out_prompts(seed: int) -> list[Prompt]:
    """Word every held-out feeling a few times, for different subjects and intensities; nothing else is asked for."""
    prompts = []
    for feeling in (f for row in words.HELD_OUT.values() for f in row):
        rng = np.random.default_rng([seed, *feeling.adjective.encode()])
        for intensity in _INTENSITIES:
            prompts.append(_write(_attributes(feeling, intensity, rng), feeling, rng))
    return prompts


def _attributes(feeling: words.Feeling, intensity: str, rng: np.random.Generator) -> Attributes:
    intensity = "" if feeling.cluster == "neutral" else intensity
    level = words.INTENSITIES[intensity].level if intensity else words.ABSENT_LEVEL
    subject = "" if rng.random() < _NO_SUBJECT else str(rng.choice(list(words.SUBJECTS)))
    return Attributes(subject, feeling.cluster, feeling.adjective, intensity, level)


def _write(attributes: Attributes, feeling: words.Feeling, rng: np.random.Generator) -> Prompt:
    """Word it in a form that says the word itself."""
    while True:
        prompt = write(attributes, rng)
        if any(stem in prompt.text.lower() for stem in feeling.stems):
            return prompt
