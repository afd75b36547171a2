"""What a style text says in the words of the prompts' own tables: an emotion's label and a level.

Systems with one-hot emotions are asked by label; whoever asks ours by text asks them by what the text's words mean,
words that were kept from training among them: that favours them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...data_engine.prompts import words
from ...data_engine.prompts.prompt import Attributes


def label_of(text: str) -> Attributes:
    """Emotion and level that a style text names; neither where it names none."""
    said = f" {' '.join(re.findall(r'[a-z-]+', text.lower()))} "
    cluster = next((of for word, of in _feelings() if f" {word} " in said), "")
    level = next((of for word, of in _levels() if f" {word} " in said), words.ABSENT_LEVEL)
    return Attributes(emotion=cluster, level=level if cluster not in ("", "neutral") else 0.0)


@lru_cache(maxsize=1)
def _feelings() -> list[tuple[str, str]]:
    """Words and their clusters, the longest first; the plain name of a cluster is no inflection of another's."""
    table = {word: f.cluster for f in words.FEELINGS.values() for word in (f.adjective, f.noun, f.adverb) if word}
    return sorted((table | {name: name for name in words.CLUSTERS}).items(), key=lambda row: -len(row[0]))


@lru_cache(maxsize=1)
def _levels() -> list[tuple[str, float]]:
    table = {word: i.level for i in words.INTENSITIES.values() for word in (i.adjective, i.adverb)}
    return sorted(table.items(), key=lambda row: -len(row[0]))
