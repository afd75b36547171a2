"""Which files come of each line, and that no two lines write the same one. No bpy here."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..export.engines import ENGINES
from .lines import BadLine, Line

CURVES = (".csv", ".json", ".npz")
"""Files of curves alone."""
_SUFFIXES = (".fbx", ".glb", ".gltf", ".usd", ".usda", ".usdc", ".usdz", *CURVES)
FORMS: dict[str, tuple[str, str]] = {
    **{suffix[1:]: (suffix, "ANY") for suffix in _SUFFIXES},
    **{engine.id.lower(): (engine.suffix, engine.id) for engine in ENGINES.values() if engine.id != "ANY"},
}
"""What can be asked for by name: the extension and the engine of each."""


@dataclass(frozen=True)
class Target:
    """A file to be written for an engine (ANY: as in Blender)."""

    path: Path
    engine: str = "ANY"


@dataclass(frozen=True)
class Planned:
    """A line and its files."""

    line: Line
    targets: tuple[Target, ...] = ()


def plan(lines: Sequence[Line], folder: Path, forms: Sequence[str] = ()) -> list[Planned]:
    """Give each line its files in the folder: those that it names, in the forms that are asked for."""
    names: dict[str, int] = {}
    writers: dict[Path, int] = {}
    planned = []
    for line in lines:
        targets, problem = [], line.problem
        for target in _targets(line, folder, forms, names):
            writer = writers.setdefault(target.path, line.number)
            if target.path.suffix.lower() not in _SUFFIXES:
                problem = problem or f"Mien writes {', '.join(_SUFFIXES)}, not '{target.path.name}'."
            elif writer != line.number:
                problem = problem or f"{target.path.name} is written by line {writer} too; name another output."
            targets.append(target)
        planned.append(Planned(dataclasses.replace(line, problem=problem), tuple(targets)))
    return planned


def check_folder(folder: Path) -> None:
    """Raise BadLine where a folder neither is there nor can be made; nothing is made yet."""
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not nearest.is_dir():
        raise BadLine(f"{nearest} is a file and cannot hold others; name another folder.")
    if not os.access(nearest, os.W_OK):
        raise BadLine(f"The folder {nearest} cannot be written to; name another folder.")


def _targets(line: Line, folder: Path, forms: Sequence[str], names: dict[str, int]) -> list[Target]:
    named = line.outputs
    if not named and forms:
        named = (_free(_safe(line.name), names),)
    found = []
    for name in named:
        if Path(name).suffix.lower() in _SUFFIXES or not forms:
            suffix = Path(name).suffix.lower()
            engine = next((FORMS[form][1] for form in forms if FORMS[form][0] == suffix), "ANY")
            found.append(Target(folder / name, engine))
        else:
            found += [Target(folder / f"{name}{mark}{suffix}", engine) for mark, suffix, engine in _marked(forms)]
    return found


def _marked(forms: Sequence[str]) -> list[tuple[str, str, str]]:
    """Tell forms of one extension apart by the engine's name."""
    suffixes = [FORMS[form][0] for form in forms]
    return [(f"_{form}" if suffixes.count(FORMS[form][0]) > 1 else "", *FORMS[form]) for form in forms]


def _safe(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "_", name).strip(". ") or "line"


def _free(name: str, names: dict[str, int]) -> str:
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else _free(f"{name}_{names[name]}", names)
