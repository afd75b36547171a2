from __future__ import annotations

import io
import json
import socket
import sys
import threading
import time
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from mien.addon import client
from mien.addon.backend import Backend, command_and_env
from mien.inference_backend.contract import (
    BackendFailed,
    BadSound,
    Busy,
    Cancelled,
    MienError,
    Progress,
    Request,
    Take,
)
from mien.inference_backend.formats import npz

ROOT = Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests" / "inference_backend" / "server" / "fake_backend.py"
READY = {"state": "ready", "detail": "", "provider": "Fake", "protocol": 3, "version": "0", "max_upload_bytes": 10**6}


def wav_bytes():
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    return buffer.getvalue()


def outcome(job, timeout_s=30.0):
    """Wait for a job; return its progress events and its last event."""
    assert job.wait(timeout_s)
    *progress, last = job.events()
    assert all(isinstance(event, Progress) for event in progress)
    assert list(job.events()) == []
    return progress, last


def events_until(job, phase, timeout_s=30.0):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        for event in job.events():
            assert isinstance(event, Progress), event
            if event.phase == phase:
                return
        time.sleep(0.002)
    raise AssertionError(f"no {phase}")


class Script:
    """A server that says what the test tells it to: health, then the pieces of a reply, then it hangs up."""

    def __init__(self, *pieces, health=READY, status=200, hang=False):
        self.pieces, self.health, self.status = pieces, health, status
        self.forms, self.release = [], threading.Event()
        if not hang:
            self.release.set()

    def __enter__(self):
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = json.dumps(script.health).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                script.forms.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(script.status)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in script.pieces:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                script.release.wait(10)
                if script.status != 200:
                    self.wfile.write(b"0\r\n\r\n")
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,)).start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def submit(self, audio=b"RIFF", **fields):
        return client.submit(self.url, "token", audio, Request(**fields))


def line(**fields):
    return json.dumps(fields).encode() + b"\n"


def take_of(frames):
    return Take(30.0, np.full((frames, 52), 0.25, np.float32), np.zeros((frames, 3), np.float32))


def start(tmp_path, load="fast"):
    pytest.importorskip("uvicorn")
    command, env = command_and_env(sys.executable, ROOT, [])
    return Backend.start([*command[: command.index("-m")], str(FAKE), load], env, tmp_path / "backend.log")


@pytest.fixture
def backend(tmp_path):
    running = start(tmp_path)
    yield running
    running.stop()


def submit(backend, style="", audio=None, **fields):
    return client.submit(backend.url, backend.token, audio or wav_bytes(), Request(style=style, **fields))


def test_a_take_comes_back(backend, tmp_path):
    path = tmp_path / 'a "näme".wav'
    path.write_bytes(wav_bytes())
    progress, take = outcome(submit(backend, audio=path, fps=24))
    assert isinstance(take, Take)
    assert (take.fps, len(take)) == (24, 12)
    assert {"starting", "reading", "sampling"} <= {event.phase for event in progress}


def test_the_client_waits_for_the_model(tmp_path):
    backend = start(tmp_path, "slow")
    progress, take = outcome(submit(backend))
    backend.stop()
    assert isinstance(take, Take)
    assert "loading" in {event.phase for event in progress}


def test_a_model_that_cannot_load_is_reported(tmp_path):
    backend = start(tmp_path, "failing")
    _, error = outcome(submit(backend))
    backend.stop()
    assert isinstance(error, BackendFailed)
    assert "weights are missing" in str(error)


def test_launch_starts_the_backend_in_the_worker_thread(tmp_path):
    pytest.importorskip("uvicorn")
    backends, may_start = [], threading.Event()

    def slow_start():
        may_start.wait()
        backends.append(start(tmp_path))
        return backends[0]

    job = client.launch(slow_start, wav_bytes(), Request())
    may_start.set()  # launch has returned, though nothing has started
    _, take = outcome(job)
    backends[0].stop()
    assert isinstance(take, Take)


def test_cancel_returns_at_once_and_frees_the_backend(backend):
    job = submit(backend, "endless")
    events_until(job, "sampling")
    job.cancel()
    assert job.ended
    assert isinstance(list(job.events())[-1], Cancelled)
    _, take = outcome(submit(backend))
    assert isinstance(take, Take)  # which it would not be for a minute, were the first job still running


def test_cancel_wakes_a_client_whose_server_is_silent():
    with Script(hang=True) as script:
        job = script.submit()
        while not script.forms:
            time.sleep(0.002)
        job.cancel()
        _, error = outcome(job, 0.0)
        assert isinstance(error, Cancelled)
        deadline = time.monotonic() + 20
        while any(thread.name == "mien-client" for thread in threading.enumerate()):
            assert time.monotonic() < deadline, "the worker thread still waits"
            time.sleep(0.005)


def test_nothing_follows_a_cancellation():
    with Script(line(fraction=0.5, phase="sampling"), line(take_bytes=3), b"abc", hang=True) as script:
        job = script.submit()
        job.cancel()
        job.cancel()
        _, error = outcome(job)
        assert isinstance(error, Cancelled)


def test_the_scripted_server_is_understood():
    data = npz.dumps(take_of(9))
    whole = line(fraction=0.5, phase="sampling") + line(take_bytes=len(data)) + data
    with Script(*[whole[i : i + 100] for i in range(0, len(whole), 100)]) as script:  # lines cut anywhere
        progress, take = outcome(script.submit(style="happy"))
    assert progress[-1] == Progress(0.5, "sampling")
    assert (take.values == 0.25).all()
    assert b'"style": "happy"' in script.forms[0]


def test_variations_come_together_or_not_at_all():
    takes = [npz.dumps(take_of(frames)) for frames in (7, 8, 9)]
    pieces = [line(fraction=0.5, phase="sampling"), *(line(take_bytes=len(data)) + data for data in takes)]
    with Script(*pieces) as script:
        job = client.submit(script.url, "token", b"RIFF", Request(), 3)
        assert job.wait(30)
        events = list(job.events())
    assert [len(event) for event in events if isinstance(event, Take)] == [7, 8, 9]
    with Script(*pieces) as script:
        job = client.submit(script.url, "token", b"RIFF", Request(), 4)
        assert isinstance(outcome(job)[1], BackendFailed)


def test_variations_come_from_the_service(backend):
    job = client.submit(backend.url, backend.token, wav_bytes(), Request(seed=5), 4)
    assert job.wait(30)
    assert [event.meta["seed"] for event in job.events() if isinstance(event, Take)] == [5, 6, 7, 8]


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (line(fraction=0.5, phase="sampling"),),
        (b'{"fraction": 0.',),
        (line(take_bytes=5000), b"PK"),
    ],
)
def test_a_backend_that_dies_midway_is_reported_with_what_to_do(pieces):
    with Script(*pieces) as script:
        _, error = outcome(script.submit())
    assert isinstance(error, BackendFailed)
    assert "press Generate" in str(error)


def test_a_real_process_that_dies_midway_is_reported(backend):
    _, error = outcome(submit(backend, "crash"))
    assert isinstance(error, BackendFailed)
    assert "stopped before the take was done" in str(error)
    _, error = outcome(submit(backend))  # and now nobody listens
    assert isinstance(error, BackendFailed)


def test_a_silent_backend_is_reported(monkeypatch):
    monkeypatch.setattr(client, "SILENCE_TIMEOUT_S", 0.1)
    with Script(line(fraction=0.5, phase="sampling"), hang=True) as script:
        _, error = outcome(script.submit())
    assert isinstance(error, BackendFailed)
    assert "does not answer" in str(error)


@pytest.mark.parametrize(
    ("style", "leaf", "word"), [("bad", BadSound, "no speech"), ("bug", BackendFailed, "ZeroDivisionError")]
)
def test_errors_of_the_backend_arrive_as_their_kind(backend, style, leaf, word):
    _, error = outcome(submit(backend, style))
    assert type(error) is leaf
    assert word in str(error)


@pytest.mark.parametrize(
    ("body", "leaf", "word"),
    [
        (line(error="The queue is full; wait.", kind="busy"), Busy, "queue"),
        (line(error="New trouble; wait.", kind="new"), BackendFailed, "trouble"),
        (b"<html>", BackendFailed, "503"),
    ],
)
def test_refusals_are_understood(body, leaf, word):
    with Script(body, status=503) as script:
        _, error = outcome(script.submit())
    assert type(error) is leaf
    assert word in str(error)


def test_another_protocol_is_reported():
    with Script(health={**READY, "protocol": 99}) as script:
        _, error = outcome(script.submit())
    assert isinstance(error, BackendFailed)
    assert "protocol 99" in str(error)


def test_a_wrong_token_is_reported(backend):
    _, error = outcome(client.submit(backend.url, "wrong", wav_bytes(), Request()))
    assert isinstance(error, BackendFailed)
    assert "token" in str(error)


def test_files_that_cannot_be_sent_are_reported(tmp_path):
    with Script() as script:
        _, missing = outcome(script.submit(tmp_path / "missing.wav"))
        _, folder = outcome(script.submit(tmp_path))
        _, large = outcome(script.submit(bytes(10**6 + 1)))
        assert script.forms == []
    for error, word in [(missing, "does not exist"), (folder, "cannot be read"), (large, "larger than")]:
        assert isinstance(error, BadSound)
        assert word in str(error)


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Script(line(error="reached", kind="bad_sound")) as script:
        _, error = outcome(script.submit())
    assert str(error) == "reached"


def test_a_failing_start_is_reported_and_a_bug_is_not_silent():
    def cannot():
        raise BackendFailed("No Python; set one in the preferences.")

    def bug():
        raise KeyError("oops")

    assert str(outcome(client.launch(cannot, b"", Request()))[1]).startswith("No Python")
    error = outcome(client.launch(bug, b"", Request()))[1]
    assert isinstance(error, MienError)
    assert "KeyError" in str(error)
