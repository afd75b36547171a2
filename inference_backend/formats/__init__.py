"""Read and write takes as files: .npz (ours), .csv (Live Link Face), .json (Audio2Face)."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from ..contract import BadRequest, Take
from . import audio2face, files, live_link, npz
from .files import BadFile, read_bytes, write_bytes

__all__ = ["EXTENSIONS", "BadFile", "check_target", "read", "write"]

_FORMATS: dict[str, ModuleType] = {".npz": npz, ".csv": live_link, ".json": audio2face}
EXTENSIONS: tuple[str, ...] = tuple(_FORMATS)


def check_target(path: Path) -> None:
    """Raise BadRequest where the extension names no format, BadFile where the file cannot be written."""
    _check_extension(path)
    files.check_target(path)


def write(take: Take, path: Path) -> None:
    """Write a take in the form that the extension names, whole or not at all."""
    _check_extension(path)
    write_bytes(path, _FORMATS[path.suffix.lower()].dumps(take))


def read(path: Path) -> Take:
    """Read a take in the form that the extension names."""
    _check_extension(path)
    return _FORMATS[path.suffix.lower()].loads(read_bytes(path), path.name)


def _check_extension(path: Path) -> None:
    if path.suffix.lower() not in _FORMATS:
        raise BadRequest(f"{path.name} needs the extension .npz, .csv (Live Link Face) or .json (Audio2Face).")
