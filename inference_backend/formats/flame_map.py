"""Maps from ARKit's channels to a FLAME model's parameters, as small .npz files that `flame-fit` makes.

Arrays: mien_flame_map (the version of this form); names [52]; expression float32 [52, E], jaw, left_eye and right_eye
[52, 3] (axis-angle, radians), eyelids [52, 2]: what a channel at 1 adds to each; gram float32 [P, P], the products of
what the P = E + 3 + 2 parameters (expression, jaw, eyelids) do to the mesh, by which unlike parameters are weighed when
the map is inverted; model, the file that it was fitted to. No part of a FLAME model is in it but the numbers of gram.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..contract import CHANNELS
from . import files
from .files import BadFile

MAX_BYTES = 4 * 2**20
MOST_COMPONENTS = 400
_FORM = 1
_WANTED = f"FLAME map that flame-fit made (.npz, {MAX_BYTES // 2**20} MB at most)"


@dataclass(frozen=True)
class FlameMap:
    """What each channel at 1 adds to a FLAME model's parameters.

    expression [52, E]; jaw, left_eye, right_eye [52, 3], axis-angle in radians about FLAME's axes, which are the
    contract's; eyelids [52, 2], left and right, zero where the model has none; gram [E + 5, E + 5].
    """

    expression: np.ndarray
    jaw: np.ndarray
    eyelids: np.ndarray
    left_eye: np.ndarray
    right_eye: np.ndarray
    gram: np.ndarray
    model: str = ""

    @property
    def components(self) -> int:
        """Number of expression components."""
        return self.expression.shape[1]

    @property
    def parameters(self) -> np.ndarray:
        """Expression, jaw and eyelids side by side, [52, E + 5]."""
        return np.concatenate([self.expression, self.jaw, self.eyelids], axis=1)


def write(flame: FlameMap, path: Path) -> None:
    """Write a map, whole or not at all."""
    files.write_bytes(path, dumps(flame))


def read(path: Path) -> FlameMap:
    """Read a map; raises BadFile, with a sentence for each defect."""
    return loads(files.read_bytes(path, MAX_BYTES, _WANTED), path.name)


def dumps(flame: FlameMap) -> bytes:
    """Write a map."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        mien_flame_map=np.int64(_FORM),
        names=np.array(CHANNELS),
        model=np.array(flame.model),
        **{name: getattr(flame, name).astype(np.float32) for name in _ARRAYS},
    )
    return buffer.getvalue()


def loads(data: bytes, file_name: str = "The map") -> FlameMap:
    """Read a map; never unpickles anything."""
    arrays = _arrays(data, file_name)
    if "mien_flame_map" not in arrays:
        raise BadFile(f"{file_name} is no FLAME map; make one with: python -m inference_backend flame-fit MODEL.pkl")
    if arrays["mien_flame_map"].shape or int(arrays["mien_flame_map"]) > _FORM:
        raise BadFile(f"{file_name} was made by a newer Mien; update this one, or make the map again.")
    try:
        return _checked(arrays)
    except (KeyError, ValueError, TypeError) as error:
        raise BadFile(f"{file_name} is a damaged FLAME map ({error}); make it again with flame-fit.") from error


_ARRAYS = ("expression", "jaw", "eyelids", "left_eye", "right_eye", "gram")


def _arrays(data: bytes, file_name: str) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > 4 * MAX_BYTES:
                raise ValueError("too large")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            wanted = ("mien_flame_map", "names", "model", *_ARRAYS)
            return {name: archive[name] for name in wanted if name in archive}
    except (ValueError, OSError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise BadFile(f"{file_name} is not a readable FLAME map ({error}); make it again with flame-fit.") from error


def _checked(arrays: dict[str, np.ndarray]) -> FlameMap:
    if tuple(map(str, arrays["names"])) != CHANNELS:
        raise ValueError("other channels")
    numbers = {name: arrays[name].astype(np.float64) for name in _ARRAYS}
    count = numbers["expression"].shape[-1]
    shapes = {"expression": (52, count), "jaw": (52, 3), "eyelids": (52, 2), "left_eye": (52, 3), "right_eye": (52, 3)}
    shapes["gram"] = (count + 5, count + 5)
    for name, shape in shapes.items():
        if numbers[name].shape != shape or not np.isfinite(numbers[name]).all() or not 1 <= count <= MOST_COMPONENTS:
            raise ValueError(f"{name} {numbers[name].shape}")
    return FlameMap(**numbers, model=str(arrays.get("model", "")))
