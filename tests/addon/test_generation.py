"""A generation with a real child process and the real client: done, died midway, cancelled, decoded."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import decoding, generation, preferences, service  # noqa: E402
from mien.addon.properties import progress_of, settings_of  # noqa: E402
from mien.inference_backend import contract, formats  # noqa: E402

from tests.addon import people  # noqa: E402

STUB = Path(__file__).with_name("stub_backend")


@pytest.fixture
def stub(registered, sound_file, tmp_path, monkeypatch):
    """Let the add-on start the stub instead of the real backend; return how to choose what it does."""
    formats.write(people.random_take(contract, frames=12, fps=24.0), tmp_path / "take.npz")
    monkeypatch.setenv("STUB_TAKE", str(tmp_path / "take.npz"))
    launch = service.Launch(sys.executable, STUB, (), tmp_path / "backend.log")
    monkeypatch.setattr(generation, "launch_of", lambda _: launch)
    bpy.context.view_layer.objects.active = people.mesh_with_keys("Face", contract.CHANNELS)
    settings_of(registered).sound_path = str(sound_file)
    monkeypatch.setenv("STUB_MODE", "take")
    yield lambda mode: monkeypatch.setenv("STUB_MODE", mode)
    service.stop()


def drained(current, until):
    deadline = time.monotonic() + 60
    while not until(current) and time.monotonic() < deadline:
        current.step()
        time.sleep(0.01)
    return current


def test_a_take_comes_from_the_child_process(stub, registered):
    assert bpy.ops.mien.generate() == {"FINISHED"}
    registered.frame_set(4)
    wanted = people.random_take(contract, frames=12, fps=24.0).channel("jawOpen")[3]
    assert bpy.data.objects["Face"].data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(wanted, abs=1e-4)


def test_the_child_is_kept_for_the_next_take_and_leaves_with_the_add_on(stub):
    bpy.ops.mien.generate()
    first = service.running().pid
    bpy.ops.mien.generate()
    assert service.running().pid == first
    assert bpy.ops.mien.stop_backend() == {"FINISHED"}
    assert service.running() is None
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    bpy.ops.mien.generate()
    assert service.running().pid != first


def test_another_launch_is_another_backend(stub, tmp_path, monkeypatch):
    bpy.ops.mien.generate()
    first = service.running().pid
    other = service.Launch(sys.executable, STUB, (tmp_path,), tmp_path / "backend.log")
    monkeypatch.setattr(generation, "launch_of", lambda _: other)
    bpy.ops.mien.generate()
    assert service.running().pid != first


def test_a_child_that_dies_midway_gets_a_sentence_and_changes_nothing(stub):
    stub("die")
    with pytest.raises(RuntimeError, match="stopped before the take was done"):
        bpy.ops.mien.generate()
    assert len(bpy.data.actions) == 0
    assert progress_of(bpy.context).failed
    stub("take")
    assert bpy.ops.mien.generate() == {"FINISHED"}


def test_after_a_model_that_did_not_load_the_next_take_begins_afresh(stub):
    stub("fail")
    with pytest.raises(RuntimeError, match="The model is not there"):
        bpy.ops.mien.generate()
    first = service.running().pid
    stub("take")  # mended meanwhile
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert service.running().pid != first


def test_cancelling_is_at_once_and_the_child_lives_on(stub):
    stub("hang")
    current = generation.begin(generation.place(bpy.context))
    drained(current, lambda g: g.phase == "performing")
    assert current.phase == "performing"
    started = time.perf_counter()
    bpy.ops.mien.cancel()
    drained(current, lambda g: g.outcome is not None)
    assert isinstance(current.outcome, contract.Cancelled)
    assert time.perf_counter() - started < 1.0
    generation.finish(bpy.context)
    assert service.running() is not None
    assert len(bpy.data.actions) == 0


def test_a_python_that_is_none_gets_a_sentence(stub, tmp_path, monkeypatch):
    broken = service.Launch(str(tmp_path / "python"), STUB, (), tmp_path / "backend.log")
    monkeypatch.setattr(generation, "launch_of", lambda _: broken)
    with pytest.raises(RuntimeError, match="cannot be started"):
        bpy.ops.mien.generate()
    assert service.running() is None


def test_cancelling_while_the_child_starts_does_not_end_blender(stub, deadly_pipes):
    current = generation.begin(generation.place(bpy.context))
    current.cancel()
    drained(current, lambda g: g.outcome is not None)
    generation.finish(bpy.context)
    workers = [thread for thread in threading.enumerate() if thread.name == "mien-client"]
    for worker in workers:  # it goes on to a connection that is cut already
        worker.join(60)
    service.stop()
    assert deadly_pipes == []


def test_stopping_a_child_that_died_does_not_end_blender(stub, deadly_pipes):
    bpy.ops.mien.generate()
    os.kill(service.running().pid, signal.SIGKILL)
    service.stop()
    assert deadly_pipes == []


def test_stopping_while_the_child_starts_does_not_wait(stub):
    current = generation.begin(generation.place(bpy.context))
    service.stop()
    generation.finish(bpy.context)
    assert current.outcome is not None


def test_a_film_is_decoded_first_and_the_scrap_is_removed(stub, registered, tmp_path, monkeypatch):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")
    decoded = []

    def to_wav(source, wav, start_s, duration_s):
        decoded.append((source, wav, start_s, duration_s))
        wav.write_bytes(b"sound")

    monkeypatch.setattr(decoding, "to_wav", to_wav)
    settings_of(registered).sound_path = str(film)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    [(source, wav, start_s, duration_s)] = decoded
    assert (source, start_s, duration_s) == (film, 0.0, None)
    assert not wav.exists()


def test_a_film_that_cannot_be_decoded_gets_a_sentence(stub, registered, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")
    settings_of(registered).sound_path = str(film)
    with pytest.raises(RuntimeError, match="choose"):
        bpy.ops.mien.generate()
    assert len(bpy.data.actions) == 0


def test_own_python_of_the_preferences(registered, monkeypatch):
    class Addon:
        class preferences:  # noqa: N801
            backend = "OWN"
            python_path = ""

    class Context:
        class preferences:  # noqa: N801
            addons = {preferences.PACKAGE: Addon}

    with pytest.raises(contract.BackendFailed, match="name no Python"):
        preferences.launch_of(Context)
    Addon.preferences.python_path = sys.executable
    launch = preferences.launch_of(Context)
    assert (launch.python, launch.site_packages) == (sys.executable, ())
