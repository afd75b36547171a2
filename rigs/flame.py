"""FLAME's expression components on a rig: which shape keys they are, and rows that drive them by a map."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from ..inference_backend.contract import CHANNELS, MienError
from .formula import Formula
from .profile import Axis, Drive, Kind, Mapping, Target

_KEY = re.compile(r"(?:.*[\W_])?exp(?:r|ression)?[\W_]?(\d+)", re.IGNORECASE)
_TURNS = (Axis.TURN_PITCH, Axis.TURN_YAW, Axis.TURN_ROLL)
_LEAST = 0.005  # of a standard deviation, or of a degree: what is less is not worth a term
_FEW = 3  # so many of them at least, or the names mean something else


class NoExpressions(MienError):
    """A character has no shape keys for FLAME's expression components."""

    kind = "no_expressions"


def components(names: Iterable[str]) -> dict[str, int]:
    """Find the shape keys of expression components among names: name -> component, from 0.

    The SMPL-X add-on counts from Exp000, the FLAME add-on from Exp1; other spellings are exp_000 and expression0.
    """
    numbers = {name: int(match[1]) for name in names if (match := _KEY.fullmatch(name))}
    if len(numbers) < _FEW:
        return {}
    first = 0 if 0 in numbers.values() else 1
    return {name: number - first for name, number in numbers.items()}


def mapped(found: Mapping, names: Iterable[str], expression: np.ndarray, jaw: np.ndarray, label: str) -> Mapping:
    """Add to a character's mapping what FLAME's map says; raises NoExpressions.

    expression [52, E] and jaw [52, 3] (axis-angle, radians) are what each channel at 1 adds; the jaw's bone is the one
    that the mapping opens already, and loses what opened it.
    """
    keys = components(dict.fromkeys(names))
    if not keys:
        raise NoExpressions(
            "The character has no shape keys of FLAME's expressions such as Exp000 or Exp1; a FLAME map needs a rig "
            "of the SMPL-X or the FLAME add-on."
        )
    kept = [drive for drive in found.drives if not _is_jaw(drive)]
    jaws = dict.fromkeys(drive.target.bone for drive in found.drives if _is_jaw(drive))
    rows = [*kept, *_expressions(keys, expression)]
    for bone in jaws:
        rows += _jaw(bone, np.degrees(jaw))
    return Mapping(label, tuple(rows), found.head, found.necks, found.eyes)


def _is_jaw(drive: Drive) -> bool:
    return drive.target.kind is Kind.BONE and any(name.startswith("jaw") for name in drive.sources)


def _expressions(keys: dict[str, int], expression: np.ndarray) -> Iterator[Drive]:
    for name, component in sorted(keys.items(), key=lambda each: each[1]):
        if component < expression.shape[1] and (formula := _sum(expression[:, component])):
            yield Drive(Target(Kind.SHAPE, name), formula)


def _jaw(bone: str, degrees: np.ndarray) -> Iterator[Drive]:
    for axis, amounts in zip(_TURNS, degrees.T, strict=True):
        if formula := _sum(amounts):
            yield Drive(Target(Kind.BONE, "", bone, axis), formula)


def _sum(amounts: np.ndarray) -> Formula | None:
    terms = zip(CHANNELS, amounts.tolist(), strict=True)
    worth = tuple((name, round(amount, 4)) for name, amount in terms if abs(amount) >= _LEAST)
    return Formula(worth) if worth else None
