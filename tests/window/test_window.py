"""A day with the packaged zip in a real Blender window: `python3 build.py test --window`.

MIEN_BLENDER is the command of the Blender (default: `blender`). MIEN_SCREENSHOT is a command that saves the screen
in the PNG that is added to it, such as `import -window root`; with it, pictures of the sidebar come into out/window.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = ROOT / "out" / "window"
SPEECH = ROOT / "addon" / "assets" / "demo_speech.wav"
LIMIT_S = 1500
STALL_LIMIT_S = 0.1

Seen = dict[str, Any]


@pytest.fixture(scope="module")
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
def seen(blender: list[str], tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What the session in the window saw."""
    if "MIEN_PACKAGE" not in os.environ:
        pytest.skip("no package: `build.py test --window` makes one and names it in MIEN_PACKAGE")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    sound = shutil.copy2(SPEECH, FOLDER / "speech.wav")
    package = shutil.copy2(os.environ["MIEN_PACKAGE"], FOLDER / "mien.zip")
    asked = {"package": str(package), "sound": str(sound), "long_sound": str(_repeated(SPEECH, 20))}
    (FOLDER / "asked.json").write_text(json.dumps(asked))
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= {"MIEN_SESSION": str(FOLDER), "BLENDER_USER_RESOURCES": str(tmp_path_factory.mktemp("blender"))}
    command = [*blender, "--enable-event-simulate", "--python", str(HERE / "session.py")]
    with (FOLDER / "blender.log").open("w") as log:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        _watch(process)
    seen = json.loads((FOLDER / "seen.json").read_text())
    assert "error" not in seen, seen["error"]
    return seen


def _repeated(sound: Path, times: int) -> Path:
    """Write a sound several times over, so that there is time to cancel its take."""
    file = FOLDER / "long.wav"
    with wave.open(str(sound)) as once, wave.open(str(file), "wb") as all_of_it:
        all_of_it.setparams(once.getparams())
        all_of_it.writeframes(once.readframes(once.getnframes()) * times)
    return file


def _watch(process: subprocess.Popen) -> None:
    """Take pictures as they are asked for, until Blender ends."""
    started = time.monotonic()
    while process.poll() is None:
        for wanted in FOLDER.glob("*.wanted"):
            taken = wanted.with_suffix(".taken")
            if not taken.exists() and (box := wanted.read_text()):
                _photograph(wanted.with_suffix(".png"), json.loads(box))
                taken.touch()
        if time.monotonic() - started > LIMIT_S:
            process.kill()
            pytest.fail(f"Blender did not end within {LIMIT_S} s; see {FOLDER / 'blender.log'}")
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


def test_the_zip_installs_and_the_panel_asks_for_a_character(seen: Seen):
    assert seen["enabled"]
    assert "character" in seen["reason_without_character"].lower()
    assert seen["demo_speaks"]


def test_a_take_is_made_from_the_window(seen: Seen):
    assert not seen["generate"]["failed"], seen["generate"]["said"]
    assert len(seen["takes"]) == 1
    assert max(seen["jaw"]) - min(seen["jaw"]) > 0.1


@pytest.mark.parametrize("part", ["generate", "cancel"])
def test_the_window_stays_alive_meanwhile(seen: Seen, part: str):
    assert seen[part]["ticks"] > 3
    assert seen[part]["longest_tick_s"] < STALL_LIMIT_S
    # Drawing counts too, and may come twice between two ticks: 0.8 s each where a processor does it.
    assert seen[part]["longest_stall_s"] < STALL_LIMIT_S + 2 * seen["redraw_s"]


def test_escape_cancels_and_leaves_nothing(seen: Seen):
    assert seen["cancel"]["nothing_changed"]
    assert "cancel" in seen["cancel"]["said"].lower()


def test_another_seed_is_another_take(seen: Seen):
    assert len(seen["regenerate"]["takes"]) == 2
    assert len(set(seen["regenerate"]["seeds"])) == 2
    assert seen["regenerate"]["another"]


def test_takes_are_switched_and_swapped(seen: Seen):
    assert seen["switch"] == {"first_again": True, "swapped": True, "back": True}


def test_keys_follow_the_gain_and_undo_takes_it_back(seen: Seen):
    assert max(seen["shape"]["jaw"]) < 0.8 * max(seen["jaw"])
    assert seen["undo"] == {"gain": 1.0, "jaw_as_before": True}
    assert seen["redo"] == {"gain": 0.5, "jaw_as_shaped": True}


def test_takes_are_in_the_file_and_opening_it_cancels(seen: Seen):
    opened = seen["opened"]
    assert opened["takes"] == seen["regenerate"]["takes"]
    assert (opened["gain"], opened["jaw_as_shaped"], opened["running"]) == (0.5, True, False)
    assert opened["bytes"] < 20e6


def test_the_character_is_exported(seen: Seen):
    files = list(FOLDER.glob("*.fbx"))
    assert len(files) == 1
    assert files[0].read_bytes().startswith(b"Kaydara FBX Binary")


def test_a_character_that_is_deleted_meanwhile_is_missed_in_a_sentence(seen: Seen):
    assert "deleted or renamed" in seen["lost"]["said"]


def test_quitting_midway_leaves_no_backend(seen: Seen):
    assert seen["running_at_the_end"]
    address = urlsplit(seen["backend_url"])
    with socket.socket() as connection:
        assert connection.connect_ex((address.hostname, address.port)) != 0


def test_no_python_error_is_in_blenders_log(seen: Seen):
    assert "Traceback" not in (FOLDER / "blender.log").read_text(errors="replace")
