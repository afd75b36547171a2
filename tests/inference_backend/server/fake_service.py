"""The service in a thread of the test, with a stand-in for the model."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
import wave
from dataclasses import dataclass

import numpy as np
import pytest
import requests

TOKEN = "a-token-for-tests"


def wav_bytes(duration_s=0.5, rate=16000):
    tone = (np.sin(np.arange(int(duration_s * rate)) * 0.1) * 8000).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(tone.tobytes())
    return buffer.getvalue()


@dataclass
class Service:
    url: str
    worker: object
    generator: object

    def get_health(self, **headers):
        return requests.get(f"{self.url}/health", headers=_headers(headers), timeout=30)

    def generate(self, request='{"style": ""}', audio=None, name="hello.wav", params=None, **headers):
        files = {"audio": (name, wav_bytes() if audio is None else audio)}
        return self.post_form(files=files, data={"request": request}, params=params, **headers)

    def post_form(self, headers=None, **form):
        return requests.post(f"{self.url}/generate", headers=_headers(headers or {}), timeout=30, stream=True, **form)

    def wait_ready(self):
        wait_until(lambda: self.get_health().json()["state"] != "loading")


def _headers(extra):
    return {"Authorization": f"Bearer {TOKEN}", **extra}


def wait_until(condition, timeout_s=30.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


@contextlib.contextmanager
def serving(load=None, capacity=16, max_upload_bytes=4 * 1024**2):
    uvicorn = pytest.importorskip("uvicorn")
    from fake_backend import FakeGenerator

    from inference_backend.server.app import create_app
    from inference_backend.server.jobs import Worker

    generator = FakeGenerator()
    worker = Worker(load or (lambda: generator), capacity)
    app = create_app(worker, TOKEN, lambda: None, max_upload_bytes)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        worker.start()
        service = Service(f"http://127.0.0.1:{listener.getsockname()[1]}", worker, generator)
        try:
            yield service
        finally:
            server.should_exit = True
            worker.close()
            thread.join(10)
