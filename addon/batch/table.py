"""Read lines of dialogue from a CSV table, as spreadsheets write it. No bpy here."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...inference_backend.contract import MienError
from .lines import AMOUNTS, BadLine, Line

COLUMNS = ("character", "sound", "strip", "style", "cues", "seed", "start_frame", "range", "name", "output", *AMOUNTS)
_ALIASES = {"audio": "sound", "file": "sound", "frame": "start_frame", "start": "start_frame", "head": "head_motion"}
_RANGE = re.compile(r"\s*(\d+(?:\.\d+)?)?\s*(?:-|\u2013|:|\.\.)\s*(\d+(?:\.\d+)?)?\s*")
_SEVERAL = re.compile(r"[;|]")
_CUE = re.compile(r"(\d+(?:[.,]\d+)?)\s*:\s*(.*\S)")


class BadTable(MienError):
    """The table as a whole cannot be used."""

    kind = "bad_table"


@dataclass(frozen=True)
class Table:
    """The lines of a table in its order, and the columns that mean nothing to Mien."""

    lines: tuple[Line, ...]
    ignored: tuple[str, ...]


def read(path: Path) -> Table:
    """Read a table; a row that cannot be understood becomes a line with a problem. Raises BadTable."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadTable(f"There is no table {path}; check the path.") from None
    except UnicodeDecodeError:
        raise BadTable(f"{path.name} is not UTF-8 text; save it as 'CSV UTF-8'.") from None
    except OSError as error:
        raise BadTable(f"{path} cannot be read ({error.strerror}).") from error
    return parse(text, path.name)


def parse(text: str, table_name: str = "The table") -> Table:
    """Read the text of a table: commas, semicolons or tabs; empty rows and rows that begin with # are skipped."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise BadTable(f"{table_name} is not a readable CSV file ({error}).") from error
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise BadTable(f"{table_name} is empty; its first row names columns, such as: character, sound, style.")
    columns, ignored = _columns(rows[0], table_name)
    lines = tuple(_line(number, dict(zip(columns, row, strict=False))) for number, row in _filled(rows))
    if not lines:
        raise BadTable(f"{table_name} has no rows below its first one.")
    return Table(lines, ignored)


def _columns(header: list[str], table_name: str) -> tuple[list[str], tuple[str, ...]]:
    """Recognise the columns; one that is nearly right is an error, others, such as the spoken text, are ignored."""
    named = [re.sub(r"[\s_-]+", "_", cell.strip().lower()) for cell in header]
    columns = [_ALIASES.get(name, name) for name in named]
    ignored = []
    for cell, name in zip(header, columns, strict=True):
        if name in COLUMNS or not name:
            continue
        near = difflib.get_close_matches(name, COLUMNS, 1, 0.75)
        if near:
            raise BadTable(f"{table_name} has a column '{cell.strip()}'; did you mean '{near[0]}'?")
        ignored.append(cell.strip())
    if twice := sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1}):
        raise BadTable(f"{table_name} has the column '{twice[0]}' twice.")
    if not {"sound", "strip"} & set(columns):
        raise BadTable(f"{table_name} needs a column 'sound' in its first row; it has: {', '.join(header)}.")
    return columns, tuple(ignored)


def _filled(rows: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
            yield number, row


def _line(number: int, cells: dict[str, str]) -> Line:
    cell = {name: text.strip() for name, text in cells.items() if name in COLUMNS and text.strip()}
    sound, strip = cell.get("sound", ""), cell.get("strip", "")
    name = cell.get("name") or strip or Path(sound.replace("\\", "/")).stem or f"line {number}"
    plain = Line(
        number, name, cell.get("character", ""), sound, strip, cell.get("style", ""),
        outputs=tuple(part.strip() for part in _SEVERAL.split(cell.get("output", "")) if part.strip()),
    )  # fmt: skip
    try:
        return _with_numbers(plain, cell)
    except BadLine as error:
        return _with(plain, problem=str(error))


def _with_numbers(line: Line, cell: dict[str, str]) -> Line:
    if not line.sound and not line.strip:
        raise BadLine(f"Row {line.number} names no sound.")
    start_s, end_s = _range(cell.get("range", ""))
    start_frame = _number("start_frame", cell["start_frame"]) if "start_frame" in cell else None
    seed = _number("seed", cell.get("seed", "0"))
    if not seed.is_integer():
        raise BadLine(f"The seed must be a whole number, not '{cell['seed']}'.")
    amounts = tuple((name, _number(name, cell[name])) for name in AMOUNTS if name in cell)
    cues = _cues(cell.get("cues", ""))
    return _with(
        line, start_s=start_s, end_s=end_s, start_frame=start_frame, seed=int(seed), amounts=amounts, cues=cues
    )


def _with(line: Line, **fields: object) -> Line:
    return Line(**{**line.__dict__, **fields})  # type: ignore[arg-type]


def _number(name: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise BadLine(f"{name} must be a number, not '{text}'.") from None


def _cues(text: str) -> tuple[tuple[float, str], ...]:
    """Read changes of style, in seconds of the excerpt: 3.2: furious | 8: whispering."""
    found = []
    for part in filter(None, map(str.strip, _SEVERAL.split(text))):
        match = _CUE.fullmatch(part)
        if not match:
            raise BadLine(f"cues must be seconds and styles such as '3.2: furious | 8: whispering', not '{part}'.")
        found.append((float(match[1].replace(",", ".")), match[2]))
    return tuple(sorted(found, key=lambda cue: cue[0]))


def _range(text: str) -> tuple[float, float | None]:
    """Read an excerpt in seconds of the sound: 2.5-8, 2.5- or -8."""
    if not text:
        return 0.0, None
    match = _RANGE.fullmatch(text.replace(",", "."))
    if not match:
        raise BadLine(f"range must be seconds of the sound such as 2.5-8, not '{text}'.")
    start_s, end_s = float(match[1] or 0.0), float(match[2]) if match[2] else None
    if end_s is not None and end_s <= start_s:
        raise BadLine(f"The range {text} ends before it begins.")
    return start_s, end_s
