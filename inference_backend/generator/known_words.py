"""Known words: what the style reader was taught, which stand for words of feeling that it never met.

A reader that has learned some hundred words of feeling knows them better than any other. Another word lies near to its
like in the sentence encoder's space, which a dictionary has shaped, and is read as the nearest of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np

from .style_text import SentenceEncoder

FILE = "known_words.npz"
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_NEIGHBOURS = 12
_SOFTNESS = 0.05  # cosine by which a neighbour counts e times less than another
_LEAST_ALIKE = 0.5  # cosine of an adjective with the nearest
_LEAST_ALIKE_IN_FORM = 0.6  # of what only has a participle's form
_PARTICIPLES = ("ed", "ing")
# After a participle: "shaking his head" is no mood.
_OBJECT = re.compile(r"\s+(?:an?|the|his|her|their|its|my|your|one's)\b", re.IGNORECASE)
_REMEMBERED = 4096


class KnownWords:
    """Known words of feeling [N] with their points [N, 384] and feelings [N].

    Beside them words of captions, which need no other, and words that may stand for a feeling: a "hat" never does.
    """

    def __init__(self, folder: Path, encoder: SentenceEncoder):
        self._encoder = encoder
        with np.load(folder / FILE) as file:
            self._words, self._feelings = file["words"].tolist(), file["feelings"]
            self._points = file["points"].astype(np.float32)
            self._plain, self._moody = frozenset(file["plain"].tolist()), frozenset(file["moody"].tolist())
        self._nearest = lru_cache(_REMEMBERED)(self._look_up)

    def put(self, text: str) -> str:
        """Put a text in known words, as far as those that it has lie near to a feeling."""
        return _WORD.sub(lambda found: found[0] if _acts(found) else self._nearest(found[0].lower()) or found[0], text)

    def _look_up(self, word: str) -> str:
        """Find the known word nearest to one that is not: of the feeling that most of its neighbours have."""
        participle = word.endswith(_PARTICIPLES)
        if word in self._plain or not (participle or word in self._moody):
            return ""
        alike = self._points @ self._encoder.meaning(word)
        nearest = np.argsort(-alike)[:_NEIGHBOURS]
        if alike[nearest[0]] < (_LEAST_ALIKE if word in self._moody else _LEAST_ALIKE_IN_FORM):
            return ""
        shares = np.bincount(self._feelings[nearest], np.exp((alike[nearest] - alike[nearest[0]]) / _SOFTNESS))
        return next(self._words[i] for i in nearest if self._feelings[i] == shares.argmax())


def _acts(found: re.Match[str]) -> bool:
    """Tell whether a word is what somebody does to something."""
    return found[0].lower().endswith("ing") and _OBJECT.match(found.string, found.end()) is not None


def save(folder: Path, encoder: SentenceEncoder, feelings: dict[str, int], plain: set[str], moody: set[str]) -> None:
    """Write known words, each with the number of its feeling, those that need no other, and those that may."""
    points = np.stack([encoder.meaning(word) for word in feelings])
    np.savez_compressed(
        folder / FILE,
        words=np.array(list(feelings)),
        feelings=np.array(list(feelings.values()), np.int8),
        points=points.astype(np.float16),
        plain=np.array(sorted(plain)),
        moody=np.array(sorted(moody - plain)),
    )


def words_of(text: str) -> set[str]:
    """List the words of a text, in lower case."""
    return {word.lower() for word in _WORD.findall(text)}
