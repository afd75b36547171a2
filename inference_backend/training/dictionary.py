"""What a dictionary says that words mean: pairs of texts that mean the same, read from WordNet's files.

WordNet (Miller 1995; Fellbaum 1998), as Debian's package wordnet-base has it: data.adj, data.adv, data.noun, data.verb.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FILES = {"a": "data.adj", "s": "data.adj", "r": "data.adv", "n": "data.noun", "v": "data.verb"}
# Lexicographer files about people: all of adjectives and adverbs, acts, attributes, cognition, communication, feelings,
# motives, states; verbs of the body, of cognition, communication, emotion, perception, social and stative ones.
_ABOUT_PEOPLE = {0, 1, 2, 44, 4, 7, 9, 10, 12, 16, 26, 29, 31, 32, 37, 39, 41, 42}
_ADJECTIVES = ("a", "s")
_SIMILAR_WEIGHT = 0.4
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


def nearness(read: dict[str, Meaning], known: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Tell how near adjectives stand to groups of known ones: by word, then by the group that `known` puts words into.

    A known word in the same set of synonyms counts 1, one in a set that is similar to it less; shares sum to 1.
    """
    found: dict[str, dict[str, float]] = {}
    for meaning in read.values():
        if meaning.kind not in _ADJECTIVES:
            continue
        similar = [(read[key], _SIMILAR_WEIGHT) for key in meaning.similar if key in read]
        votes = [(known[w], weight) for other, weight in ((meaning, 1.0), *similar) for w in other.words if w in known]
        for word in meaning.words if votes else ():
            shares = found.setdefault(word, {})
            for group, weight in votes:
                shares[group] = shares.get(group, 0.0) + weight
    return {word: {g: n / sum(shares.values()) for g, n in shares.items()} for word, shares in found.items()}
