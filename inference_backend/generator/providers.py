"""Execution providers of ONNX Runtime: the best that this machine really has, and the one in use."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

# A local tool has nothing to tell its runtime's makers; the runtime reads this when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

Run: TypeAlias = Callable[[Sequence[str], dict[str, np.ndarray]], Sequence[Any]]
"""Names of outputs and inputs by name -> the outputs."""

ORDER = ("CUDAExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider")
_MEMORY = {"CUDA": "cuda"}  # providers with a memory of their own; DirectML's cannot be bound in every release
_MOST_SHAPES = 8  # a sound's first, middle and last windows, for the listener's and each number of takes


def session(path: Path, threads: int = 0, order: Sequence[str] = ORDER) -> Any:
    """Load a network on the first provider that works; ask the session's get_providers() which one that was.

    The type is Any since run() is declared to return sparse tensors and maps too, which networks do not.
    """
    # Falling back from a missing GPU library is normal and reported through the provider's name, not as noise.
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Weights that are kept as int8 are unpacked once, not each time.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    present = onnxruntime.get_available_providers()
    wanted = [name for name in order if name in present]
    if "CUDAExecutionProvider" in wanted:
        _load_cuda()
    return onnxruntime.InferenceSession(str(path), options, providers=wanted)


def name_of(loaded: onnxruntime.InferenceSession) -> str:
    """Short name of the provider that a loaded network runs on: CUDA, Dml, CoreML or CPU."""
    return loaded.get_providers()[0].removesuffix("ExecutionProvider")


@cache
def _load_cuda() -> None:
    """Load CUDA and cuDNN where they came as Python packages, which the system's loader does not search."""
    if hasattr(onnxruntime, "preload_dlls"):
        with contextlib.redirect_stdout(None):  # it prints what it misses; the service's stdout is a protocol
            onnxruntime.preload_dlls()


def runner(loaded: Any) -> Run:
    """Give the way to run a network: bound to its provider's memory where that is not the host's."""
    memory = _MEMORY.get(name_of(loaded))
    return Bound(loaded, memory).run if memory else loaded.run


class Bound:
    """A network with inputs and outputs bound to buffers in a device's memory; for one thread.

    Buffers are allocated once for each shape of the inputs, for windows come in few shapes. Each run then costs one
    copy an input and one an output.
    """

    def __init__(self, loaded: Any, memory: str):
        self._loaded, self._memory = loaded, memory
        self._bindings: dict[tuple[Any, ...], tuple[Any, dict[str, Any]]] = {}

    def run(self, outputs: Sequence[str], feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        """Compute outputs, by name, of float inputs, as InferenceSession.run does."""
        key = (*outputs, *((name, array.shape) for name, array in feed.items()))
        if key not in self._bindings:
            if len(self._bindings) >= _MOST_SHAPES:
                self._bindings.clear()
            self._bindings[key] = self._bind(outputs, feed)
        binding, buffers = self._bindings[key]
        for name, array in feed.items():
            buffers[name].update_inplace(np.ascontiguousarray(array))
            # Bound again, which costs nothing on the device, for an input that the host's own kernels read, as those
            # of int8 networks are: such a one is copied when it is bound, and a later change would go unseen.
            binding.bind_ortvalue_input(name, buffers[name])
        self._loaded.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()

    def _bind(self, outputs: Sequence[str], feed: dict[str, np.ndarray]) -> tuple[Any, dict[str, Any]]:
        """Allocate for inputs now; the runtime does so for outputs in the first run, and keeps them for the next."""
        binding, empty = self._loaded.io_binding(), onnxruntime.OrtValue.ortvalue_from_shape_and_type
        for name in outputs:
            binding.bind_output(name, self._memory, 0)
        return binding, {name: empty(x.shape, x.dtype.type, self._memory, 0) for name, x in feed.items()}
