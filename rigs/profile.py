"""What moves what on a character: drives from channels to shape keys, properties and bones, and their file format."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ..inference_backend.contract import MienError
from . import formula
from .formula import Formula

FORMAT = "mien-mapping"
VERSION = 1
_FLAGS = ("always", "when_aimed", "enabled")


class BadMapping(MienError):
    """A mapping cannot be read."""

    kind = "bad_mapping"


class Kind(StrEnum):
    """What a drive moves."""

    SHAPE = "SHAPE"
    PROPERTY = "PROPERTY"
    BONE = "BONE"


class Axis(StrEnum):
    """How a bone moves. TURN and MOVE go by the head's own axes, whatever the bone's; the others by the bone's.

    TURN and ROT are in degrees. MOVE is in parts of the distance between the eyes, or between bone and pivot.
    """

    TURN_PITCH = "TURN_PITCH"
    TURN_YAW = "TURN_YAW"
    TURN_ROLL = "TURN_ROLL"
    MOVE_LEFT = "MOVE_LEFT"
    MOVE_UP = "MOVE_UP"
    MOVE_OUT = "MOVE_OUT"
    LOC_X = "LOC_X"
    LOC_Y = "LOC_Y"
    LOC_Z = "LOC_Z"
    ROT_X = "ROT_X"
    ROT_Y = "ROT_Y"
    ROT_Z = "ROT_Z"
    SCALE_X = "SCALE_X"
    SCALE_Y = "SCALE_Y"
    SCALE_Z = "SCALE_Z"

    @property
    def flips(self) -> bool:
        """Tell whether the other side of the face moves the other way."""
        return self in (Axis.TURN_YAW, Axis.TURN_ROLL, Axis.MOVE_LEFT)


@dataclass(frozen=True)
class Target:
    """What is moved: a shape key of any mesh, a custom property of the armature or of a bone of it, or a bone.

    pivot: a bone from which this one is aimed at, such as the eye behind a gaze target.
    """

    kind: Kind
    name: str
    bone: str = ""
    axis: Axis | None = None
    pivot: str = ""

    def __str__(self) -> str:
        """Name it for a list."""
        if self.kind is Kind.BONE and self.axis:
            return f"{self.bone} {self.axis.replace('_', ' ').lower()}"
        return f"{self.bone}[{self.name}]" if self.bone else self.name


@dataclass(frozen=True)
class Drive:
    """One target and what it follows: factor x the formula, kept between low and high (None: not limited).

    always: wanted although other drives move its channels too, as a jaw's teeth beside its skin.
    when_aimed: only where other bones track or stretch to the bone, which then has to be moved and not turned.
    """

    target: Target
    formula: Formula
    factor: float = 1.0
    low: float | None = None
    high: float | None = None
    always: bool = False
    when_aimed: bool = False
    enabled: bool = True

    @property
    def is_plain(self) -> bool:
        """Tell whether the target simply is the channel."""
        return self.formula.is_plain and self.factor == 1.0 and self.low is None and self.high is None

    @property
    def sources(self) -> tuple[str, ...]:
        """Name what it shows; what only holds a shape back is not shown by it."""
        if self.target.kind is Kind.BONE:
            return self.formula.sources
        return tuple(name for name, factor in self.formula.terms if factor > 0) or self.formula.sources


@dataclass(frozen=True)
class Mapping:
    """All drives of a character, and which bones turn with its head (empty: found by their names)."""

    name: str = ""
    drives: tuple[Drive, ...] = ()
    head: str = ""
    necks: tuple[str, ...] = ()
    eyes: tuple[str, ...] = field(default=())

    @property
    def sources(self) -> tuple[str, ...]:
        """Name all sources that something shows, each once."""
        return tuple(dict.fromkeys(name for drive in self.drives if drive.enabled for name in drive.sources))

    def with_drives(self, drives: Iterable[Drive]) -> Mapping:
        """Replace the drives."""
        return replace(self, drives=tuple(drives))


def to_json(mapping: Mapping) -> str:
    """Write a mapping as a file that people can read, share and edit."""
    head = {"head": mapping.head} if mapping.head else {}
    necks = {"necks": list(mapping.necks)} if mapping.necks else {}
    eyes = {"eyes": list(mapping.eyes)} if mapping.eyes else {}
    drives = ",\n".join("  " + json.dumps(_row_of(drive), ensure_ascii=False) for drive in mapping.drives)
    top = json.dumps(
        {"format": FORMAT, "version": VERSION, "name": mapping.name, **head, **necks, **eyes}, ensure_ascii=False
    )
    return f'{top[:-1]},\n "drives": [\n{drives}\n ]}}\n'


def from_json(text: str) -> Mapping:
    """Read a mapping. Raises BadMapping with a sentence that says what is wrong."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMapping("The file is not a mapping: it is not valid JSON.") from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise BadMapping("The file is not a mapping that was saved by Mien.")
    if fields.get("version", 0) > VERSION:
        raise BadMapping("The mapping was saved by a newer Mien; update the extension.")
    try:
        return _mapping_of(fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadMapping(f"The mapping cannot be read ({error}).") from error


def _mapping_of(fields: dict[str, Any]) -> Mapping:
    sides = [tuple(map(str, pair)) for pair in fields.get("sides", ())]
    drives: list[Drive] = []
    for row in fields["drives"]:
        drive = _drive_of(row)
        drives.append(drive)
        if row.get("mirror"):
            drives.append(_mirrored(drive, sides))
    return Mapping(
        str(fields.get("name", "")),
        tuple(drives),
        str(fields.get("head", "")),
        tuple(map(str, fields.get("necks", ()))),
        tuple(map(str, fields.get("eyes", ()))),
    )


def _drive_of(row: dict[str, Any]) -> Drive:
    if "shape" in row:
        target = Target(Kind.SHAPE, str(row["shape"]))
    elif "property" in row:
        target = Target(Kind.PROPERTY, str(row["property"]), str(row.get("bone", "")))
    else:
        axis = Axis(row["axis"])
        target = Target(Kind.BONE, "", str(row["bone"]), axis, str(row.get("pivot", "")))
    low, high = (None if row.get(end) is None else float(row[end]) for end in ("low", "high"))
    made = Drive(target, formula.parse(str(row["from"])), float(row.get("factor", 1.0)), low, high)
    return replace(made, **{name: bool(row.get(name, getattr(made, name))) for name in _FLAGS})


def _row_of(drive: Drive) -> dict[str, Any]:
    target = drive.target
    row: dict[str, Any] = {"shape": target.name}
    if target.kind is Kind.PROPERTY:
        row = {"property": target.name} | ({"bone": target.bone} if target.bone else {})
    elif target.kind is Kind.BONE:
        row = {"bone": target.bone, "axis": str(target.axis)} | ({"pivot": target.pivot} if target.pivot else {})
    row["from"] = str(drive.formula)
    usual = Drive(target, drive.formula)
    options = ("factor", "low", "high", *_FLAGS)
    return row | {name: getattr(drive, name) for name in options if getattr(drive, name) != getattr(usual, name)}


def _mirrored(drive: Drive, sides: list[tuple[str, ...]]) -> Drive:
    """Make the right side's drive from the left side's."""
    target = drive.target
    names = {part: _other_side(getattr(target, part), sides) for part in ("name", "bone", "pivot")}
    terms = tuple((_other_channel(name), factor) for name, factor in drive.formula.terms)
    factor = -drive.factor if target.axis and target.axis.flips else drive.factor
    return replace(drive, target=replace(target, **names), formula=replace(drive.formula, terms=terms), factor=factor)


def _other_side(name: str, sides: list[tuple[str, ...]]) -> str:
    return "|".join(_swapped(each, sides) for each in name.split("|"))


def _swapped(name: str, sides: list[tuple[str, ...]]) -> str:
    for left, right in sides:
        if name.endswith(left):
            return name.removesuffix(left) + right
        if left in name and not left.isalpha():
            return name.replace(left, right)
    return name


def _other_channel(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name
