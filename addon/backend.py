"""The backend as a child process: start it, know whether it lives, read its log, stop it. No bpy here.

It is never started again by itself, and it leaves when its stdin ends, so it cannot outlive Blender.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import secrets
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any, cast

import requests

from ..inference_backend.contract import PROTOCOL, BackendFailed

HELLO_TIMEOUT_S = 60.0
"""Longest wait for the hello line: a first start compiles Python files, and a virus scanner may read them all."""
CREATION_FLAGS: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""So that Windows opens no console for a process."""
STOP_WAIT_S = 3.0
"""Longest wait for the process to leave after each way of asking."""
LOG_LIMIT_BYTES = 1_000_000
"""A log beyond this size is begun afresh at the next start."""


def command_and_env(
    python: str, extension_root: Path, site_packages: list[Path], arguments: Sequence[str] = ("serve",)
) -> tuple[list[str], dict[str, str]]:
    """Make the command line and the environment that run a command of an installation's backend with a Python.

    The environment holds nothing of ours or the user's Python settings but the import path given here; -P keeps
    the working directory off that path.
    """
    env = {name: value for name, value in os.environ.items() if not name.upper().startswith("PYTHON")}
    env["PYTHONPATH"] = os.pathsep.join(str(folder) for folder in [extension_root, *site_packages])
    env["PYTHONUTF8"] = "1"
    env["ORT_DISABLE_TELEMETRY"] = "1"  # ONNX Runtime reports its use to its maker unless told not to
    return [python, "-P", "-s", "-u", "-m", "inference_backend", *arguments], env


class Backend:
    """One backend process."""

    def __init__(self, process: subprocess.Popen[bytes], token: str, log_path: Path, log_start: int) -> None:
        self.token = token
        self.log_path = log_path
        self.port: int | None = None
        self._process = process
        self._stdin = cast(IO[bytes], process.stdin)
        self._stdout = cast(IO[bytes], process.stdout)
        self._log_start = log_start

    @classmethod
    def start(
        cls, command: list[str], env: dict[str, str], log_path: Path, timeout_s: float = HELLO_TIMEOUT_S
    ) -> Backend:
        """Spawn the process and wait for its hello; raise BackendFailed. Slow: call it outside Blender's UI thread."""
        backend = cls.spawn(command, env, log_path)
        try:
            backend.wait_hello(timeout_s)
        except BaseException:
            backend.stop()
            raise
        return backend

    @classmethod
    def spawn(cls, command: list[str], env: dict[str, str], log_path: Path) -> Backend:
        """Start the process and hand it its token; raise BackendFailed where either fails. Returns at once."""
        token = secrets.token_urlsafe(32)
        try:
            log_path.parent.mkdir(parents=True, exist_ok=True)
            with log_path.open(_log_mode(log_path)) as log:
                log_start = log.tell()
                process = subprocess.Popen(
                    command,
                    env=env,
                    cwd=log_path.parent,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    creationflags=CREATION_FLAGS,
                )
        except OSError as error:
            raise not_started(error) from error
        backend = cls(process, token, log_path, log_start)
        atexit.register(backend.stop)
        with contextlib.suppress(OSError):  # a process that died already is reported by wait_hello
            backend._stdin.write(f"{token}\n".encode())
            backend._stdin.flush()
        return backend

    def wait_hello(self, timeout_s: float = HELLO_TIMEOUT_S) -> None:
        """Wait until the process has told its port; raise BackendFailed."""
        lines: SimpleQueue[bytes] = SimpleQueue()
        threading.Thread(target=_read_lines, args=(self._stdout, lines), daemon=True).start()
        deadline = time.monotonic() + timeout_s
        hello = None
        while hello is None:
            try:
                line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise BackendFailed(
                    f"The backend did not answer within {timeout_s:g} s of its start; {self._see_log()}"
                ) from None
            if not line:
                raise BackendFailed(f"The backend did not start{self._exit_status()}; {self._see_log()}")
            hello = _parse_hello(line)
        if hello.get("protocol") != PROTOCOL:
            raise BackendFailed(protocol_mismatch(hello.get("protocol")))
        self.port = hello["port"]

    @property
    def url(self) -> str:
        """Address of the service, once the hello has come."""
        if self.port is None:
            raise BackendFailed("The backend has not started yet; press Generate again in a moment.")
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def last_log_lines(self, count: int = 20) -> list[str]:
        """Read the end of what this process wrote into the log."""
        try:
            with self.log_path.open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(self._log_start, size - 65536))
                text = log.read().decode("utf-8", "replace")
        except OSError:
            return []
        return [line for line in text.splitlines() if line.strip()][-count:]

    def stop(self) -> None:
        """End the process: ask, wait, terminate, kill. Safe to call twice, and at the exit of Python."""
        atexit.unregister(self.stop)
        if self.alive:
            self._ask_to_leave()
        for force in (None, self._process.terminate, self._process.kill):
            if force and self.alive:
                force()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_WAIT_S)
                break
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                pipe.close()

    def _ask_to_leave(self) -> None:
        if self.port is not None:
            with contextlib.suppress(requests.RequestException), session() as http:
                http.post(f"{self.url}/shutdown", headers=authorization(self.token), timeout=(0.5, 1.0))
        with contextlib.suppress(OSError):
            self._stdin.close()

    def _exit_status(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return f" (exit status {self._process.wait(1.0)})"
        return ""

    def _see_log(self) -> str:
        tail = " / ".join(line.strip() for line in self.last_log_lines(3))
        if lacking := re.search(r"No module named '?([\w.]+)", tail):
            return (
                f"its Python lacks the package {lacking[1]}: install it there, or name another in Mien's preferences."
            )
        said = f"its log ends: {tail} — " if tail else ""
        return f"{said}check the Python in the preferences, or read {self.log_path}."


def not_started(error: OSError) -> BackendFailed:
    """Say that the system would not start the backend's Python."""
    return BackendFailed(
        f"The backend cannot be started ({error.strerror}: {error.filename}); check the Python in the preferences."
    )


def session() -> requests.Session:
    """Make an HTTP session that ignores proxies and other settings of the environment: loopback only."""
    http = requests.Session()
    http.trust_env = False
    return http


def authorization(token: str) -> dict[str, str]:
    """Make the header that every request carries."""
    return {"Authorization": f"Bearer {token}"}


def protocol_mismatch(theirs: object) -> str:
    """Say that add-on and backend are of different versions."""
    return (
        f"The backend speaks protocol {theirs} and this add-on protocol {PROTOCOL}; "
        "install the same version of Mien in the Python that the preferences name."
    )


def _log_mode(log_path: Path) -> str:
    fresh = log_path.exists() and log_path.stat().st_size > LOG_LIMIT_BYTES
    return "wb" if fresh else "ab"


def _read_lines(pipe: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    """Pass on the lines of a pipe, then b'' at its end."""
    with contextlib.suppress(OSError, ValueError):
        for line in pipe:
            lines.put(line)
    lines.put(b"")


def _parse_hello(line: bytes) -> dict[str, Any] | None:
    """Read the hello; None for any other line, such as a greeting of the user's Python."""
    try:
        hello = json.loads(line)
    except ValueError:
        return None
    return hello if isinstance(hello, dict) and isinstance(hello.get("port"), int) else None
