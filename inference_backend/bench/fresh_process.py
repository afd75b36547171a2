"""Measure in a process of its own: from its start to its first take, and the peak of its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np

from ..contract import BackendFailed
from ..generator.networks import WEIGHTS
from ..generator.sound import SAMPLE_RATE

_ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import time
started = time.perf_counter()
import json, sys
from pathlib import Path
from inference_backend.contract import Request
from inference_backend.generator import pipeline, sound
imported = time.perf_counter()
generator = pipeline.load(Path(sys.argv[2]))
loaded = time.perf_counter()
generator.generate(sound.read(Path(sys.argv[1])), Request(style="happy, nods while speaking"))
done = time.perf_counter()
from inference_backend.bench import fresh_process
print(json.dumps({"import_s": imported - started, "load_s": loaded - imported, "first_take_s": done - loaded,
                  "peak_memory_mb": fresh_process.peak_memory_mb()}))
"""


def perform(sound: Path, weights: Path = WEIGHTS) -> dict[str, float]:
    """Time a fresh Python from its start to its first take, of a sound file, and read the peak of its memory in MiB.

    Raises BackendFailed where no take comes of it.
    """
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))}
    command = [sys.executable, "-c", _SCRIPT, str(sound.resolve()), str(weights.resolve())]
    started = time.perf_counter()
    process = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    total_s = time.perf_counter() - started
    if process.returncode:
        lines = process.stderr.strip().splitlines() or [f"exit code {process.returncode}"]
        raise BackendFailed(f"A fresh process could not make a take ({lines[-1]}); reinstall Mien.")
    return {"seconds_to_first_take": total_s, **json.loads(process.stdout.splitlines()[-1])}


def perform_long(samples: np.ndarray, sound_s: float, weights: Path = WEIGHTS) -> dict[str, float]:
    """Have a sound of so many seconds performed: seconds of computing, peak memory in MiB; raises BackendFailed."""
    with tempfile.TemporaryDirectory(prefix="mien-long-") as folder:
        path = Path(folder) / "sound.wav"
        write_wav(path, samples, sound_s)
        told = perform(path, weights)
    return {"sound_s": sound_s, "seconds": told["first_take_s"], "peak_memory_mb": told["peak_memory_mb"]}


def write_wav(path: Path, samples: np.ndarray, duration_s: float) -> None:
    """Write mono samples at 16 kHz, cut or repeated to a duration."""
    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.resize(pcm, round(duration_s * SAMPLE_RATE)).tobytes())


def peak_memory_mb() -> float:
    """Peak resident memory of this process in MiB, on Linux, macOS and Windows."""
    if sys.platform == "win32":
        return _peak_memory_windows() / 2**20
    status = Path("/proc/self/status")
    if status.is_file():  # what getrusage tells on Linux begins with the memory of the process that started this one
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10  # bytes there, KiB here


def _peak_memory_windows() -> int:
    """Ask GetProcessMemoryInfo for PeakWorkingSetSize, in bytes."""
    import ctypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("size", ctypes.c_uint32),
            ("page_faults", ctypes.c_uint32),
            *((f"field_{number}", ctypes.c_size_t) for number in range(8)),  # the first is PeakWorkingSetSize
        ]

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    counters = Counters(size=ctypes.sizeof(Counters))
    kernel.K32GetProcessMemoryInfo(ctypes.c_void_p(kernel.GetCurrentProcess()), ctypes.byref(counters), counters.size)
    return counters.field_0
