"""Read and write whole files safely: bounded, atomic, with sentences for what goes wrong."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from ..contract import MienError

MAX_BYTES = 600 * 2**20  # an hour at 240 frames a second fits


class BadFile(MienError):
    """A file of curves cannot be read or written."""

    kind = "bad_file"


def read_bytes(path: Path, most: int = MAX_BYTES, wanted: str = "take (.npz, .csv or .json)") -> bytes:
    """Read a whole file of at most so many bytes; raise BadFile where that cannot or should not be done."""
    try:
        if path.is_dir():
            raise BadFile(f"{path} is a folder; choose a {wanted} in it.")
        size = path.stat().st_size
        if size > most:
            raise BadFile(f"{path.name} has {size / 2**20:.1f} MB, more than any {wanted}; choose another file.")
        if size == 0:
            raise BadFile(f"{path.name} is empty (0 bytes); export or copy it again.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadFile(f"There is no file {path}; check the path.") from error
    except PermissionError as error:
        raise BadFile(f"{path} may not be read; change its permissions or copy it elsewhere.") from error
    except (OSError, ValueError) as error:
        raise BadFile(f"{path} cannot be read ({error}); check the path.") from error


def check_target(path: Path) -> None:
    """Raise BadFile where a file cannot come to be: before the work that would be lost."""
    if path.is_dir():
        raise BadFile(f"{path} is a folder; give the name of a file in it.")
    if not path.parent.is_dir():
        raise BadFile(f"There is no folder {path.parent}; create it or choose another.")
    if path.exists() and not os.access(path, os.W_OK):
        raise BadFile(f"{path} is write-protected; choose another name or change its permissions.")
    if not os.access(path.parent, os.W_OK):
        raise BadFile(f"{path} may not be written; choose a folder that you may write to.")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file or nothing: into a new file beside it that then takes its place."""
    check_target(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(data)
        os.replace(draft, path)
    except PermissionError as error:
        raise BadFile(f"{path} may not be written; choose a folder that you may write to.") from error
    except (OSError, ValueError) as error:
        raise BadFile(f"{path} cannot be written ({error}); choose another place.") from error
    finally:
        with contextlib.suppress(OSError, ValueError):
            draft.unlink(missing_ok=True)
