"""The saved styles: those that come with Mien, and the user's own, one small file each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...inference_backend.contract import MienError
from ...inference_backend.formats import BadFile, style_file
from ...inference_backend.formats.style_file import SavedStyle

SHIPPED = Path(__file__).parent / "shipped"
_LONGEST_FILE_NAME = 60


class NoStyle(MienError):
    """There is no saved style of that name."""

    kind = "no_style"


@dataclass(frozen=True)
class Entry:
    """A saved style and the file that holds it."""

    style: SavedStyle
    path: Path

    @property
    def is_own(self) -> bool:
        """Tell the user's styles from those that come with Mien."""
        return self.path.parent != SHIPPED

    @property
    def text(self) -> str:
        """The style as one text, where it is no more than that; else empty."""
        [first, *more] = self.style.made_of
        return first.text if not more and not self.style.vector.size else ""


_known: dict[Path, tuple[int, Entry | None]] = {}  # by file: when it was read, and what it held


def entries(own: Path) -> list[Entry]:
    """List all styles by name, the user's first; files that hold none are left out, and so are later namesakes."""
    found: dict[str, Entry] = {}
    for folder in (own, SHIPPED):
        read = (_entry(path) for path in folder.glob(f"*{style_file.EXTENSION}"))
        for entry in sorted((e for e in read if e), key=lambda e: e.style.name.casefold()):
            found.setdefault(entry.style.name, entry)
    return list(found.values())


def find(name: str, among: Sequence[Entry]) -> Entry:
    """Find a style by its name; raises NoStyle."""
    entry = next((entry for entry in among if entry.style.name == name.strip()), None)
    if entry is None:
        raise NoStyle(f"There is no saved style '{name}'; choose another one.")
    return entry


def save(style: SavedStyle, own: Path) -> Path:
    """Write a style into the user's folder, over the one of the same name; raises BadFile."""
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadFile(
            f"The folder {own} cannot be made ({error.strerror}); choose another in the preferences."
        ) from error
    path = _place(style.name, own)
    style_file.write(style, path)
    _known.pop(path, None)
    return path


def delete(entry: Entry) -> None:
    """Delete the file of a style of the user's; raises BadFile."""
    if not entry.is_own:
        raise BadFile(f"The style '{entry.style.name}' comes with Mien and stays.")
    try:
        entry.path.unlink()
    except OSError as error:
        raise BadFile(f"{entry.path} cannot be deleted ({error.strerror}); check its permissions.") from error


def _place(name: str, own: Path) -> Path:
    """Choose the file: that of the same name in the library, or a new one that no other style has."""
    same = next((e.path for e in entries(own) if e.is_own and e.style.name == name), None)
    if same:
        return same
    stem = re.sub(r"[^\w-]+", "-", name).strip("-")[:_LONGEST_FILE_NAME] or "style"
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    return next(p for p in (own / f"{c}{style_file.EXTENSION}" for c in candidates) if not p.exists())


def _entry(path: Path) -> Entry | None:
    """Read a file unless it is known already; None where it holds no style."""
    try:
        changed_ns = path.stat().st_mtime_ns
        if path not in _known or _known[path][0] != changed_ns:
            _known[path] = changed_ns, Entry(style_file.read(path), path)
    except OSError:
        return None
    except MienError:
        _known[path] = changed_ns, None
    return _known[path][1]
