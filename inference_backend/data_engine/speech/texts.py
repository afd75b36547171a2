"""Lines to speak: sentences from a small grammar, rich in lips and of every mood, and nonsense words for coverage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import vocabulary as words

_ONSETS = "p b m f v w t d n k g s z l r h y p b m f v w ch j sh th pl br fr sp sm tw gr pr bl fl sw st".split()
_NUCLEI = "a e i o u ee oo ay ow oy ah aw er igh oa ou".split()
_CODAS = ["", "", "", "p", "b", "m", "f", "v", "t", "d", "n", "s", "l", "k", "sh", "mp", "lf", "st", "ng", "ft"]

# Spoken only when a model is measured, never when it learns.
HELD_OUT: tuple[str, ...] = (
    "Pam and Bob baked a plum pie before the party began.",
    "My mama made me a map of the empty swamp.",
    "Big brown bumblebees hover above the apple blossom.",
    "Please put the purple lamp beside the broken pump.",
    "The problem may be bigger than the farmer probably imagined.",
    "Five wolves drove the frightened calf over the cliff.",
    "Whoever moved the wooden boat should move it back.",
    "September may consume the chapel and the barn.",
    "Maybe the members of the club will vote by Monday.",
    "Cabbage, pumpkin, ham and bean soup make a warm supper.",
    "Hop up to the top and jump over the beam.",
    "Remember, the bomb in the basement was only a bubble.",
    "The lamb climbed up the bank to sip pure water.",
    "Abby happily mopped a bit of butter from the table.",
    "Compare the two maps, then keep the better one.",
)


def passage(rng: np.random.Generator, characters: float) -> str:
    """Sentences that make about so many characters, at least one."""
    parts: list[str] = []
    while sum(map(len, parts)) < characters * 0.7:
        parts.append(nonsense(rng) if rng.random() < 0.06 else sentence(rng))
    return " ".join(parts)


def sentence(rng: np.random.Generator) -> str:
    """One grammatical English sentence: a statement, question, exclamation, command, remark, date or count."""
    text = str(_FORMS[rng.choice(len(_FORMS), p=_WEIGHTS)](rng))
    return text[:1].upper() + text[1:]


def nonsense(rng: np.random.Generator) -> str:
    """Four to eight words that no language has."""
    return " ".join(_nonsense_word(rng) for _ in range(rng.integers(4, 9))) + "."


def _pick(choices: tuple, rng: np.random.Generator):
    return choices[rng.integers(len(choices))]


def _subject(rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < 0.3:
        return str(_pick(("we", "they", "you", "I", "she", "he", "nobody", "everyone", "somebody", "both of us"), rng))
    if kind < 0.55:
        return str(_pick(words.NAMES, rng))
    determiner = _pick(("my", "the", "our", "his", "her", "that", "your", "another"), rng)
    adjective = f"{_pick(words.ADJECTIVES, rng)} " if rng.random() < 0.3 else ""
    return f"{determiner} {adjective}{_pick(words.PEOPLE, rng)}"


def _object(rng: np.random.Generator) -> str:
    adjective = f"{_pick(words.ADJECTIVES, rng)} " if rng.random() < 0.6 else ""
    if rng.random() < 0.3:
        return f"{_pick(('the', 'some', 'two', 'those', 'my', 'twelve', 'many', 'all the'), rng)} {adjective}{_pick(words.PLURAL, rng).removeprefix('five ')}"
    noun = f"{adjective}{_pick(words.THINGS, rng)}"
    determiner = str(_pick(("a", "the", "my", "this", "that", "her", "every", "our"), rng))
    return f"{'an' if determiner == 'a' and noun[0] in 'aeiou' else determiner} {noun}"


def _tail(rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < 0.3:
        return ""
    return f" {_pick(words.ADVERBS, rng)}" if kind < 0.85 else f" in {_pick(words.PLACES, rng)}"


def _clause(rng: np.random.Generator) -> str:
    subject, (base, past) = _subject(rng), _pick(words.VERBS, rng)
    kind = rng.random()
    if kind < 0.62:
        verb = past
    elif kind < 0.85:
        verb = f"{_pick(('will', 'should', 'could', 'must', 'might', 'would never', 'can'), rng)} {base}"
    else:
        verb = f"{_pick(('never', 'almost', 'probably', 'always', 'suddenly'), rng)} {past}"
    return f"{subject} {verb} {_object(rng)}{_tail(rng)}"


def _statement(rng: np.random.Generator) -> str:
    return f"{_clause(rng)}."


def _pair(rng: np.random.Generator) -> str:
    return f"{_clause(rng)}, {_pick(words.CONJUNCTIONS, rng)} {_clause(rng)}."


def _opened(rng: np.random.Generator) -> str:
    return f"{_pick(words.OPENERS, rng)}, {_clause(rng)}."


def _question(rng: np.random.Generator) -> str:
    base = _pick(words.VERBS, rng)[0]
    start = _pick(
        ("did", "will", "could", "why did", "when will", "how could", "where did", "would", "why should"), rng
    )
    return f"{start} {_subject(rng)} {base} {_object(rng)}{_tail(rng)}?"


def _which(rng: np.random.Generator) -> str:
    past, thing = _pick(words.VERBS, rng)[1], _object(rng)
    return str(_pick((f"who {past} {thing}{_tail(rng)}?", f"do you believe that {_clause(rng)}?",
                      f"is it true that {_clause(rng)}?", f"what makes you think that {_clause(rng)}?"), rng))  # fmt: skip


def _exclamation(rng: np.random.Generator) -> str:
    adjective, thing = str(_pick(words.ADJECTIVES, rng)), _pick(words.THINGS, rng)
    article = "an" if adjective[0] in "aeiou" else "a"
    return str(_pick((f"what {article} {adjective} {thing}!", f"how {adjective} of {_pick(words.NAMES, rng)}!",
                      f"{_clause(rng)}!", f"{_pick(words.REMARKS, rng)}! {_clause(rng)}!"), rng))  # fmt: skip


def _command(rng: np.random.Generator) -> str:
    base = _pick(words.VERBS, rng)[0]
    polite = _pick(("please ", "", "never ", "let's ", "do not ", "you had better "), rng)
    return f"{polite}{base} {_object(rng)}{_tail(rng)}{_pick(('.', '!', '.'), rng)}"


def _remark(rng: np.random.Generator) -> str:
    remark = str(_pick(words.REMARKS, rng))
    asks = remark.split()[0] in ("where", "how", "what", "who", "is", "are") and not remark.startswith(
        ("what a", "how w")
    )
    return (
        f"{remark}{'?' if asks else _pick(('!', '.'), rng)} {sentence(rng) if rng.random() < 0.5 else _statement(rng)}"
    )


def _number(rng: np.random.Generator) -> str:
    count, year = (
        int(rng.choice([rng.integers(2, 20), rng.integers(20, 1000), rng.integers(1000, 90000)])),
        rng.integers(1850, 2030),
    )
    return str(_pick((f"on {_pick(words.MONTHS, rng)} {rng.integers(1, 29)}, {year}, {_clause(rng)}.",
                      f"{_subject(rng)} counted {count} {_pick(words.UNITS, rng)}.",
                      f"room {rng.integers(2, 500)} is free from {rng.integers(2, 12)} to {rng.integers(2, 12)}.",
                      f"call me at {' '.join(str(d) for d in rng.integers(0, 10, 5))}.",
                      f"it costs {rng.integers(2, 100)} {_pick(words.UNITS, rng)}, not {count}."), rng))  # fmt: skip


def _list(rng: np.random.Generator) -> str:
    first, second, third = (_pick(words.PLURAL, rng) for _ in range(3))
    return f"{_subject(rng)} {_pick(words.VERBS, rng)[1]} {first}, {second} and {third}."


def _reported(rng: np.random.Generator) -> str:
    how = _pick(("said", "whispered", "shouted", "thought", "claimed", "swore", "replied"), rng)
    return f"{_clause(rng)}, {_pick(words.NAMES, rng)} {how}."


_FORMS: tuple[Callable[[np.random.Generator], str], ...] = (
    _statement, _pair, _opened, _question, _which, _exclamation, _command, _remark, _number, _list, _reported,
)  # fmt: skip
_WEIGHTS = np.array([3, 1.5, 2, 2, 1, 1.5, 1.3, 1.2, 1, 0.7, 0.8])
_WEIGHTS /= _WEIGHTS.sum()


def _nonsense_word(rng: np.random.Generator) -> str:
    syllables = rng.integers(1, 4)
    return "".join(str(rng.choice(_ONSETS)) + str(rng.choice(_NUCLEI)) for _ in range(syllables)) + str(
        rng.choice(_CODAS)
    )


_SUNG = (
    "moon-light on the wa-ter", "where the riv-er bends", "my heart is a boat", "home to you", "la la la la", "oh, oh, oh",
    "sing it to the morn-ing", "we will ne-ver be a-part", "o-ver the moun-tain", "bring me back my sum-mer",
    "fly a-way with me", "blue birds on the roof", "ev-ery-bo-dy knows", "slow-ly comes the rain", "love me like be-fore",
    "far be-yond the sea", "pom pa pom pom", "when the stars go down", "my ba-by blue", "how I miss you now",
    "dance un-til the dawn", "fare-well, my lov-er", "noth-ing but the wind", "roll the wag-on home", "ha-lle-lu-jah",
    "a-men, a-men", "I be-lieve in you", "the val-ley is a-wake", "sweet as hon-ey wine", "whis-per in the dark",
)  # fmt: skip


def lyric(rng: np.random.Generator, phrases: int) -> list[list[str]]:
    """Phrases of a song: the syllables of each, a word's syllables joined by a leading hyphen ("wa", "-ter")."""
    chosen = rng.permutation(len(_SUNG))[:phrases]
    return [_SUNG[i].replace("-", " -").replace(",", "").split() for i in chosen]
