"""Read the arrays of a pickle without running anything that it names.

FLAME's files are pickled dictionaries of numpy arrays, scipy's sparse matrices and chumpy's arrays. What a pickle
calls or builds here are inert records, made of what it holds; a global that is none of these is refused. Only then are
those records turned into arrays, from their bytes, by us.
"""

from __future__ import annotations

import io
import math
import pickle
from typing import Any

import numpy as np

from ..contract import MienError

_MOST_NUMBERS = 2**28


class BadModel(MienError):
    """A FLAME model's file cannot be read."""

    kind = "bad_model"


class _Refused(pickle.UnpicklingError):
    pass


class _Record:
    """Something that a pickle describes: its arguments and its state, and nothing that it can do."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.args = args or tuple(more.values())
        self.state: Any = None
        self.items: list[Any] = []

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def append(self, item: Any) -> None:
        self.items.append(item)

    def extend(self, items: list[Any]) -> None:
        self.items.extend(items)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.items.append((key, value))

    def __hash__(self) -> int:
        return id(self)


class _Array(_Record):
    """A numpy array: state is version, shape, dtype, whether in Fortran's order, and the bytes."""


class _DType(_Record):
    """A numpy dtype: args begin with its code, the state's second part is the order of bytes."""


class _Scalar(_Record):
    """A numpy scalar: args are dtype and bytes."""


class _Sparse(_Record):
    """A compressed sparse matrix: state has data, indices, indptr and shape."""


class _Rows(_Sparse):
    """A matrix compressed by rows."""


class _Other(_Record):
    """An array of chumpy, or a class that is only named."""


def _rebuilt(_kind: Any, *_more: Any) -> _Array:
    return _Array()


def _reconstructed(kind: Any, *_more: Any) -> Any:
    return kind() if isinstance(kind, type) and issubclass(kind, _Record) else _Other()


def _encoded(text: Any, *_codec: Any) -> bytes:
    """Give the bytes that Python 3 writes as Latin-1 text for old protocols."""
    return text.encode("latin-1") if isinstance(text, str) else b""


def _from_buffer(data: Any, dtype: Any, shape: Any, order: Any = "C") -> _Array:
    array = _Array()
    array.state = (1, shape, dtype, order == "F", data)
    return array


_NUMPY = ("numpy.core.", "numpy._core.")
_KNOWN: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _DType,
    ("multiarray", "_reconstruct"): _rebuilt,
    ("multiarray", "scalar"): _Scalar,
    ("numeric", "_frombuffer"): _from_buffer,
    ("copy_reg", "_reconstructor"): _reconstructed,
    ("copyreg", "_reconstructor"): _reconstructed,
    ("_codecs", "encode"): _encoded,
    ("__builtin__", "object"): _Other,
    ("builtins", "object"): _Other,
}
_SPARSE = {"csc_matrix": _Sparse, "csc_array": _Sparse, "csr_matrix": _Rows, "csr_array": _Rows}


class _Unpickler(pickle.Unpickler):
    """Finds records for the few globals that FLAME's files name, and refuses all others."""

    def find_class(self, module: str, name: str) -> Any:
        short = next((module.removeprefix(prefix) for prefix in _NUMPY if module.startswith(prefix)), module)
        if (short, name) in _KNOWN:
            return _KNOWN[short, name]
        if module.startswith("scipy.sparse") and name in _SPARSE:
            return _SPARSE[name]
        if module.partition(".")[0] == "chumpy" and name.isidentifier():
            return _Other
        raise _Refused(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        raise _Refused("a persistent id")


def arrays_of(data: bytes, wanted: tuple[str, ...], file_name: str) -> dict[str, np.ndarray]:
    """Read the arrays by these names from a pickled dictionary, those that are there; raises BadModel."""
    try:
        found = _Unpickler(io.BytesIO(data), encoding="latin1").load()
    except _Refused as error:
        raise BadModel(
            f"{file_name} asks for {error}, which no FLAME model needs and which could run code; it was not read."
        ) from error
    except Exception as error:  # of a damaged pickle anything may come, and nothing of it has run
        raise BadModel(f"{file_name} is damaged or no pickle ({_first(error)}); download or copy it again.") from error
    if isinstance(found, _Record) or not isinstance(found, dict):
        raise BadModel(f"{file_name} holds no FLAME model, which is a dictionary of arrays; choose another file.")
    try:
        return {name: _array(found[name]) for name in wanted if name in found}
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, MemoryError) as error:
        raise BadModel(f"{file_name} holds arrays that cannot be read ({_first(error)}); download it again.") from error


def _first(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]


def _array(value: Any) -> np.ndarray:
    """Turn a record into an array of numbers."""
    if isinstance(value, _Array):
        return _dense(value)
    if isinstance(value, _Sparse):
        return _filled(value)
    if isinstance(value, _Scalar):
        dtype = _dtype(value.args[0])
        return np.frombuffer(_bytes(value.args[1]), dtype, 1)[0]
    if isinstance(value, _Other):
        return _of_chumpy(value)
    if isinstance(value, (list, tuple, int, float)) and not isinstance(value, bool):
        return np.array(value, np.float64)
    raise ValueError("something that is no array")


def _of_chumpy(value: _Other) -> np.ndarray:
    """Take the array that a chumpy array holds as x, or that a selection of one picks by idxs."""
    state = value.state[-1] if isinstance(value.state, tuple) else value.state
    if not isinstance(state, dict):
        raise ValueError("a chumpy object without an array")
    held = state.get("x", state.get("a"))
    array = _array(held)
    if "idxs" in state and "a" in state:
        chosen = array.ravel()[_array(state["idxs"]).astype(np.int64).ravel()]
        shape = state.get("preferred_shape")
        return chosen.reshape(tuple(int(k) for k in shape)) if shape is not None else chosen
    return array


def _dense(value: _Array) -> np.ndarray:
    _, shape, dtype, is_fortran, data = value.state
    shape = tuple(int(k) for k in shape)
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count > _MOST_NUMBERS:
        raise ValueError(f"an array of shape {shape}")
    numbers = np.frombuffer(_bytes(data), _dtype(dtype))
    return numbers[:count].reshape(shape, order="F" if is_fortran else "C")


def _dtype(value: Any) -> np.dtype:
    code = value.args[0]
    if not (isinstance(value, _DType) and isinstance(code, str) and code[:1] in "fiub" and code[1:].isdigit()):
        raise ValueError("an array of something else than numbers")
    order = value.state[1] if isinstance(value.state, tuple) else "="
    return np.dtype(code).newbyteorder(order if order in ("<", ">") else "=")


def _bytes(data: Any) -> bytes:
    return data.encode("latin-1") if isinstance(data, str) else bytes(data)


def _filled(value: _Sparse) -> np.ndarray:
    state = value.state
    rows, columns = (int(k) for k in state.get("_shape", state.get("shape")))
    if not 0 < rows * columns <= _MOST_NUMBERS or min(rows, columns) < 0:
        raise ValueError(f"a matrix of shape {(rows, columns)}")
    if isinstance(value, _Rows):
        rows, columns = columns, rows
    data, indices, starts = (_array(state[name]) for name in ("data", "indices", "indptr"))
    made = np.zeros((rows, columns))
    np.add.at(made, (indices.astype(int), np.repeat(np.arange(columns), np.diff(starts))), data)
    return made.T if isinstance(value, _Rows) else made
