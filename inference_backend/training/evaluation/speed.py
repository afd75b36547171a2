"""Speed and memory: ten seconds of sound in a warm process, and an hour of it in a fresh one."""

from __future__ import annotations

import os
import statistics
import time

import numpy as np

from ...bench import fresh_process
from ...contract import BackendFailed
from ...data_engine.speech.track import Track
from ...generator.sound import SAMPLE_RATE
from . import lines
from .stage import Skipped, Stage
from .system import FPS, Line, System, perform


def measure(system: System, stage: Stage) -> dict:
    """Seconds for ten seconds of sound, warm: the median and the best of some runs, and what else the machine did."""
    ten, runs = Line(Track(_speech(10))), []
    for _ in range(1 + stage.some(5, 3)):
        started = time.perf_counter()
        perform(system, ten, "happy, nods while speaking")
        runs.append(time.perf_counter() - started)
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {"ten_seconds_s": round(statistics.median(runs[1:]), 3), "best_s": round(min(runs[1:]), 3),
            "cores": os.cpu_count(), "load_beside": load, "fps": FPS}  # fmt: skip


def hour(system: System, stage: Stage, seconds: int = 3600) -> dict:
    """Peak memory and time of an hour of sound, by the weights in a process of their own."""
    if not stage.long:
        raise Skipped("takes minutes: asked for with --long")
    try:
        told = fresh_process.perform_long(_speech(60), seconds, stage.weights)
    except BackendFailed as error:
        raise Skipped(f"an hour of sound failed: {error}") from error
    return {"seconds": round(told["seconds"], 1), "peak_mb": round(told["peak_memory_mb"], 1)}


def _speech(seconds: int) -> np.ndarray:
    """So many seconds of held-out sentences, repeated; noise where no voice is installed."""
    said = [line.track.samples for line in lines.held_out(6, lines.VOICES[1:3])]
    samples = np.concatenate(said) if said else np.random.default_rng(0).normal(0, 0.05, SAMPLE_RATE)
    return np.resize(samples, seconds * SAMPLE_RATE).astype(np.float32)
