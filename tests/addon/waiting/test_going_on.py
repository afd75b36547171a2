"""The animator goes on while a take is made: opens a file, undoes, deletes, quits; nothing hangs or stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import generation, operators, service  # noqa: E402
from mien.addon.properties import progress_of, settings_of  # noqa: E402
from mien.addon.waiting import background, check, forecast, status_bar  # noqa: E402
from mien.addon.waiting.command import Command  # noqa: E402
from mien.inference_backend import contract, formats  # noqa: E402

from tests.addon import people  # noqa: E402

STUB = Path(__file__).parents[1] / "stub_backend"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def stub(registered, sound_file, tmp_path, monkeypatch):
    """Let the add-on start the stub; return how to choose what it does."""
    formats.write(people.random_take(contract, frames=12, fps=24.0), tmp_path / "take.npz")
    monkeypatch.setenv("STUB_TAKE", str(tmp_path / "take.npz"))
    launch = service.Launch(sys.executable, STUB, (), tmp_path / "backend.log")
    monkeypatch.setattr(generation, "launch_of", lambda _: launch)
    monkeypatch.setattr(check, "launch_of", lambda _: launch)
    bpy.context.view_layer.objects.active = people.mesh_with_keys("Face", contract.CHANNELS)
    settings_of(registered).sound_path = str(sound_file)
    monkeypatch.setenv("STUB_MODE", "take")
    yield lambda mode: monkeypatch.setenv("STUB_MODE", mode)
    service.stop()


def begun(phase="performing"):
    current = generation.begin(generation.place(bpy.context))
    generation.show(bpy.context, current)
    deadline = time.monotonic() + 60
    while current.phase != phase and time.monotonic() < deadline:
        current.step()
        time.sleep(0.01)
    assert current.phase == phase
    generation.show(bpy.context, current)
    return current


def workers_end():
    for worker in [thread for thread in threading.enumerate() if thread.name == "mien-client"]:
        worker.join(20)
        assert not worker.is_alive()


class Modal:
    """Stands for the running operator, which needs a window."""

    _timer = None
    _remove_timer = operators.MIEN_OT_generate._remove_timer

    def __init__(self):
        self.said = []

    def report(self, kind, text):
        self.said.append((kind, text))

    def __getattr__(self, name):
        value = getattr(operators.MIEN_OT_generate, name)
        return value.__get__(self) if callable(value) else value

    def tick(self, type_="TIMER", value="NOTHING"):
        event = type("Event", (), {"type": type_, "value": value})
        return operators.MIEN_OT_generate.modal(self, bpy.context, event)


def test_the_first_take_says_that_the_backend_starts(stub):
    current = generation.Generation(generation.place(bpy.context), type("Job", (), {"events": lambda _: iter(())})())
    generation.show(bpy.context, current)
    assert forecast.told(progress_of(bpy.context).phase, -1.0) == "Starting Mien's backend"


def test_opening_a_file_cancels_and_shows_nothing_of_the_old_one(stub):
    stub("hang")
    current, waiting = begun(), Modal()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert isinstance(current.outcome, contract.Cancelled)
    assert generation.current is None
    progress = progress_of(bpy.context)
    assert (progress.running, progress.message) == (False, "")
    assert waiting.tick() == {"CANCELLED"}, "an operator that still waits leaves"
    assert len(bpy.data.actions) == 0
    workers_end()


def test_undo_meanwhile_does_not_disturb_and_the_take_still_comes(stub):
    bpy.ops.ed.undo_push(message="before")
    bpy.data.objects["Face"].location.x = 3.0
    bpy.ops.ed.undo_push(message="moved")
    current, waiting = begun(), Modal()
    bpy.ops.ed.undo()
    assert bpy.data.objects["Face"].location.x == 0.0
    deadline = time.monotonic() + 30
    while (state := waiting.tick()) == {"PASS_THROUGH"} and time.monotonic() < deadline:
        time.sleep(0.02)
    assert state == {"FINISHED"}, waiting.said
    assert current.outcome
    assert bpy.data.objects["Face"].data.shape_keys.animation_data.action


@pytest.mark.parametrize("how", ["deleted", "renamed"])
def test_a_character_that_is_gone_gets_a_sentence_and_nothing_is_keyed(stub, how):
    waiting = Modal()
    bpy.ops.ed.undo_push(message="with the face")
    begun()
    if how == "deleted":
        bpy.data.objects.remove(bpy.data.objects["Face"])
    else:
        bpy.data.objects["Face"].name = "Renamed"
    deadline = time.monotonic() + 30
    while (state := waiting.tick()) == {"PASS_THROUGH"} and time.monotonic() < deadline:
        time.sleep(0.02)
    assert state == {"CANCELLED"}
    assert "deleted or renamed" in waiting.said[-1][1]
    assert len(bpy.data.actions) == 0
    assert progress_of(bpy.context).failed


def test_escape_cancels_within_two_ticks(stub):
    stub("hang")
    begun()
    waiting = Modal()
    assert waiting.tick("LEFTMOUSE", "PRESS") == {"PASS_THROUGH"}, "the animator works on"
    assert waiting.tick("ESC", "PRESS") == {"RUNNING_MODAL"}
    assert waiting.tick() == {"CANCELLED"}
    assert waiting.said == [({"INFO"}, "The take was cancelled.")]
    assert not progress_of(bpy.context).running
    workers_end()


def test_disabling_the_add_on_midway_ends_the_child(stub):
    from mien import addon

    stub("hang")
    begun()
    pid = service.running().pid
    addon.unregister()
    try:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        workers_end()
    finally:
        addon.register()


QUIT = """
import sys, types
from pathlib import Path
root = Path(sys.argv[1])
sys.path.insert(0, str(root))
sys.modules["mien"] = types.ModuleType("mien")
sys.modules["mien"].__path__ = [str(root)]
import bpy
bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
from mien import addon
addon.register()
import atexit
atexit.register(addon.unregister)
from mien.addon import generation, service
from mien.addon.properties import settings_of
from mien.inference_backend import contract
from tests.addon import people
stub = root / "tests/addon/stub_backend"
generation.launch_of = lambda _: service.Launch(sys.executable, stub, (), Path(sys.argv[2]) / "log")
bpy.context.view_layer.objects.active = people.mesh_with_keys("Face", contract.CHANNELS)
settings_of(bpy.context.scene).sound_path = sys.argv[3]
current = generation.begin(generation.place(bpy.context))
import os, time
while current.phase != "performing":
    current.step()
    time.sleep(0.01)
print("child", service.running().pid, flush=True)
if sys.argv[4] == "killed":
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("how", ["quit", "killed"])
def test_quitting_blender_midway_leaves_no_process(sound_file, tmp_path, how):
    env = {**os.environ, "STUB_MODE": "hang", "STUB_TAKE": "none", "BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    command = [sys.executable, "-c", QUIT, str(ROOT), str(tmp_path), str(sound_file), how]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180)
    told = [line for line in done.stdout.splitlines() if line.startswith("child")]
    assert told, done.stderr[-2000:]
    child, deadline = int(told[0].split()[1]), time.monotonic() + 10
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(child)


def _lives(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_command_in_the_background_ends_with_the_file(registered, tmp_path, monkeypatch):
    (tmp_path / "inference_backend").mkdir()
    (tmp_path / "inference_backend" / "__main__.py").write_text("import time; time.sleep(60)")
    command = Command(service.Launch(sys.executable, tmp_path, (), tmp_path / "log"), ["style"])
    monkeypatch.setattr(background, "_running", command)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert command.ended
    assert background._running is None


def test_the_status_bar_shows_progress_only_while_there_is_some(registered):
    class Layout:
        def __init__(self, drawn):
            self.drawn = drawn

        def row(self, **_):
            return Layout(self.drawn)

        def progress(self, factor, text):
            self.drawn.append((round(factor, 2), text))

        def operator(self, name, **_):
            self.drawn.append(name)

        def label(self, **_):
            pass

        def separator(self):
            pass

    def drawn():
        header = type("Header", (), {"layout": Layout([])})
        status_bar.draw(header, bpy.context)
        return header.layout.drawn

    assert drawn() == []
    progress = progress_of(bpy.context)
    progress.running, progress.fraction, progress.phase, progress.left_s = True, 0.25, "acting", 12.0
    assert drawn() == [(0.25, "Mien: Acting, 12 s left"), "mien.cancel"]


def test_the_check_says_which_provider_it_got(stub):
    assert bpy.ops.mien.check_backend() == {"FINISHED"}
    assert check.last.lines[0].startswith("Runs on stub; answered after")
    assert service.running() is not None
    service.stop()
    stub("fail")
    with pytest.raises(RuntimeError, match="The model is not there"):
        bpy.ops.mien.check_backend()
    assert check.last.failed


def test_a_server_that_is_not_there_has_a_sentence(stub, monkeypatch):
    there = service.Elsewhere("http://127.0.0.1:9", "secret")
    monkeypatch.setattr(generation, "launch_of", lambda _: there)
    monkeypatch.setattr(check, "launch_of", lambda _: there)
    for operator in (bpy.ops.mien.generate, bpy.ops.mien.check_backend):
        with pytest.raises(RuntimeError, match=r"No Mien server answers at http://127\.0\.0\.1:9; check the address"):
            operator()
    assert len(bpy.data.actions) == 0


def test_a_take_comes_from_a_server_elsewhere(stub, monkeypatch):
    own = generation.launch_of(None)
    backend = service.ensure(own)
    monkeypatch.setattr(generation, "launch_of", lambda _: service.Elsewhere(backend.url, backend.token))
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert backend.alive
    monkeypatch.setattr(generation, "launch_of", lambda _: service.Elsewhere(backend.url, "wrong"))
    with pytest.raises(RuntimeError):
        bpy.ops.mien.generate()
