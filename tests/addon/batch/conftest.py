"""Scenes, tables and a backend for batches."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

STUB = Path(__file__).resolve().parent.parent / "stub_backend"


@pytest.fixture
def cast(registered, tmp_path, monkeypatch):
    """Two characters, three sounds in tmp_path/sounds, and a stub for a backend; return the scene."""
    import wave

    import bpy
    from mien.addon import generation, service
    from mien.inference_backend import contract, formats

    from tests.addon import people

    for name, x in (("Anna", 0.0), ("Bob", 10.0)):
        rig = people.armature({"head": (None, (0, 0, 0), (0, 0, 1), 0.0, "QUATERNION")}, name)
        face = people.mesh_with_keys(f"{name} Face", contract.CHANNELS)
        people.bind(face, rig)
        rig.location.x = x
    (tmp_path / "sounds").mkdir()
    for name in ("anna_001", "anna_002", "bob_001"):
        with wave.open(str(tmp_path / "sounds" / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(bytes(16000))
    formats.write(people.random_take(contract, frames=12, fps=24.0), tmp_path / "take.npz")
    monkeypatch.setenv("STUB_TAKE", str(tmp_path / "take.npz"))
    monkeypatch.setenv("STUB_MODE", "take")
    launch = service.Launch(sys.executable, STUB, (), tmp_path / "backend.log")
    from mien.addon.batch import orders

    for module in (generation, orders):
        monkeypatch.setattr(module, "launch_of", lambda _: launch)
    bpy.context.view_layer.update()
    yield registered
    service.stop()


@pytest.fixture
def table(tmp_path):
    """Write a table; return its path."""

    def write(text: str, name: str = "takes.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


GOOD = """character,sound,style,seed,start_frame
Anna,sounds/anna_001.wav,weary,1,10
Anna,sounds/anna_002.wav,happy,2,40
Bob,sounds/bob_001.wav,,0,5
"""
