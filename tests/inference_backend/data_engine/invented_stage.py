"""An invented stage, and a program that runs it, to be killed: `python -m ... SOURCE OUT [EXECUTOR]`."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference_backend.contract import BadSound
from inference_backend.data_engine import executors, stage
from inference_backend.data_engine.clip import Clip, write_sound


@dataclass(frozen=True)
class Config:
    seed: int = 3
    pause_s: float = 0.0
    fails: str = ""


def work(clip: Clip, config: Config, folder: Path) -> Clip:
    """Make half a second of a clip's own noise, or fail as told to where the id ends with a 3."""
    time.sleep(config.pause_s)
    if clip.id.endswith("3"):
        _fail(config.fails)
    samples = clip.rng(config.seed, "noise").normal(0, 0.1, 8000).astype(np.float32)
    return clip.replace(sound=write_sound(samples, folder / f"{clip.id}.flac"), duration_s=0.5)


def _fail(how: str) -> None:
    if how == "sentence":
        raise BadSound("This clip is out of tune.")
    if how == "surprise":
        raise KeyError("nobody thought of this")
    if how == "full disk":
        with open("/dev/full", "wb", buffering=0) as file:
            file.write(b"x")
    if how == "crash":
        os.kill(os.getpid(), signal.SIGKILL)


def clips(count: int) -> list[Clip]:
    return [Clip(f"clip-{i:04d}") for i in range(count)]


def run(source: Path, out: Path, config: Config, execute: stage.Execute | None = None) -> list[stage.Made]:
    made: list[stage.Made] = []
    execute = execute or executors.local(2)
    stage.run(stage.Stage("invented", config, work), source, out, execute, lambda part, _: made.append(part))
    return made


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), Config(pause_s=0.03))
