"""The tracker's model file: found on this machine, or downloaded once, with its hash checked either way."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import requests

from ..stage import StageFailed

NAME = "face_landmarker.task"
ADDRESS = f"https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/{NAME}"
SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
VARIABLE = "MIEN_FACE_LANDMARKER"
_TIMEOUT_S = 30


class NoModel(StageFailed):
    """The tracker's model is not to be had."""

    kind = "no_model"


@lru_cache(maxsize=4)
def load(path: str = "") -> bytes:
    """Read the model: from this path, from MIEN_FACE_LANDMARKER's, from the user's cache, or downloaded into that.

    Raises NoModel, in one sentence, where the file is missing, is not the one that is known, or cannot be downloaded.
    """
    named = path or os.environ.get(VARIABLE, "")
    if named:
        return _read(Path(named))
    kept = cache_folder() / NAME
    return _read(kept) if kept.is_file() else _keep(_download(ADDRESS), kept)


def cache_folder() -> Path:
    """Name the user's own folder for files that can be had again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mien"


def _read(path: Path) -> bytes:
    try:
        model = path.read_bytes()
    except OSError as error:
        raise NoModel(
            f"The face tracker's model {path} cannot be read; give the path of {NAME}, or unset {VARIABLE} to have it "
            "downloaded."
        ) from error
    if hashlib.sha256(model).hexdigest() != SHA256:
        raise NoModel(f"{path} is not the face tracker's model (its SHA-256 is another); get {NAME} from {ADDRESS}.")
    return model


def _download(address: str) -> bytes:
    try:
        reply = requests.get(address, timeout=_TIMEOUT_S)
        reply.raise_for_status()
    except requests.RequestException as error:
        raise NoModel(
            f"The face tracker's model could not be downloaded; go online, or fetch {ADDRESS} elsewhere and name the "
            f"file in the environment variable {VARIABLE}."
        ) from error
    if hashlib.sha256(reply.content).hexdigest() != SHA256:
        raise NoModel(
            f"What came from {address} is not the face tracker's model (its SHA-256 is another); try again, or name a "
            f"good {NAME} in the environment variable {VARIABLE}."
        )
    return reply.content


def _keep(model: bytes, path: Path) -> bytes:
    """Put the model into the cache whole or not at all, however many processes do so at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(model)
        Path(part).replace(path)
    except OSError as error:
        raise NoModel(
            f"The face tracker's model could not be kept in {path.parent} ({error.strerror}); make room there, or name "
            f"the file in the environment variable {VARIABLE}."
        ) from error
    return model
