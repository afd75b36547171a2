"""The gallery's films: rendered by the script of `build.py gallery`, one after the other, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("bpy")
av = pytest.importorskip("av", reason="no av to write films with")
from mien.addon import demo_character  # noqa: E402
from mien.inference_backend import formats  # noqa: E402
from mien.inference_backend.contract import CHANNELS, INDEX, Take  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not demo_character.ASSET.is_file(), reason="no addon/assets/demo_head.npz; `python3 build.py demo` makes it"
)
FRAMES = 4


def _job(folder: Path, name: str) -> dict[str, str]:
    values = np.zeros((FRAMES, len(CHANNELS)), np.float32)
    values[:, INDEX["jawOpen"]] = np.linspace(0, 1, FRAMES)
    formats.write(Take(12.0, values, np.zeros((FRAMES, 3), np.float32)), folder / f"{name}.npz")
    with wave.open(str(folder / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(16000))
    return {"film": str(folder / f"{name}.mp4"), "sound": str(folder / f"{name}.wav"),
            "take": str(folder / f"{name}.npz"), "member": "woman"}  # fmt: skip


def test_films_are_made_until_one_cannot_be(tmp_path: Path) -> None:
    shutil.copy(demo_character.ASSET, tmp_path / "woman.npz")
    jobs = [_job(tmp_path, "one"), {**_job(tmp_path, "two"), "member": "nobody"}]
    (tmp_path / "plan.json").write_text(json.dumps(jobs))
    extension = tmp_path / "resources" / "extensions" / "user_default" / "mien"
    extension.parent.mkdir(parents=True)
    extension.symlink_to(ROOT, target_is_directory=True)
    done = subprocess.run(
        [sys.executable, "-P", ROOT / "addon" / "gallery.py", tmp_path / "plan.json", "--cast", tmp_path,
         "--size", "48", "--samples", "1", "--threads", "1"],
        env={**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "resources")}, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert "film 1 of 2: one" in [line.get("end") for line in told]
    assert "nobody.npz is missing" in told[-1]["error"]
    with av.open(str(tmp_path / "one.mp4")) as film:
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in film.decode(video=0)]
    assert len(pictures) == FRAMES
    changed = np.abs(pictures[0] - pictures[-1]).max(axis=2) > 20
    assert changed.any()
    rows = np.nonzero(changed)[0]
    assert rows.min() > 48 // 4  # the mouth, not the forehead
    assert np.median(rows) > 48 // 2
    assert sorted(path.name for path in tmp_path.glob("*.mp4")) == ["one.mp4"]
