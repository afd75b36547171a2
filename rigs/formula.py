"""A sum of channels, as a user writes it: `jawOpen - mouthClose`, `0.5*browInnerUp + 0.5*browOuterUpLeft`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..inference_backend.contract import CHANNELS, MienError
from .visemes import PREFIX, VISEMES

SOURCES = frozenset([*CHANNELS, *(PREFIX + name for name in VISEMES)])
"""What a formula may name: the 52 channels, and mouth shapes of speech as viseme.NAME."""

_TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)\s*(?:\*\s*)?)?(?P<name>[A-Za-z][A-Za-z0-9_.]*)?"
)


class BadFormula(MienError):
    """A formula cannot be read."""

    kind = "bad_formula"


@dataclass(frozen=True)
class Formula:
    """A weighted sum of sources plus a constant."""

    terms: tuple[tuple[str, float], ...]
    constant: float = 0.0

    @property
    def sources(self) -> tuple[str, ...]:
        """Name the sources in the order of writing."""
        return tuple(name for name, _ in self.terms)

    @property
    def is_plain(self) -> bool:
        """Tell whether it is one source as it is."""
        return self.constant == 0.0 and len(self.terms) == 1 and self.terms[0][1] == 1.0

    def value(self, signals: Mapping[str, np.ndarray]) -> np.ndarray:
        """Sum the signals, each [T]."""
        total = sum((factor * signals[name] for name, factor in self.terms), np.float64(0.0))
        return np.asarray(total + self.constant)

    def plus(self, name: str, factor: float) -> Formula:
        """Add a source."""
        return Formula((*self.terms, (name, factor)), self.constant)

    def scaled(self, factor: float) -> Formula:
        """Scale all of it."""
        return Formula(tuple((name, factor * own) for name, own in self.terms), factor * self.constant)

    def __str__(self) -> str:
        """Write it as it can be read again."""
        parts = [_written(factor, name) for name, factor in self.terms]
        if self.constant or not parts:
            parts.append(_written(self.constant, ""))
        return " ".join(parts).removeprefix("+ ").replace("- ", "-", 1 if parts[0].startswith("-") else 0)


@lru_cache(maxsize=2048)  # panels ask at every redraw
def parse(text: str) -> Formula:
    """Read a formula; raise BadFormula with a sentence that says what is wrong."""
    terms: dict[str, float] = {}
    constant, place = 0.0, 0
    text = text.strip()
    while place < len(text):
        found = _TERM.match(text, place)
        if not found or not (found["number"] or found["name"]) or (place and not found["sign"]):
            raise BadFormula(
                f"'{text[place:]}' cannot be read; write a sum of channels such as jawOpen - 0.5*mouthClose."
            )
        factor = float(found["number"] or 1.0) * (-1.0 if found["sign"] == "-" else 1.0)
        if name := found["name"]:
            if name not in SOURCES:
                raise BadFormula(f"There is no channel '{name}'; use ARKit's names such as jawOpen, or viseme.aa.")
            terms[name] = terms.get(name, 0.0) + factor
        else:
            constant += factor
        place = found.end()
    if not terms and not text:
        raise BadFormula("The formula is empty; write a channel such as jawOpen.")
    return Formula(tuple(terms.items()), constant)


def _written(factor: float, name: str) -> str:
    size = f"{abs(factor):.6g}"
    body = name if name and size == "1" else f"{size}*{name}" if name else size
    return f"{'-' if factor < 0 else '+'} {body}"
