"""Execution providers of ONNX Runtime: the best that this machine really has, and the one in use."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

ORDER = ("CUDAExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider")


def session(path: Path, threads: int = 0) -> onnxruntime.InferenceSession:
    """Load a network on the first provider that works; ask the session's get_providers() which one that was."""
    # Falling back from a missing GPU library is normal and reported through the provider's name, not as noise.
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    present = onnxruntime.get_available_providers()
    return onnxruntime.InferenceSession(str(path), options, providers=[p for p in ORDER if p in present])


def name_of(loaded: onnxruntime.InferenceSession) -> str:
    """Short name of the provider that a loaded network runs on: CUDA, Dml, CoreML or CPU."""
    return loaded.get_providers()[0].removesuffix("ExecutionProvider")
