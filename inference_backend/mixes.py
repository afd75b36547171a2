"""A mix of styles as people name it: texts, reference performances and saved styles, each with a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from . import references
from .contract import BadRequest, Ingredient, OnProgress
from .formats import FlameMap, style_file
from .formats.style_file import Part
from .generator import style_space

_Value = TypeVar("_Value")
Weighed: TypeAlias = list[tuple[_Value, float]]


@dataclass(frozen=True)
class Mix:
    """What to mix, and the same told in words: ingredients for a request, parts for a file."""

    ingredients: tuple[Ingredient, ...] = ()
    parts: tuple[Part, ...] = ()

    def __add__(self, other: Mix) -> Mix:
        return Mix(self.ingredients + other.ingredients, self.parts + other.parts)


def weighed(values: Sequence[_Value] | None, weights: Sequence[float] | None, what: str) -> Weighed[_Value]:
    """Pair values with their weights, 1 each where there are none; raises BadRequest where the numbers differ."""
    values, weights = values or [], weights or []
    if weights and len(weights) != len(values):
        raise BadRequest(
            f"{what}: {len(values)} given, but {len(weights)} weights; give a weight for each, in order, or none."
        )
    return list(zip(values, weights or [1.0] * len(values), strict=True))


def read(
    texts: Weighed[str],
    performances: Weighed[Path],
    style_files: Weighed[Path],
    excerpt: tuple[float, float | None],
    on_progress: OnProgress,
    flame_map: FlameMap | None = None,
) -> Mix:
    """Read everything that is to be mixed; excerpt is the start and duration, in seconds, of each performance.

    FLAME coefficients are read through the map.
    """
    model = style_space.installed() if style_files else ""
    mix = sum((of_text(*each) for each in texts), Mix())
    mix = sum((of_style_file(*each, model) for each in style_files), mix)
    return sum(
        (of_reference(*each, *excerpt, on_progress=on_progress, flame_map=flame_map) for each in performances), mix
    )


def of_text(text: str, weight: float) -> Mix:
    """Take a style text."""
    return Mix((Ingredient(text=text, weight=weight),), (Part(weight, text=text),))


def of_reference(
    path: Path,
    weight: float,
    start_s: float = 0.0,
    duration_s: float | None = None,
    *,
    on_progress: OnProgress,
    flame_map: FlameMap | None = None,
) -> Mix:
    """Take a performance, or an excerpt of one, from a file; raises what references.read does."""
    take = references.read(path, start_s, duration_s, on_progress, flame_map)
    begins = f" from {start_s:g} s" if start_s else ""
    told = f"{path.name[-200:]}, {take.duration_s:.1f} s{begins}"
    return Mix((references.ingredient(take, weight),), (Part(weight, reference=told),))


def of_style_file(path: Path, weight: float, model: str) -> Mix:
    """Take a saved style for the model of this style space; raises BadFile."""
    saved = style_file.read(path)
    parts = tuple(Part(weight * part.weight, part.text, part.reference) for part in saved.made_of)
    return Mix(saved.ingredients(model, weight), parts)
