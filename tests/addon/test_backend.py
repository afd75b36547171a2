from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mien.addon.backend import Backend, command_and_env
from mien.inference_backend.contract import BackendFailed

ROOT = Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests" / "inference_backend" / "server" / "fake_backend.py"


def scripted(code):
    """A command that runs code in the place of the backend, and its environment."""
    return [sys.executable, "-u", "-c", code], command_and_env(sys.executable, ROOT, [])[1]


def fake_backend(load="fast"):
    pytest.importorskip("uvicorn")
    command, env = command_and_env(sys.executable, ROOT, [])
    return [*command[: command.index("-m")], str(FAKE), load], env


@pytest.fixture
def log_path(tmp_path):
    return tmp_path / "logs" / "backend.log"


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_command_and_env_hold_only_our_import_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    monkeypatch.setenv("PYTHONHOME", "/somewhere/else")
    command, env = command_and_env("/a/python", ROOT, [tmp_path])
    assert command[0] == "/a/python"
    assert {"-s", "-u"} <= set(command)
    assert command[-3:] == ["-m", "inference_backend", "serve"]
    assert env["PYTHONPATH"] == f"{ROOT}{os.pathsep}{tmp_path}"
    assert "PYTHONHOME" not in env
    assert env["ORT_DISABLE_TELEMETRY"] == "1"
    assert env["PATH"] == os.environ["PATH"]


def test_the_command_line_serves(log_path):
    pytest.importorskip("uvicorn")
    pytest.importorskip("typer")
    backend = Backend.start(*command_and_env(sys.executable, ROOT, []), log_path)
    try:
        assert backend.alive
        assert backend.url == f"http://127.0.0.1:{backend.port}"
        deadline = time.monotonic() + 20
        while "model" not in " ".join(backend.last_log_lines()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert "model" in " ".join(backend.last_log_lines())  # ready, or why it is not
    finally:
        backend.stop()
    assert not backend.alive


def test_start_and_stop_leave_no_process(log_path):
    backend = Backend.start(*fake_backend(), log_path)
    assert backend.alive
    assert backend.token not in " ".join(backend._process.args)
    backend.stop()
    assert not backend.alive
    assert is_gone(backend.pid)
    backend.stop()


def test_the_log_is_of_this_run_only(log_path):
    for _ in range(2):
        backend = Backend.start(*fake_backend("broken"), log_path)
        deadline = time.monotonic() + 30
        while "onnxruntime" not in " ".join(backend.last_log_lines()) and time.monotonic() < deadline:
            time.sleep(0.01)
        backend.stop()
        assert " ".join(backend.last_log_lines()).count("Traceback") == 1
    assert log_path.read_text().count("Traceback") == 2


def test_a_process_that_dies_at_once_is_reported_with_its_last_words(log_path):
    command, env = scripted("import sys; sys.exit('the disk is full')")
    with pytest.raises(BackendFailed, match=r"exit status 1.*the disk is full.*preferences"):
        Backend.start(command, env, log_path)


def test_a_python_without_the_packages_is_told_by_name(log_path):
    command, env = scripted("import no_such_package.inside")
    with pytest.raises(BackendFailed, match=r"lacks the package no_such_package: install it there, or .* preferences"):
        Backend.start(command, env, log_path)


def test_a_missing_python_is_reported(log_path):
    with pytest.raises(BackendFailed, match=r"/no/such/python.*preferences"):
        Backend.start(["/no/such/python"], {}, log_path)


def test_a_log_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackendFailed, match=str(tmp_path)):
        Backend.start(*scripted("pass"), tmp_path / "file" / "backend.log")


def test_a_silent_process_is_reported_and_ended(log_path, monkeypatch):
    spawned = []
    spawn = Backend.spawn
    monkeypatch.setattr(Backend, "spawn", lambda *args: spawned.append(spawn(*args)) or spawned[0])
    with pytest.raises(BackendFailed, match=r"did not answer within 0\.2 s"):
        Backend.start(*scripted("import sys; sys.stdin.read()"), log_path, timeout_s=0.2)
    assert not spawned[0].alive


def test_another_protocol_is_reported(log_path):
    code = 'import sys; print(\'{"port": 1, "pid": 2, "protocol": 99}\'); sys.stdin.read()'
    with pytest.raises(BackendFailed, match=r"protocol 99.*install the same version"):
        Backend.start(*scripted(code), log_path)


def test_noise_before_the_hello_is_passed_over(log_path):
    code = 'import sys; print(\'welcome\'); print(\'{"port": 7, "pid": 2, "protocol": 3}\'); sys.stdin.read()'
    backend = Backend.start(*scripted(code), log_path)
    backend.stop()
    assert backend.port == 7


def test_a_stubborn_process_is_killed(log_path, monkeypatch):
    monkeypatch.setattr("mien.addon.backend.STOP_WAIT_S", 0.2)
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        'print(\'{"port": 1, "pid": 2, "protocol": 3}\'); time.sleep(60)'
    )
    backend = Backend.start(*scripted(code), log_path)
    backend.stop()
    assert not backend.alive


def test_it_is_stopped_at_the_exit_of_python(log_path):
    command, env = fake_backend()
    code = (
        "import sys, types; mien = types.ModuleType('mien'); "
        f"mien.__path__ = [{str(ROOT)!r}]; sys.modules['mien'] = mien\n"
        "from mien.addon.backend import Backend\n"
        "from pathlib import Path\n"
        f"backend = Backend.start({command!r}, {{**__import__('os').environ, **{env!r}}}, Path({str(log_path)!r}))\n"
        "print(backend.pid)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert is_gone(int(done.stdout))
