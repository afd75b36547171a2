"""Measure on this machine: speed warm and by stage, start in a fresh process, peak memory, execution provider."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .contract import BackendFailed, OnProgress, Progress, Request

SOUND_S = 10.0
_RUNS = 3
_SAMPLE_RATE = 16000
_REQUEST = Request(style="happy, nods while speaking", fps=30.0)

_FRESH_PROCESS = """
import time
started = time.perf_counter()
import json, sys
from pathlib import Path
from inference_backend import bench
from inference_backend.generator import pipeline, sound
imported = time.perf_counter()
generator = pipeline.load()
loaded = time.perf_counter()
generator.generate(sound.read(Path(sys.argv[1])), bench._REQUEST)
done = time.perf_counter()
print(json.dumps({"import_s": imported - started, "load_s": loaded - imported, "first_take_s": done - loaded,
                  "peak_memory_mb": bench.peak_memory_mb()}))
"""


def measure(audio: Path | None, on_progress: OnProgress) -> dict[str, Any]:
    """Measure all; raises BadSound and BackendFailed."""
    from .generator import pipeline, sound

    with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
        path = Path(folder) / "sound.wav"
        _write_wav(path, _ten_seconds(sound.read(audio).samples) if audio else _babble())
        on_progress(Progress(0.0, "starting a fresh process"))
        cold = _measure_cold(path)
        on_progress(Progress(0.4, "loading the model"))
        generator = pipeline.load()
        runs = []
        for run in range(_RUNS + 1):  # the first one warms up
            on_progress(Progress(0.5 + 0.5 * run / (_RUNS + 1), "performing"))
            runs.append(_measure_warm(generator, path))
    median_s = statistics.median(sum(run.values()) for run in runs[1:])
    return {
        "sound_s": SOUND_S,
        "warm": {"seconds": median_s, "times_real_time": SOUND_S / median_s},
        "stages_s": {stage: statistics.median(run[stage] for run in runs[1:]) for stage in runs[1]},
        "cold": cold,
        "provider": generator.provider,
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
    }


def _measure_warm(generator: Any, path: Path) -> dict[str, float]:
    """Time one run by stage: reading, the generator's own phases, writing."""
    from .formats import npz
    from .generator import sound

    clock = _StageClock()
    clock.enter("reading the sound")
    heard = sound.read(path)
    take = generator.generate(heard, _REQUEST, lambda progress: clock.enter(progress.phase))
    clock.enter("writing")
    npz.dumps(take)
    return clock.stop()


class _StageClock:
    """Adds up the time spent in each stage, by the moments at which the stages are entered."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._spent: dict[str, float] = {}
        self._stage: str | None = None
        self._since = now()

    def enter(self, stage: str) -> None:
        now = self._now()
        if self._stage is not None:
            self._spent[self._stage] = self._spent.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now

    def stop(self) -> dict[str, float]:
        self.enter("")
        return self._spent


def _measure_cold(path: Path) -> dict[str, float]:
    """Time a fresh Python from its start to its first take, and read the peak of its memory."""
    root = Path(__file__).resolve().parent.parent
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))}
    started = time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-c", _FRESH_PROCESS, str(path)], capture_output=True, text=True, env=env, check=False
    )
    total_s = time.perf_counter() - started
    if process.returncode:
        lines = process.stderr.strip().splitlines() or [f"exit code {process.returncode}"]
        raise BackendFailed(f"A fresh process could not make a take ({lines[-1]}); reinstall Mien.")
    return {"seconds_to_first_take": total_s, **json.loads(process.stdout.splitlines()[-1])}


def peak_memory_mb() -> float:
    """Peak resident memory of this process in MiB, on Linux, macOS and Windows."""
    if sys.platform == "win32":
        return _peak_memory_windows() / 2**20
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


def _ten_seconds(samples: np.ndarray) -> np.ndarray:
    return np.resize(samples, int(SOUND_S * _SAMPLE_RATE))


def _babble() -> np.ndarray:
    """Make a stand-in for speech: a buzz of harmonics in syllables, with pauses."""
    t = np.arange(int(SOUND_S * _SAMPLE_RATE)) / _SAMPLE_RATE
    phase = 2 * np.pi * (120 * t + 3 * np.sin(2 * np.pi * 0.7 * t))
    buzz = sum(np.sin(k * phase) / k for k in range(1, 30))
    syllables = np.clip(np.sin(2 * np.pi * 2.1 * t), 0, 1) * (np.sin(2 * np.pi * 0.21 * t) > -0.8)
    return (0.15 * buzz * syllables).astype(np.float32)


def _write_wav(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, _SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def as_json(result: dict[str, Any]) -> str:
    """Write the measurements as JSON, to four significant digits."""
    rounded = json.loads(json.dumps(result), parse_float=lambda text: float(f"{float(text):.4g}"))
    return json.dumps(rounded, indent=2)


def as_text(result: dict[str, Any]) -> str:
    """Write the measurements for people."""
    warm, cold, machine = result["warm"], result["cold"], result["machine"]
    lines = [
        f"provider            {result['provider']} on {machine['cores']} cores, Python {machine['python']}",
        f"warm                {warm['seconds']:.2f} s for {result['sound_s']:g} s of sound",
        f"                    {warm['times_real_time']:.1f} x real time",
        *(f"  {stage:<18}{seconds:.3f} s" for stage, seconds in result["stages_s"].items()),
        f"cold                {cold['seconds_to_first_take']:.2f} s from start to first take",
        f"  {'imports':<18}{cold['import_s']:.3f} s",
        f"  {'loading':<18}{cold['load_s']:.3f} s",
        f"  {'first take':<18}{cold['first_take_s']:.3f} s",
        f"peak memory         {cold['peak_memory_mb']:.0f} MiB",
    ]
    return "\n".join(lines)
