"""The client: a worker thread that speaks with the backend and puts small events on a queue. No bpy here.

The connection is the job: closing it cancels.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, BinaryIO, Protocol

import requests
import urllib3
import urllib3.connection
import urllib3.filepost
from requests.adapters import HTTPAdapter

from ..inference_backend.contract import (
    PROTOCOL,
    BackendFailed,
    BadRequest,
    BadSound,
    Busy,
    Cancelled,
    MienError,
    Progress,
    Request,
    Take,
)
from ..inference_backend.formats import npz
from .backend import authorization, protocol_mismatch, session

logger = logging.getLogger(__name__)

READY_TIMEOUT_S = 180.0
"""Longest wait for the model to load."""
HEALTH_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 5.0
SILENCE_TIMEOUT_S = 60.0
"""Longest silence in the middle of a job; the backend says something every two seconds."""

Event = Progress | Take | MienError

_DIED = "The backend stopped before the take was done; press Generate to start it again."
_SILENT = "The backend does not answer any more; press Cancel, then Generate to start again."
_KINDS = {leaf.kind: leaf for leaf in (BadRequest, BadSound, BackendFailed, Busy, Cancelled)}


class Address(Protocol):
    """Where a backend listens and what it asks for; a Backend is one."""

    @property
    def url(self) -> str: ...  # noqa: D102

    @property
    def token(self) -> str: ...  # noqa: D102


def submit(url: str, token: str, audio: Path | bytes, request: Request) -> Job:
    """Ask the backend at url for a take, in a worker thread; returns at once."""
    return launch(lambda: _Address(url, token), audio, request)


def launch(start: Callable[[], Address], audio: Path | bytes, request: Request) -> Job:
    """Like submit, but find or start the backend in the worker thread too; start() may be slow and raise MienError."""
    job = Job()
    threading.Thread(target=_work, args=(job, start, audio, request), name="mien-client", daemon=True).start()
    return job


class Job:
    """One take on its way. Its last event is the Take or a MienError (Cancelled after cancel())."""

    def __init__(self) -> None:
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._wire = Wire()
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether the last event is on the queue or was taken from it."""
        return self._ended.is_set()

    def events(self) -> Iterator[Event]:
        """Yield what has happened since the last call, without blocking."""
        with contextlib.suppress(Empty):
            while True:
                yield self._events.get_nowait()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the job has ended; return whether it has."""
        return self._ended.wait(timeout_s)

    def cancel(self) -> None:
        """Close the connection, at which the backend stops; the job ends with Cancelled. Returns at once."""
        self.end(Cancelled("The take was cancelled."))
        self._wire.cut()

    def tell(self, progress: Progress) -> None:
        """Put progress on the queue; raise Cancelled when the job has ended."""
        with self._lock:
            if self.ended:
                raise Cancelled("The take was cancelled.")
            self._events.put(progress)

    def end(self, outcome: Take | MienError) -> None:
        """Put the last event on the queue; only the first call counts."""
        with self._lock:
            if not self.ended:
                self._events.put(outcome)
                self._ended.set()

    @property
    def wire(self) -> Wire:
        """The connections that this job uses."""
        return self._wire


class Wire(HTTPAdapter):
    """Transport that can be cut from another thread, even while a read or a send on it blocks."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._lock = threading.Lock()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools make connections that report their sockets."""
        super().init_poolmanager(*args, **kwargs)
        connection = staticmethod(partial(_Connection, on_connect=self._hold))  # a plain one would become a method
        pool = type("_Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = {"http": pool}

    def cut(self) -> None:
        """Shut the connection, present or future."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                _shut(self._socket)

    def _hold(self, connected: socket.socket) -> None:
        with self._lock:
            self._socket = connected
            if self._is_cut:
                _shut(connected)


def _shut(connected: socket.socket) -> None:
    """Shut both directions: that wakes a thread blocked on the socket, which closing it would not."""
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


class _Connection(urllib3.connection.HTTPConnection):
    def __init__(self, *args: Any, on_connect: Callable[[socket.socket], None], **kwargs: Any) -> None:
        self._on_connect = on_connect
        super().__init__(*args, **kwargs)

    def connect(self) -> None:
        super().connect()
        self._on_connect(self.sock)


class _Address:
    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token


def _work(job: Job, start: Callable[[], Address], audio: Path | bytes, request: Request) -> None:
    try:
        job.tell(Progress(0.0, "starting"))
        address = start()
        with session() as http:
            http.mount("http://", job.wire)
            http.headers.update(authorization(address.token))
            health = wait_ready(http, address.url, job.tell)
            job.end(_generate(http, address.url, audio, request, health, job.tell))
    except MienError as error:
        job.end(error)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        job.end(BackendFailed(_SILENT))
    except (requests.RequestException, urllib3.exceptions.HTTPError, EOFError, ConnectionError):
        job.end(BackendFailed(_DIED))
    except Exception as error:
        if not job.ended:  # a cut connection may fail in any way
            logger.exception("the client failed")
        job.end(MienError(f"Mien met an unexpected error ({type(error).__name__}: {error}); please report it."))
    finally:
        job.end(BackendFailed(_DIED))  # counts only if this thread is being ended from outside


def wait_ready(
    http: requests.Session, url: str, on_progress: Callable[[Progress], None], timeout_s: float = READY_TIMEOUT_S
) -> dict[str, Any]:
    """Wait until the model is loaded, and return the health; raise BackendFailed."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        health = _health(http, url)
        if health.get("protocol") != PROTOCOL:
            raise BackendFailed(protocol_mismatch(health.get("protocol")))
        if health["state"] == "ready":
            return health
        if health["state"] == "failed":
            raise BackendFailed(health["detail"])
        on_progress(Progress(0.0, "loading"))
        time.sleep(0.1)
    raise BackendFailed(f"The model was not loaded within {timeout_s:g} s; press Generate to try again.")


def _health(http: requests.Session, url: str) -> dict[str, Any]:
    reply = http.get(f"{url}/health", timeout=(CONNECT_TIMEOUT_S, HEALTH_TIMEOUT_S), allow_redirects=False)
    if reply.status_code != 200:
        raise _error_of(reply)
    return reply.json()


def _generate(
    http: requests.Session,
    url: str,
    audio: Path | bytes,
    request: Request,
    health: dict[str, Any],
    on_progress: Callable[[Progress], None],
) -> Take:
    with _open(audio) as (name, sound, size):
        limit = health.get("max_upload_bytes", size)
        if size > limit:
            raise BadSound(f"{name} is larger than {limit / 1024**2:g} MB; cut it, or save it as compressed sound.")
        form = _Form(request, name, sound, size)
        reply = http.post(
            f"{url}/generate",
            data=form,
            headers={"Content-Type": form.content_type},
            timeout=(CONNECT_TIMEOUT_S, SILENCE_TIMEOUT_S),
            stream=True,
            allow_redirects=False,
        )
    with reply:
        if reply.status_code != 200:
            raise _error_of(reply)
        return _read_take(_Lines(reply.raw), on_progress)


def _read_take(lines: _Lines, on_progress: Callable[[Progress], None]) -> Take:
    while True:
        line = json.loads(lines.line())
        if "error" in line:
            raise _KINDS.get(line.get("kind"), MienError)(line["error"])
        if "take_bytes" in line:
            return npz.loads(lines.exactly(line["take_bytes"]))
        on_progress(Progress(line["fraction"], line["phase"]))


def _error_of(reply: requests.Response) -> MienError:
    try:
        fields = reply.json()
        return _KINDS.get(fields["kind"], BackendFailed)(fields["error"])
    except (ValueError, KeyError, TypeError):
        return BackendFailed(f"The backend answered {reply.status_code} {reply.reason}; stop it and try again.")


@contextlib.contextmanager
def _open(audio: Path | bytes) -> Iterator[tuple[str, BinaryIO, int]]:
    """Open a sound for sending: its name, itself and its size in bytes."""
    if isinstance(audio, bytes):
        yield "sound.wav", io.BytesIO(audio), len(audio)
        return
    try:
        sound = audio.open("rb")
    except FileNotFoundError:
        raise BadSound(f"The sound file {audio} does not exist; choose another one.") from None
    except OSError as error:
        raise BadSound(f"The sound file {audio} cannot be read ({error.strerror}); choose another one.") from error
    with sound:
        yield audio.name, sound, audio.stat().st_size


class _Form:
    """The multipart body, sent piece by piece: a film must not be held in Blender's memory."""

    def __init__(self, request: Request, name: str, sound: BinaryIO, size: int) -> None:
        boundary = urllib3.filepost.choose_boundary()
        quoted = name.translate({ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A"})
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="request"\r\n\r\n{request.to_json()}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="audio"; filename="{quoted}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._sound = sound
        self._size = size

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        left = self._size
        while left:
            piece = self._sound.read(min(left, 1 << 20))
            if not piece:
                raise BadSound("The sound file became shorter while it was read; try again when nothing writes to it.")
            left -= len(piece)
            yield piece
        yield self._tail


class _Lines:
    """Lines, then bytes, from a streamed reply; raises EOFError where it ends too early."""

    def __init__(self, raw: urllib3.HTTPResponse) -> None:
        self._pieces = raw.stream(65536)
        self._buffer = bytearray()

    def line(self) -> bytes:
        while b"\n" not in self._buffer:
            self._more()
        return self._take(self._buffer.index(b"\n") + 1)

    def exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        return self._take(size)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _more(self) -> None:
        try:
            self._buffer += next(self._pieces)
        except StopIteration:
            raise EOFError("the reply ended before the take") from None
