"""Read a FLAME-format model that the user has: FLAME's own .pkl, or the same arrays as .npz; nothing in it is run."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..formats import files
from .model import JOINTS, FlameModel
from .unpickling import BadModel, arrays_of

IDENTITY = 300
"""Components of identity that come before those of expression in FLAME's shapedirs."""
COMPONENTS = 100
_MAX_BYTES = 2**30
_LEAST_VERTICES, _MOST_VERTICES = 500, 200_000
_NAMES = (
    "v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table", "l_eyelid", "r_eyelid",
)  # fmt: skip
_NEEDED = _NAMES[:7]


def read(
    path: Path, components: int = COMPONENTS, identity: int = IDENTITY, eyelids: tuple[Path, ...] = ()
) -> FlameModel:
    """Read a model with its first `components` expressions; raises BadFile and BadModel, a sentence for each defect.

    identity: components of identity before them. eyelids: .npy files of what shuts the left and the right eye, [V, 3].
    """
    arrays = _arrays(path)
    missing = [name for name in _NEEDED if name not in arrays]
    if missing:
        raise BadModel(f"{path.name} is no FLAME model: it lacks {', '.join(missing)}; choose FLAME's own file.")
    for name, file in zip(("l_eyelid", "r_eyelid"), eyelids, strict=False):
        arrays[name] = _npy(file)
    return _made(arrays, components, identity, path.name)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    data = files.read_bytes(path, _MAX_BYTES, "FLAME model (.pkl or .npz)")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return arrays_of(data, _NAMES, path.name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MAX_BYTES:
                raise ValueError("too large unpacked")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in _NAMES if name in archive.files}
    except (ValueError, OSError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise BadModel(f"{path.name} is not a readable .npz model ({error}); download or copy it again.") from error


def _npy(path: Path) -> np.ndarray:
    data = files.read_bytes(path, _MAX_BYTES, "eyelid (.npy)")
    try:
        return np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise BadModel(f"{path.name} is not a readable .npy of an eyelid ({error}); choose another file.") from error


def _made(arrays: dict[str, np.ndarray], components: int, identity: int, name: str) -> FlameModel:
    try:
        numbers = {key: np.asarray(value, np.float64) for key, value in arrays.items()}
    except (ValueError, TypeError) as error:
        raise BadModel(f"{name} holds arrays that are no numbers ({error}); choose FLAME's own file.") from error
    count = len(numbers["v_template"]) if numbers["v_template"].ndim == 2 else 0
    if not _LEAST_VERTICES <= count <= _MOST_VERTICES:
        raise BadModel(f"{name} has a mesh of {count} vertices, which is no FLAME head; choose FLAME's own file.")
    _check_shapes(numbers, count, name)
    _check_values(numbers, count, name)
    expressions = numbers["shapedirs"][:, :, identity : identity + components]
    if not expressions.shape[2]:
        held = numbers["shapedirs"].shape[2]
        raise BadModel(
            f"{name} has {held} components and none after the {identity} of identity; say how many come before the "
            "expressions with --identity."
        )
    lids = [numbers[key].reshape(count, 3) for key in ("l_eyelid", "r_eyelid") if key in numbers]
    parents = numbers["kintree_table"][0].astype(np.int64)
    parents[(parents < 0) | (parents >= JOINTS)] = -1
    return FlameModel(
        name,
        numbers["v_template"],
        numbers["f"].astype(np.int64),
        expressions,
        numbers["posedirs"],
        numbers["J_regressor"],
        numbers["weights"],
        parents,
        np.stack(lids, axis=2) if len(lids) == 2 else np.zeros((count, 3, 0)),
    )


def _check_shapes(numbers: dict[str, np.ndarray], count: int, name: str) -> None:
    shapes = {
        "v_template": (count, 3), "f": (None, 3), "shapedirs": (count, 3, None), "posedirs": (count, 3, 36),
        "J_regressor": (JOINTS, count), "weights": (count, JOINTS), "kintree_table": (2, JOINTS),
        "l_eyelid": (count, 3), "r_eyelid": (count, 3),
    }  # fmt: skip
    for key, wanted in shapes.items():
        if key in numbers and not _fits(numbers[key].squeeze() if "lid" in key else numbers[key], wanted):
            told = " x ".join("any" if size is None else str(size) for size in wanted)
            found = " x ".join(map(str, numbers[key].shape)) or "one number"
            raise BadModel(
                f"{name} has a {key} of {found} where a FLAME model of {count} vertices has {told}; "
                "choose FLAME's own file."
            )


def _fits(array: np.ndarray, wanted: tuple[int | None, ...]) -> bool:
    sizes = zip(array.shape, wanted, strict=False)
    return array.ndim == len(wanted) and all(size == want or (want is None and size > 0) for size, want in sizes)


def _check_values(numbers: dict[str, np.ndarray], count: int, name: str) -> None:
    for key, array in numbers.items():
        if not np.isfinite(array).all():
            raise BadModel(f"{name} holds NaN or infinite values in {key}; download it again.")
    if numbers["f"].min() < 0 or numbers["f"].max() >= count:
        raise BadModel(f"{name} has faces of vertices that it lacks; download it again.")
    parents = numbers["kintree_table"][0].astype(np.int64)
    if any(0 <= parent < JOINTS and parent >= joint for joint, parent in enumerate(parents)):
        raise BadModel(f"{name} has joints in an order that is not FLAME's; choose FLAME's own file.")
