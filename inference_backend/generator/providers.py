"""Execution providers of ONNX Runtime: the best that this machine really has, and the one in use."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# A local tool has nothing to tell its runtime's makers; the runtime reads this when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

ORDER = ("CUDAExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider")


def session(path: Path, threads: int = 0, order: Sequence[str] = ORDER) -> Any:
    """Load a network on the first provider that works; ask the session's get_providers() which one that was.

    The type is Any since run() is declared to return sparse tensors and maps too, which networks do not.
    """
    # Falling back from a missing GPU library is normal and reported through the provider's name, not as noise.
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    present = onnxruntime.get_available_providers()
    return onnxruntime.InferenceSession(str(path), options, providers=[p for p in order if p in present])


def name_of(loaded: onnxruntime.InferenceSession) -> str:
    """Short name of the provider that a loaded network runs on: CUDA, Dml, CoreML or CPU."""
    return loaded.get_providers()[0].removesuffix("ExecutionProvider")
