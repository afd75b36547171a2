"""The rigs that Mien knows by name, one JSON file each, in the form that users save their own mappings in.

Besides what a saved mapping has, a shipped file says how much of it a character must have to be taken for one of its
kind (`needs`), when it counts (`group`), and may give one name several spellings (`a|b`) and mirror a row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ..profile import Mapping, from_json


class Group(StrEnum):
    """In this order profiles are asked for what no earlier one shows."""

    SHAPES = "shapes"
    CONTROLS = "controls"
    VISEMES = "visemes"
    SKELETON = "skeleton"


@dataclass(frozen=True)
class Profile:
    """A kind of rig."""

    label: str
    mapping: Mapping
    needs: float
    group: Group
    exact: bool = False


@cache
def shipped() -> tuple[Profile, ...]:
    """Read all profiles, by file name."""
    return tuple(_read(path) for path in sorted(Path(__file__).parent.glob("*.json")))


def _read(path: Path) -> Profile:
    text = path.read_text(encoding="utf-8")
    fields = json.loads(text)
    mapping = from_json(text)
    return Profile(
        mapping.name, mapping, float(fields["needs"]), Group(fields["group"]), bool(fields.get("exact", False))
    )
