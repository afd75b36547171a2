"""Balanced sampling: every value of every attribute, and every pair of values, as often as its share says.

One prompt after the other takes, attribute by attribute, the value that lags most behind, alone and in pair with the
values it already has, among those that make sense together. So every prefix of a sample is balanced too, and a longer
sample begins with the shorter one.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from . import words
from .grammar import swapped, write
from .prompt import ABSENT, Attributes, Prompt

BLOCK = 1000  # over so many prompts the counts are exact
# Share of the prompts that say nothing of an attribute, or whose voice just speaks; the other values are uniform.
# Feelings: 4 of 1,000 each; subjects 7; intensities 16 (nothing to measure in no feeling and in a neutral one, and a
# quarter of the other prompts leaves it open); deliveries 50; gazes, heads and details 70; voices 60; blends 10.
REST = {"cluster": 0.20, "feeling": 0.20, "level": 0.424, "intensity": 0.424, "subject": 0.37, "delivery": 0.50,
        "gaze": 0.65, "head": 0.65, "detail": 0.65, "vocal": 0.70, "blend": 0.87}  # fmt: skip
_RESTING = {"vocal": "speaks"}  # the value that has this share, where it is not ABSENT
_ORDER = ("cluster", "blend", "vocal", "level", "detail", "delivery", "head", "gaze", "subject", "intensity", "feeling")
_VALUE_WEIGHT = 4.0  # of a value's own lag, against that of each pair
_NOISE = 1e-3  # breaks ties
_OVERDRAWN = 1e3  # keeps a value from being taken beyond its quota while another fits
_REFRESH = 1.05  # the scale of the lags is renewed when the count has grown by so much
_SWAP_EVERY = 20  # so often a prompt repeats the one before it but for one word

# Combinations that make no sense, and why.
_CALM_ONLY = ("bored", "weary")
_NO_LAUGH = ("sad", "angry", "afraid", "disgusted", "weary", "worried", "confused", "bored", "pained", "determined",
             "disappointed", "suspicious", "focused", "neutral", "tearful")  # fmt: skip
_NO_CRY = ("neutral", "contemptuous", "bored", "amused", "focused", "determined", "disgusted", "confused", "suspicious",
           "excited", "happy", "surprised", "weary", "hopeful", "embarrassed", "proud", "tender")  # fmt: skip
_NO_SMILE = ("sad", "angry", "afraid", "disgusted", "pained", "tearful", "bored", "disappointed")
_FORBIDDEN: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("cluster", "vocal"): {
        "laughs": _NO_LAUGH,  # nobody laughs sadly, but for a blend
        "cries": _NO_CRY,
        "shouts": ("tender", "weary", "bored", "relieved"),  # these have no breath to shout
    },
    ("cluster", "delivery"): {
        "calm": ("excited", "afraid"),
        "lively": _CALM_ONLY,
        "monotone": ("excited", "surprised"),
        "gentle": ("angry", "disgusted"),
    },
    ("cluster", "detail"): {
        "smile between phrases": _NO_SMILE,
        "raised brows": ("angry", "pained", "determined", "suspicious", "focused"),  # their brows are down
        "few blinks": ("tearful",),
    },
    ("cluster", "head"): {"bowed": ("proud",), "raised": ("embarrassed",), "lively": _CALM_ONLY},
    ("vocal", "delivery"): {  # nothing is articulated in laughter and sobs
        "calm": ("laughs", "cries", "shouts"),
        "lively": ("cries",),
        "mumbled": ("laughs", "cries", "shouts"),
        "crisp": ("laughs", "cries"),
        "hurried": ("laughs", "cries"),
        "slow": ("laughs", "cries"),
        "monotone": ("laughs", "cries", "shouts"),
        "gentle": ("shouts",),
        "emphatic": ("laughs", "cries"),
    },
    ("vocal", "detail"): {
        "smile between phrases": ("laughs", "cries"),  # no phrases
        "eyes widen on stress": ("laughs", "cries"),
    },
    ("head", "gaze"): {"up": ("bowed",)},
}
# A blend lets a voice pass that its feeling forbids ("laughing through tears").
_BLEND_VOICES = {"happy": "laughs", "amused": "laughs", "tearful": "cries"}


def sample(count: int, seed: int) -> list[Prompt]:
    """Draw prompts, balanced over attributes and their pairs."""
    prompts: list[Prompt] = []
    before: tuple[Attributes, Prompt] | None = None
    for at, attributes in enumerate(draw_attributes(count, seed)):
        prompt = None
        if at % _SWAP_EVERY == _SWAP_EVERY - 1 and before:
            prompt = swapped(before[1], attributes, [seed, at - 1])
        prompt = prompt or write(attributes, np.random.default_rng([seed, at]))
        prompts.append(prompt)
        before = attributes, prompt
    return prompts


def draw_attributes(count: int, seed: int) -> list[Attributes]:
    """Draw the attributes of prompts, without their wording."""
    drawer = _Drawer(seed)
    return [drawer.draw(at) for at in range(count)]


class _Plan:
    """The values of all attributes in one row, which of them agree, and the shares of each and of each pair."""

    def __init__(self) -> None:
        self.values = {name: _values(name) for name in _ORDER}
        starts = np.cumsum([0, *(len(v) for v in self.values.values())])
        self.spans = {name: slice(a, b) for name, a, b in zip(_ORDER, starts[:-1], starts[1:], strict=True)}
        self.size = int(starts[-1])
        self.rests = {name: slice(b, self.size) for name, b in zip(_ORDER, starts[1:], strict=True)}
        self.share = np.concatenate([_shares(name, len(v)) for name, v in self.values.items()])
        self.agree = np.ones((self.size, self.size), bool)
        for one, other in [(a, b) for a in _ORDER for b in _ORDER if a != b]:
            self._forbid(one, other)
        self.pairs = np.zeros((self.size, self.size))
        for i, one in enumerate(_ORDER):
            for other in _ORDER[i + 1 :]:
                self._fit(self.spans[one], self.spans[other])

        for name in _ORDER[1:-1]:  # the cluster alone decides which feelings it takes
            self.agree[self.spans[name], self.spans["feeling"]] = True
            self.agree[self.spans["feeling"], self.spans[name]] = True
        self.freed = {self.index("blend", b): self.index("vocal", v) for b, v in _BLEND_VOICES.items()}

    def index(self, name: str, value: str) -> int:
        return self.spans[name].start + self.values[name].index(value)

    def _forbid(self, one: str, other: str) -> None:
        for i, a in enumerate(self.values[one]):
            for j, b in enumerate(self.values[other]):
                if not agree(one, a, other, b):
                    x, y = self.spans[one].start + i, self.spans[other].start + j
                    self.agree[x, y] = self.agree[y, x] = False

    def _fit(self, one: slice, other: slice) -> None:
        """Find the pair shares nearest to independence that leave out what is forbidden (proportional fitting)."""
        table = np.where(self.agree[one, other], np.outer(self.share[one], self.share[other]), 0.0)
        for _ in range(200):
            table *= (self.share[one] / np.maximum(table.sum(1), 1e-12))[:, None]
            table *= (self.share[other] / np.maximum(table.sum(0), 1e-12))[None, :]
        self.pairs[one, other] = table
        self.pairs[other, one] = table.T


@cache
def plan() -> _Plan:
    """Give the plan, made once."""
    return _Plan()


def _values(name: str) -> tuple[str, ...]:
    rest = (_RESTING.get(name, ABSENT),)
    tables = {
        "cluster": words.CLUSTERS,
        "feeling": tuple(f.adjective for row in words.TAUGHT.values() for f in row),
        "level": words.LEVELS,
        "intensity": tuple(words.INTENSITIES),
        "subject": tuple(words.SUBJECTS),
        "delivery": tuple(words.DELIVERIES),
        "gaze": tuple(words.GAZES),
        "head": tuple(words.HEADS),
        "detail": tuple(words.DETAILS),
        "vocal": tuple(v for v in words.VOCALS if v != "speaks"),
        "blend": words.BLEND_CLUSTERS,
    }
    return rest + tables[name]


def _shares(name: str, count: int) -> np.ndarray:
    return np.array([REST[name]] + [(1 - REST[name]) / (count - 1)] * (count - 1))


def agree(one: str, a: str, other: str, b: str) -> bool:
    """Tell whether a value of one attribute makes sense with a value of another, taken by themselves."""
    pair = {one: a, other: b}
    if "feeling" in pair and pair.keys() != {"cluster", "feeling"}:  # a feeling is bound as its cluster is
        feeling = pair.pop("feeling")
        return agree("cluster", words.FEELINGS[feeling].cluster if feeling else ABSENT, *pair.popitem())
    if pair.keys() == {"cluster", "intensity"}:
        word = pair.pop("intensity")
        return agree("cluster", pair["cluster"], "level", words.LEVELS[0] if word else ABSENT)
    if pair.keys() == {"cluster", "feeling"}:
        return (words.FEELINGS[pair["feeling"]].cluster if pair["feeling"] else ABSENT) == pair["cluster"]
    if pair.keys() == {"level", "intensity"}:
        word = words.INTENSITIES.get(pair["intensity"])
        return (words.level_group(word.level) if word else ABSENT) == pair["level"]
    if pair.keys() == {"cluster", "level"}:  # nothing has no degree
        return pair["cluster"] not in (ABSENT, "neutral") or pair["level"] == ABSENT
    if pair.keys() == {"cluster", "blend"}:
        return pair["blend"] == ABSENT or (pair["cluster"], pair["blend"]) in words.BLENDS
    for (first, second), table in _FORBIDDEN.items():
        if {first, second} == {one, other} and pair[first] in table.get(pair[second], ()):
            return False
    return True


class _Drawer:
    """Draws attributes one after the other; keeps count of values and pairs."""

    def __init__(self, seed: int) -> None:
        self.plan = plan()
        self.rng = np.random.default_rng([seed, 0])
        self.pairs = np.zeros((self.plan.size, self.plan.size))  # the diagonal counts the values
        self.quota = np.zeros(self.plan.size)
        self.scale, self.scaled_at = np.ones((self.plan.size, self.plan.size)), 0.0
        self.last: dict[str, int] = {}

    def draw(self, at: int) -> Attributes:
        """Draw the attributes of the prompt at a place of the sequence; places come in order."""
        if at % BLOCK == 0:
            self.quota += np.rint(self.plan.share * BLOCK)
        plan, count = self.plan, at + 1
        if count > _REFRESH * self.scaled_at:
            self.scaled_at = count
            self.scale = 1 / np.sqrt(count * plan.pairs + 1)
        keep = self._kept(at)
        fits = np.asarray(plan.agree[list(keep.values())].all(0)) if keep else np.ones(plan.size, bool)
        due = self.quota > 0
        score = _NOISE * self.rng.random(plan.size)
        score += _VALUE_WEIGHT * (self.pairs.diagonal() - count * plan.share) / np.sqrt(count * plan.share + 1)
        chosen: list[int] = []
        for name in _ORDER:
            value = keep.get(name, -1)
            if value < 0 or not due[value] or not plan.agree[value, chosen].all():
                value = self._choose(plan.spans[name], fits, due, score, chosen)
            chosen.append(value)
            rest = plan.rests[name]
            fits[rest] &= plan.agree[value, rest]
            if value in plan.freed:
                fits[plan.freed[value]] = True
            # A cell's lead over what is due to it, in about standard deviations, for rare cells in counts.
            score[rest] += (self.pairs[value, rest] - count * plan.pairs[value, rest]) * self.scale[value, rest]
        self.pairs[np.ix_(chosen, chosen)] += 1
        self.quota[chosen] -= 1
        self.last = dict(zip(_ORDER, chosen, strict=True))
        return self._attributes()

    def _choose(self, span: slice, fits: np.ndarray, due: np.ndarray, score: np.ndarray, chosen: list[int]) -> int:
        """Take the value that lags most, of those that fit and are due, or else, off balance, of those that fit."""
        lag = np.where(fits[span] & due[span], score[span], np.inf)
        best = int(lag.argmin())
        if lag[best] == np.inf:
            agreed = self.plan.agree[chosen, span].all(0)
            lag = np.where(agreed & due[span], score[span], np.where(agreed, score[span] + _OVERDRAWN, np.inf))
            best = int(lag.argmin())
        return span.start + best

    def _kept(self, at: int) -> dict[str, int]:
        """Choose what a prompt keeps of the one before it: nothing, or all but one word, in turn."""
        if at % _SWAP_EVERY != _SWAP_EVERY - 1:
            return {}
        changed = (("cluster", "feeling"), ("level", "intensity"), ("subject",), ("feeling",))[at // _SWAP_EVERY % 4]
        return {name: value for name, value in self.last.items() if name not in changed}

    def _attributes(self) -> Attributes:
        plan = self.plan
        value = {name: plan.values[name][i - plan.spans[name].start] for name, i in self.last.items()}
        level = words.INTENSITIES[value["intensity"]].level if value["intensity"] else words.ABSENT_LEVEL
        return Attributes(
            subject=value["subject"],
            emotion=value["cluster"],
            feeling=value["feeling"],
            intensity=value["intensity"],
            level=level,
            delivery=value["delivery"],
            gaze=value["gaze"],
            head=value["head"],
            vocal=value["vocal"],
            detail=value["detail"],
            blend=value["blend"],
        )
