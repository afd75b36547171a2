"""The add-on registered, and backends that are played by the test."""

from __future__ import annotations

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
def sound_file(tmp_path) -> Path:
    """Half a second of silence."""
    path = tmp_path / "hello.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(16000))
    return path
