"""Read and write takes as files: .npz (ours), .flame.npz, .csv (Live Link Face), .json (Audio2Face)."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from ..contract import BadRequest, Take
from . import audio2face, files, flame, live_link, npz
from .files import BadFile, read_bytes, write_bytes
from .flame_map import FlameMap

__all__ = ["EXTENSIONS", "BadFile", "FlameMap", "check_target", "read", "stem_and_suffix", "write"]

_FORMATS: dict[str, ModuleType] = {".npz": npz, ".csv": live_link, ".json": audio2face}
EXTENSIONS: tuple[str, ...] = tuple(_FORMATS)
_NEEDS_MAP = "needs the map of the model, which flame-fit makes; give it with --flame or in MIEN_FLAME_MAP."


def check_target(path: Path, flame_map: FlameMap | None = None) -> None:
    """Raise BadRequest where the extension names no format or lacks its map, BadFile where nothing can be written."""
    _check_extension(path)
    _check_map(path, flame_map)
    files.check_target(path)


def write(take: Take, path: Path, flame_map: FlameMap | None = None) -> None:
    """Write a take in the form that the extension names, whole or not at all; .flame.npz goes by a map."""
    _check_extension(path)
    _check_map(path, flame_map)
    if flame_map and _is_flame(path):
        write_bytes(path, flame.dumps(take, flame_map))
    else:
        write_bytes(path, _FORMATS[path.suffix.lower()].dumps(take))


def read(path: Path, flame_map: FlameMap | None = None) -> Take:
    """Read a take in the form that the extension names; an .npz of FLAME coefficients goes by a map."""
    _check_extension(path)
    data = read_bytes(path)
    if path.suffix.lower() == ".npz" and flame.is_sequence(data):
        if flame_map is None:
            raise BadFile(f"{path.name} holds FLAME coefficients and {_NEEDS_MAP}")
        return flame.loads(data, flame_map, path.name)
    return _FORMATS[path.suffix.lower()].loads(data, path.name)


def stem_and_suffix(path: Path) -> tuple[str, str]:
    """Split a file's name before its extension, of which .flame.npz is one."""
    suffix = path.name[-len(flame.SUFFIX) :] if _is_flame(path) else path.suffix
    return path.name.removesuffix(suffix), suffix


def _is_flame(path: Path) -> bool:
    return path.name.lower().endswith(flame.SUFFIX)


def _check_map(path: Path, flame_map: FlameMap | None) -> None:
    if _is_flame(path) and flame_map is None:
        raise BadRequest(f"{path.name} {_NEEDS_MAP}")


def _check_extension(path: Path) -> None:
    if path.suffix.lower() not in _FORMATS:
        raise BadRequest(
            f"{path.name} needs the extension .npz, .flame.npz, .csv (Live Link Face) or .json (Audio2Face)."
        )
