"""English that templates need: verbs that agree, articles, spaces and capitals."""

from __future__ import annotations

import re
from functools import lru_cache

_BASES = {"is": "be", "has": "have", "does": "do", "goes": "go"}
_PLURALS = {"is": "are", "has": "have", "does": "do", "goes": "go"}
_DOUBLED = {"let", "nod", "cut", "set", "bat", "spin", "stir", "put", "sob", "scan"}
_VERB = re.compile(r"~(\w+)")
_ARTICLE = re.compile(r"<a>\s+(\S+)")
_CONSONANT_SOUND = re.compile(r"(?:uni(?:[ftv]|que)|use|one\b|eu|u[bt]i)", re.IGNORECASE)
_VOWEL_SOUND = re.compile(r"(?:hour|honest|heir)", re.IGNORECASE)


@lru_cache(4096)
def base(verb: str) -> str:
    """Give the infinitive of a verb in the third person singular."""
    if verb in _BASES:
        return _BASES[verb]
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if verb.endswith(("ches", "shes", "sses", "xes")) else verb[:-1]


@lru_cache(4096)
def gerund(verb: str) -> str:
    """Give the -ing form of a verb in the third person singular."""
    stem = base(verb)
    if stem in _DOUBLED:
        return stem + stem[-1] + "ing"
    return (stem[:-1] if stem.endswith("e") and stem not in ("be", "see") else stem) + "ing"


def finite(text: str, plural: bool) -> str:
    """Let the marked verbs agree with a subject: "~keeps" becomes keeps, or keep after "they"."""
    return _VERB.sub(lambda m: _PLURALS.get(m[1], base(m[1])) if plural else m[1], text)


def imperative(text: str) -> str:
    """Turn the marked verbs into commands."""
    return _VERB.sub(lambda m: base(m[1]), text)


def participle(text: str) -> str:
    """Turn the marked verbs into -ing forms; "keeps blinking" becomes blinking, "does not move" not moving."""
    text = re.sub(r"~does not (\w+)", lambda m: f"not {gerund(m[1] + 's')}", text)
    text = re.sub(r"~(?:keeps|is) (\w+ing\b)", r"\1", text)
    return _VERB.sub(lambda m: gerund(m[1]), text)


def tidy(text: str) -> str:
    """Close the gaps of empty slots and choose the articles marked <a>."""
    text = " ".join(text.split())
    text = re.sub(r"\s+([,.;:)])", r"\1", text)
    text = re.sub(r"\(\s+", "(", text)
    return _ARTICLE.sub(lambda m: f"{article(m[1])} {m[1]}", text)


def article(word: str) -> str:
    """Give "a" or "an" for the word that follows."""
    word = word.lstrip("\"'([")
    vowel = word[:1].lower() in "aeiou" and not _CONSONANT_SOUND.match(word)
    return "an" if vowel or _VOWEL_SOUND.match(word) else "a"


def capital(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]
