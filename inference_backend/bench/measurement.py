"""Measure on this machine: speed warm, by stage and in batches, start in a fresh process, peak memory, provider."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..contract import OnProgress, Progress, Request
from ..formats import npz
from ..generator import sound
from ..generator.pipeline import Generator
from ..generator.sound import SAMPLE_RATE
from . import fresh_process
from .stage_clock import StageClock, TimedNetworks

SOUND_S = 10.0
HOUR_S = 3600.0
_RUNS = 3
_REQUEST = Request(style="happy, nods while speaking", fps=30.0)


def measure(audio: Path | None, on_progress: OnProgress, batch: int = 1, hour: bool = False) -> dict[str, Any]:
    """Measure all; batch: takes to make at once besides one alone; hour: a long sound too. Raises MienError."""
    samples = sound.read(audio).samples if audio else _babble()
    with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
        path = Path(folder) / "sound.wav"
        fresh_process.write_wav(path, samples, SOUND_S)
        on_progress(Progress(0.0, "starting a fresh process"))
        cold = fresh_process.perform(path)
        on_progress(Progress(0.2, "loading the model"))
        result = {"sound_s": SOUND_S, **_loaded(path, on_progress, batch), "cold": cold, "machine": _machine()}
    if hour:
        on_progress(Progress(0.6, "performing an hour of sound"))
        result["hour"] = fresh_process.perform_long(samples, HOUR_S)
    return result


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def _loaded(path: Path, on_progress: OnProgress, batch: int) -> dict[str, Any]:
    """Load the generator into this process, and time it."""
    networks = TimedNetworks()
    generator = Generator(networks)
    on_progress(Progress(0.3, "performing"))
    result = {"provider": generator.provider, **_warm(generator, networks, path)}
    if batch > 1:
        on_progress(Progress(0.4, f"performing a batch of {batch}"))
        result["batch"] = _batch(generator, sound.read(path), batch)
    return result


def _warm(generator: Generator, networks: TimedNetworks, path: Path) -> dict[str, Any]:
    """Time whole runs by stage: the medians of some after one that warms up."""
    runs = [_stages(generator, networks, path) for _ in range(1 + _RUNS)][1:]
    median_s = statistics.median(sum(run.values()) for run in runs)
    return {
        "warm": {"seconds": median_s, "times_real_time": SOUND_S / median_s},
        "stages_s": {stage: statistics.median(run[stage] for run in runs) for stage in runs[0]},
    }


def _stages(generator: Generator, networks: TimedNetworks, path: Path) -> dict[str, float]:
    """Time one run by stage: reading, what each network does, all that is computed around them, writing."""
    clock = networks.clock = StageClock()
    with clock.inside("reading the sound"):
        heard = sound.read(path)
    with clock.inside("all else"):
        take = generator.generate(heard, _REQUEST)
    with clock.inside("writing"):
        npz.dumps(take)
    return clock.seconds


def _batch(generator: Generator, heard: sound.Sound, size: int) -> dict[str, float]:
    """Time takes of one sound that are made at once: the median of some runs after one that warms up."""
    seconds = []
    for _ in range(1 + _RUNS):
        started = time.perf_counter()
        generator.batch(heard, _REQUEST, size)
        seconds.append(time.perf_counter() - started)
    median_s = statistics.median(seconds[1:])
    return {"takes": size, "seconds": median_s, "times_real_time": size * heard.duration_s / median_s}


def _babble() -> np.ndarray:
    """Make a stand-in for speech: a buzz of harmonics in syllables, with pauses."""
    t = np.arange(int(SOUND_S * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * (120 * t + 3 * np.sin(2 * np.pi * 0.7 * t))
    buzz = sum(np.sin(k * phase) / k for k in range(1, 30))
    syllables = np.clip(np.sin(2 * np.pi * 2.1 * t), 0, 1) * (np.sin(2 * np.pi * 0.21 * t) > -0.8)
    return (0.15 * buzz * syllables).astype(np.float32)
