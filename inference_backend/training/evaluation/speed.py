"""Speed and memory: ten seconds of sound in a warm process, and an hour of it in a fresh one."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from ...data_engine.speech.track import Track
from ...generator.sound import SAMPLE_RATE
from . import lines
from .stage import Skipped, Stage
from .system import FPS, Line, System, perform

_ROOT = Path(__file__).resolve().parents[3]
_FRESH = """
import json, sys, time
import numpy as np
from pathlib import Path
from inference_backend import bench
from inference_backend.contract import Request
from inference_backend.generator import pipeline
from inference_backend.generator.sound import Sound
generator = pipeline.load(Path(sys.argv[1]))
heard = Sound(np.resize(np.load(sys.argv[2]), int(sys.argv[3]) * 16000))
started = time.perf_counter()
generator.generate(heard, Request(style="happy"))
seconds = time.perf_counter() - started
# What getrusage tells on Linux begins with the memory of the process that started this one.
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
own = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
print(json.dumps({"seconds": seconds, "peak_mb": own[0] if own else bench.peak_memory_mb()}))
"""


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
    with tempfile.TemporaryDirectory(prefix="mien-hour-") as folder:
        path = Path(folder) / "speech.npy"
        np.save(path, _speech(60))
        command = [sys.executable, "-c", _FRESH, str(stage.weights.resolve()), str(path), str(seconds)]
        env = {**os.environ, "PYTHONPATH": str(_ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise Skipped(f"an hour of sound failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return {key: round(value, 1) for key, value in json.loads(done.stdout.splitlines()[-1]).items()}


def _speech(seconds: int) -> np.ndarray:
    """So many seconds of held-out sentences, repeated; noise where no voice is installed."""
    said = [line.track.samples for line in lines.held_out(6, lines.VOICES[1:3])]
    samples = np.concatenate(said) if said else np.random.default_rng(0).normal(0, 0.05, SAMPLE_RATE)
    return np.resize(samples, seconds * SAMPLE_RATE).astype(np.float32)
