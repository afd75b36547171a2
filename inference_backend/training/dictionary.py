"""What a dictionary says that words mean: pairs of texts that mean the same, read from WordNet's files.

WordNet (Miller 1995; Fellbaum 1998), as Debian's package wordnet-base has it: data.adj, data.adv, data.noun, data.verb.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_FILES = {"a": "data.adj", "s": "data.adj", "r": "data.adv", "n": "data.noun", "v": "data.verb"}
# Lexicographer files about people: all of adjectives and adverbs, acts, attributes, cognition, communication, feelings,
# motives, states; verbs of the body, of cognition, communication, emotion, perception, social and stative ones.
_ABOUT_PEOPLE = {0, 1, 2, 44, 4, 7, 9, 10, 12, 16, 26, 29, 31, 32, 37, 39, 41, 42}
_ADJECTIVES = ("a", "s")
_OF_FEELING = 12  # lexicographer file of nouns
_SIMILAR = "&"  # pointer from an adjective to the head of its cluster


@dataclass(frozen=True)
class Meaning:
    """A set of synonyms: its words, its definition, and the meanings that it is near to, by their keys."""

    key: str
    kind: str
    file: int
    words: tuple[str, ...]
    definition: str
    similar: tuple[str, ...]

    @property
    def may_describe(self) -> bool:
        """Whether its words can say how somebody is: adjectives, adverbs, nouns of feelings."""
        return self.kind in "asr" or self.file == _OF_FEELING


def meanings(folder: Path) -> dict[str, Meaning]:
    """Read the meanings that are about people; raises FileNotFoundError where the folder is no WordNet."""
    found = {}
    for name in dict.fromkeys(_FILES.values()):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if line[:2] != "  " and (meaning := _meaning(line)):  # its licence stands indented above
                found[meaning.key] = meaning
    return found


def _meaning(line: str) -> Meaning | None:
    data, _, gloss = line.partition(" | ")
    offset, file, kind, count, *fields = data.split()
    if int(file) not in _ABOUT_PEOPLE:
        return None
    many = 2 * int(count, 16)
    words = tuple(word.partition("(")[0].replace("_", " ").lower() for word in fields[:many:2])
    pointers = fields[many + 1 :]
    similar = tuple(pointers[i + 1] for i in range(0, 4 * int(fields[many]), 4) if pointers[i] == _SIMILAR)
    return Meaning(
        f"{_FILES[kind]} {offset}",
        kind,
        int(file),
        words,
        gloss.partition(";")[0].strip(),
        tuple(f"{_FILES[kind]} {other}" for other in similar),
    )


def same_in_meaning(read: dict[str, Meaning]) -> Iterator[tuple[str, str, str]]:
    """Give pairs of a word and what means the same, and the key of the cluster of meanings in which they lie."""
    for meaning in read.values():
        cluster = min((meaning.key, *meaning.similar))
        for i, word in enumerate(meaning.words):
            yield word, meaning.definition, cluster
            for other in meaning.words[i + 1 :]:
                yield word, other, cluster
            for key in meaning.similar:
                if key in read:
                    yield word, read[key].words[0], cluster


def near_to(read: dict[str, Meaning], known: Collection[str]) -> set[str]:
    """Find the adjectives that stand in one set of synonyms with a known word, or in a set that is similar to such."""
    found = set()
    for meaning in read.values():
        sets = (meaning, *(read[key] for key in meaning.similar if key in read))
        if meaning.kind in _ADJECTIVES and any(word in known for each in sets for word in each.words):
            found.update(meaning.words)
    return found
