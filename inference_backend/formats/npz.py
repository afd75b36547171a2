"""Takes as .npz: fps; names [52]; values float32 [T, 52]; head float32 [T, 3] in radians; meta, a JSON text."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np

from ..contract import CHANNELS, FPS_RANGE, Take
from .columns import in_contract_order
from .files import MAX_BYTES, BadFile


def dumps(take: Take) -> bytes:
    """Write a take."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        fps=np.float64(take.fps),
        names=np.array(CHANNELS),
        values=take.values.astype(np.float32),
        head=take.head.astype(np.float32),
        meta=np.array(json.dumps(take.meta)),
    )
    return buffer.getvalue()


def loads(data: bytes, file_name: str = "The take") -> Take:
    """Read a take; columns in any order, missing ones zero; never unpickle anything."""
    arrays = _arrays(data, file_name)
    try:
        values, names = arrays["values"].astype(np.float64), [str(name) for name in arrays["names"]]
        fps = float(arrays["fps"])
        head = arrays["head"].astype(np.float32) if "head" in arrays else np.zeros((len(values), 3), np.float32)
        if values.shape != (len(values), len(names)) or head.shape != (len(values), 3):
            raise ValueError(f"values {values.shape}, names {len(names)}, head {head.shape}")
        if not FPS_RANGE[0] <= fps <= FPS_RANGE[1] or not len(values) or not np.isfinite(head).all():
            raise ValueError(f"fps {fps}, {len(values)} frames")
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise BadFile(f"{file_name} does not hold a take ({error}); export it again.") from error
    return Take(fps, in_contract_order(names, values, file_name), head, _meta(arrays.get("meta")))


def _arrays(data: bytes, file_name: str) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_BYTES:
            raise ValueError(f"{unpacked / 2**20:.0f} MB unpacked")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in ("fps", "names", "values", "head", "meta") if name in archive}
    except (ValueError, OSError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise BadFile(f"{file_name} is not a readable .npz file ({error}); export it again.") from error


def _meta(stored: np.ndarray | None) -> dict[str, Any]:
    try:
        meta = json.loads(str(stored))
    except ValueError:
        return {}
    return meta if isinstance(meta, dict) else {}
