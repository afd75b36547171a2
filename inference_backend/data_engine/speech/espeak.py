"""The speech engine espeak-ng: a hundred voices in over a hundred languages, in a process of its own."""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...contract import MienError
from .phones import from_espeak
from .spoken import Spoken

_CHILD = Path(__file__).with_name("espeak_child.py")
_WORDS_PER_MINUTE = 170


def installed() -> bool:
    """Tell whether espeak-ng is on this machine, as a library of the system or as the package espeakng-loader."""
    return _process(os.getpid()).rate > 0


def speak(name: str, text: str, stretch: float = 1.0, pitch: float = 1.0, spread: float = 1.0) -> Spoken:
    """Speak a line with a voice named as espeak-ng does: a language tag and perhaps a variant (de+f2)."""
    process = _process(os.getpid())
    if process.rate <= 0:
        raise MienError("espeak-ng is not installed; install the package espeak-ng, or choose another voice.")
    samples, rows = process.ask(
        {
            "voice": name,
            "text": text,
            "rate": int(np.clip(_WORDS_PER_MINUTE / stretch, 90, 320)),
            "pitch": int(np.clip(50 * pitch, 0, 99)),
            "range": int(np.clip(50 * spread, 0, 99)),
        }
    )
    samples = samples if len(samples) else np.zeros(process.rate // 10, np.float32)
    events = [[at / process.rate, 0.0, phoneme] for at, phoneme in rows]
    if not events or events[0][0] > 0:
        events.insert(0, [0.0, 0.0, "_"])
    for event, after in zip(events, [*events[1:], [len(samples) / process.rate, 0.0, "_"]], strict=True):
        event[1] = max(after[0], event[0])
    phones = from_espeak(events, samples, process.rate, name.startswith("en"))
    return Spoken(samples, process.rate, phones, f"espeak:{name}")


class _Process:
    """A running espeak_child; rate is 0 where the library is not there."""

    def __init__(self) -> None:
        self._child = _start([])
        self.rate = self._hello()
        if self.rate <= 0 and importlib.util.find_spec("espeakng_loader"):
            import espeakng_loader

            self._child = _start([espeakng_loader.get_library_path(), espeakng_loader.get_data_path()])
            self.rate = self._hello()

    def ask(self, line: dict) -> tuple[np.ndarray, list]:
        """Have a line spoken: samples float32 [N], and the events [[first sample, phoneme], ...]."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(json.dumps(line).encode() + b"\n")
            self._child.stdin.flush()
            head = self._child.stdout.readline()
        except BrokenPipeError:
            head = b""
        if not head:
            self._child.wait()
        answer: dict[str, Any] = json.loads(head or b'{"error": "died"}')
        if answer.get("error") == "voice":
            raise MienError(f"espeak-ng has no voice {line['voice']}; choose another voice.")
        if "error" in answer:
            if self._child.poll() is not None:
                _process.cache_clear()  # the next line starts another one
            raise MienError("espeak-ng ended while it spoke; run the stage again, or leave its voices out.")
        data = self._child.stdout.read(answer["bytes"])
        return np.frombuffer(data, np.int16).astype(np.float32) / 32768.0, answer["events"]

    def _hello(self) -> int:
        assert self._child.stdout is not None
        return int(json.loads(self._child.stdout.readline() or b'{"rate": 0}')["rate"])


def _start(arguments: list[str]) -> subprocess.Popen:
    command = [sys.executable, "-I", str(_CHILD), *map(str, arguments)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             start_new_session=True)  # Ctrl-C is for who asked; it ends with its input  # fmt: skip
    atexit.register(child.kill)
    return child


@lru_cache(maxsize=1)
def _process(pid: int) -> _Process:
    """Start espeak-ng once for a process; a fork must not share its parent's pipes."""
    return _Process()
