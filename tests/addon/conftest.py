"""The add-on registered, and backends that are played by the test."""

from __future__ import annotations

import signal
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def registered(scene) -> Iterator:
    """Register the add-on in an empty scene."""
    from mien import addon

    addon.register()
    yield scene
    addon.unregister()


@pytest.fixture
def deadly_pipes() -> Iterator[list]:
    """Let SIGPIPE arrive, as it does in Blender, and collect what would have ended it."""
    if not hasattr(signal, "SIGPIPE"):
        pytest.skip("this system has no SIGPIPE")
    arrived: list[int] = []
    before = signal.signal(signal.SIGPIPE, lambda number, _: arrived.append(number))
    yield arrived
    signal.signal(signal.SIGPIPE, before)


@pytest.fixture
def sound_file(tmp_path) -> Path:
    """Half a second of silence."""
    path = tmp_path / "hello.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(16000))
    return path
