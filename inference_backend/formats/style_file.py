"""Saved styles as small JSON files, `*.mien-style`: what an animator keeps and shares of a style.

Keys: mien_style (the version of this form), name, model (which style space, see generator/style_space.py), made_of (a
list of parts: weight, and text or reference) and vector, the point in that space. Points mean nothing in another space;
the texts do, so that a style made of texts alone is read again by whatever model there is, and may lack model and
vector. amounts, which may be absent, holds the request's amounts that belong to the style, such as strength.
"""

from __future__ import annotations

import dataclasses
import json
import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from ..contract import MAX_INGREDIENTS, MAX_STYLE_CHARS, BadRequest, Ingredient
from . import files
from .files import BadFile

EXTENSION = ".mien-style"
MAX_BYTES = 2**18
MAX_NAME_CHARS = 100
MAX_WIDTH = 4096
AMOUNTS = ("strength", "lips", "upper", "gaze", "blinks", "head_motion")
MAX_AMOUNT = 2.0
_FORM = 1
_LARGEST = 1e6  # of a coordinate, as in the contract
_LEAST_SHARE = 1e-6


@dataclass(frozen=True)
class Part:
    """What went into a style, and its weight: a style text, or a reference, of which only the description stays."""

    weight: float
    text: str = ""
    reference: str = ""


@dataclass(frozen=True)
class SavedStyle:
    """A style by name: its vector float32 [S] in the style space `model`, and the parts that it was made of.

    One of texts alone may have an empty vector. amounts are the request's that go with it, by name.
    """

    name: str
    model: str
    vector: np.ndarray
    made_of: tuple[Part, ...]
    amounts: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, model: str, vector: np.ndarray, parts: Iterable[Part]) -> SavedStyle:
        """Make a style that can be saved: words without line breaks, weights as shares; raises BadRequest."""
        name = _plain(name)
        if not 1 <= len(name) <= MAX_NAME_CHARS:
            raise BadRequest(f"The name of a style needs 1 to {MAX_NAME_CHARS} characters; choose another one.")
        plain = [Part(part.weight, _plain(part.text), _plain(part.reference)) for part in parts]
        return cls(name, model, vector.astype(np.float32), shares(plain))

    @classmethod
    def of_texts(cls, name: str, parts: Iterable[Part], amounts: Mapping[str, float]) -> SavedStyle:
        """Make a style of texts alone, which needs no model to be saved; raises BadRequest."""
        style = cls.of(name, "", np.zeros(0), parts)
        if not style.is_of_texts:
            raise BadRequest("A style with a reference needs the model to be saved.")
        return dataclasses.replace(style, amounts=dict(amounts))

    @property
    def is_of_texts(self) -> bool:
        """Tell whether texts alone made it, so that any model can make it again."""
        return all(part.text for part in self.made_of)

    def ingredients(self, model: str, weight: float = 1.0) -> tuple[Ingredient, ...]:
        """Give what to mix for it in this style space; raises BadFile where a reference is of another one."""
        if self.model == model and self.vector.size:
            return (Ingredient(vector=tuple(self.vector.tolist()), weight=weight),)
        if self.is_of_texts:
            return tuple(Ingredient(text=part.text, weight=weight * part.weight) for part in self.made_of)
        raise BadFile(
            f"The style {self.name} was made from a reference by the model {self.model}, which {model} cannot read; "
            "save it again from that reference."
        )


def shares(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Bring the weights of parts to sum 1, the same thing named once, the largest first; raises BadRequest."""
    weights: dict[tuple[str, str], float] = {}
    for part in parts:
        weights[part.text, part.reference] = weights.get((part.text, part.reference), 0.0) + part.weight
    total = sum(weights.values())
    if total <= 0:
        raise BadRequest("A style needs a part with a weight above 0.")
    kept = [Part(weight / total, *what) for what, weight in weights.items() if weight / total > _LEAST_SHARE]
    if len(kept) > MAX_INGREDIENTS:
        raise BadRequest(f"A style of {len(kept)} parts cannot be saved; use {MAX_INGREDIENTS} or fewer.")
    return tuple(sorted(kept, key=lambda part: -part.weight))


def check_target(path: Path) -> None:
    """Raise BadRequest where the extension is another, BadFile where the file cannot be written."""
    if path.suffix.lower() != EXTENSION:
        raise BadRequest(f"{path.name} needs the extension {EXTENSION}.")
    files.check_target(path)


def write(style: SavedStyle, path: Path) -> None:
    """Write a style, whole or not at all."""
    check_target(path)
    files.write_bytes(path, dumps(style))


def read(path: Path) -> SavedStyle:
    """Read a style; raises BadFile, with a sentence for each defect."""
    return loads(files.read_bytes(path, MAX_BYTES, f"saved style ({EXTENSION})"), path.name)


def dumps(style: SavedStyle) -> bytes:
    """Write a style as JSON; nine digits keep a float32 whole."""
    parts = [{key: value for key, value in dataclasses.asdict(part).items() if value} for part in style.made_of]
    document: dict[str, Any] = {"mien_style": _FORM, "name": style.name, "made_of": parts}
    if style.amounts:
        document["amounts"] = dict(style.amounts)
    if style.vector.size:
        document |= {"model": style.model, "vector": [float(f"{x:.9g}") for x in style.vector.tolist()]}
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def loads(data: bytes, file_name: str = "The style") -> SavedStyle:
    """Read a style from JSON and check all of it; raises BadFile."""
    try:
        document: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{file_name} is not a saved style, or a damaged one; copy it again.") from error
    try:
        return _style(document)
    except ValueError as error:
        raise BadFile(f"{file_name} {error}.") from error


def _style(document: Any) -> SavedStyle:
    """Check a document and make the style; a ValueError says the rest of a sentence that begins with the file."""
    form = document.get("mien_style") if isinstance(document, dict) else None
    if not _is_number(form) or form < 1:
        raise ValueError("is not a saved style; choose a file that Mien saved")
    if form > _FORM:
        raise ValueError("was saved by a newer Mien; update this one")
    name = _words(document.get("name"), "name", MAX_NAME_CHARS)
    made_of = document.get("made_of")
    if not isinstance(made_of, list) or not 1 <= len(made_of) <= MAX_INGREDIENTS:
        raise ValueError(f"does not say what it was made of, in 1 to {MAX_INGREDIENTS} parts; save it again")
    parts, amounts = shares([_part(part) for part in made_of]), _amounts(document.get("amounts", {}))
    if "vector" not in document and "model" not in document and all(part.text for part in parts):
        return SavedStyle(name, "", np.zeros(0, np.float32), parts, amounts)
    model = _words(document.get("model"), "model", MAX_NAME_CHARS)
    return SavedStyle(name, model, _vector(document.get("vector")), parts, amounts)


def _amounts(given: Any) -> dict[str, float]:
    if not isinstance(given, dict):
        raise ValueError("has amounts that are no list by name; save it again")
    wrong = [name for name, value in given.items() if not _is_number(value) or not 0 <= value <= MAX_AMOUNT]
    if wrong:
        raise ValueError(f"has an amount ({wrong[0]!s:.20}) that is not from 0 to {MAX_AMOUNT:g}; save it again")
    return {name: float(given[name]) for name in AMOUNTS if name in given}


def _part(fields: Any) -> Part:
    if not isinstance(fields, dict) or ("text" in fields) == ("reference" in fields):
        raise ValueError("has a part that is neither a text nor a reference; save it again")
    weight = fields.get("weight")
    if not _is_number(weight) or not 0 < weight <= 1 + _LEAST_SHARE:
        raise ValueError(f"has a part with the weight {weight!s:.20}, not above 0 and at most 1; save it again")
    kind = "text" if "text" in fields else "reference"
    return Part(weight, **{kind: _words(fields[kind], kind, MAX_STYLE_CHARS)})


def _words(value: Any, key: str, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"lacks its {key}; save it again")
    if len(value) > most:
        raise ValueError(f"has a {key} of {len(value):,} characters, more than {most:,}; save it again")
    if value != _plain(value):
        raise ValueError(f"has line breaks or control characters in its {key}; save it again")
    return value


def _plain(text: str) -> str:
    """Make one line of a text: no control characters or lone surrogates, single blanks."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text).split())


def _vector(numbers: Any) -> np.ndarray:
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MAX_WIDTH:
        raise ValueError("lacks its vector; save it again")
    if not all(_is_number(number) and abs(number) <= _LARGEST for number in numbers):
        raise ValueError("has a vector that is not all finite numbers; save it again")
    return np.array(numbers, np.float32)


def _is_number(value: Any) -> TypeGuard[float]:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and (isinstance(value, int) or math.isfinite(value))
