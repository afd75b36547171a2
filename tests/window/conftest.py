"""A Blender window, and what lives in it: a session is a script that plays the user; pictures are taken beside it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SPEECH = ROOT / "addon" / "assets" / "demo_speech.wav"
LIMIT_S = 1500

Seen = dict[str, Any]
Lived = Callable[[str], tuple[Seen, Path]]
"""Lives a session by its name; returns what was seen, and the folder of its files."""


@pytest.fixture(scope="session")
def blender() -> list[str]:
    """The command that opens Blender's window."""
    if named := os.environ.get("MIEN_BLENDER"):
        return shlex.split(named)
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        pytest.skip("no screen to open Blender on; MIEN_BLENDER may name a command that opens it elsewhere")
    if found := shutil.which("blender"):
        return [found]
    pytest.skip("no blender in the PATH; name its command in MIEN_BLENDER")


@pytest.fixture(scope="module")
def lived(blender: list[str], tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Live a session in a window of a Blender that was never used before."""
    if "MIEN_PACKAGE" not in os.environ:
        pytest.skip("no package: `build.py test --window` makes one and names it in MIEN_PACKAGE")

    def live(name: str) -> tuple[Seen, Path]:
        folder = ROOT / "out" / "window" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        asked = {"package": str(shutil.copy2(os.environ["MIEN_PACKAGE"], folder / "mien.zip"))}
        asked |= {
            "sound": str(shutil.copy2(SPEECH, folder / "speech.wav")),
            "long_sound": str(_repeated(folder, "long", 20)),
        }
        asked["minute"] = str(_repeated(folder, "minute", 10))
        (folder / "asked.json").write_text(json.dumps(asked))
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        env |= {"MIEN_SESSION": str(folder), "BLENDER_USER_RESOURCES": str(tmp_path_factory.mktemp("blender"))}
        command = [*blender, "--enable-event-simulate", "--python", str(HERE / f"{name}_session.py")]
        with (folder / "blender.log").open("w") as log:
            process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
            _watch(process, folder)
        (folder / "mien.zip").unlink()
        seen = json.loads((folder / "seen.json").read_text())
        assert "error" not in seen, seen["error"]
        return seen, folder

    return live


def _repeated(folder: Path, name: str, times: int) -> Path:
    """Write the speech, of 6 s, several times over: a take to be cancelled, or long to be keyed."""
    file = folder / f"{name}.wav"
    with wave.open(str(SPEECH)) as once, wave.open(str(file), "wb") as all_of_it:
        all_of_it.setparams(once.getparams())
        all_of_it.writeframes(once.readframes(once.getnframes()) * times)
    return file


def _watch(process: subprocess.Popen, folder: Path) -> None:
    """Take pictures as they are asked for, until Blender ends."""
    started = time.monotonic()
    while process.poll() is None:
        for wanted in folder.glob("*.wanted"):
            taken = wanted.with_suffix(".taken")
            if not taken.exists() and (box := wanted.read_text()):
                _photograph(wanted.with_suffix(".png"), json.loads(box))
                taken.touch()
        if time.monotonic() - started > LIMIT_S:
            process.kill()
            pytest.fail(f"Blender did not end within {LIMIT_S} s; see {folder / 'blender.log'}")
        time.sleep(0.05)


def _photograph(file: Path, box: dict[str, int]) -> None:
    """Save what the screen shows at a place, where a command for that is named."""
    if not (command := os.environ.get("MIEN_SCREENSHOT")):
        return
    from PIL import Image

    subprocess.run([*shlex.split(command), file], check=True, timeout=60)
    with Image.open(file) as screen:
        left, top = box["left"], box["top"]
        part = screen.convert("RGB").crop((left, top, left + box["width"], top + box["height"]))
    part.save(file, optimize=True)
