"""The client: a worker thread that speaks with the backend and puts small events on a queue. No bpy here.

The connection is the job: closing it cancels.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import requests
import urllib3

from ..inference_backend.contract import (
    PROTOCOL,
    BackendFailed,
    BadSound,
    Cancelled,
    MienError,
    Progress,
    Request,
    Take,
)
from .backend import authorization, protocol_mismatch, session
from .reply import error_of, read_takes
from .upload import Form, open_sound
from .wire import Wire

logger = logging.getLogger(__name__)

READY_TIMEOUT_S = 180.0
"""Longest wait for the model to load."""
HEALTH_TIMEOUT_S = 5.0
CONNECT_TIMEOUT_S = 5.0
SILENCE_TIMEOUT_S = 60.0
"""Longest silence in the middle of a job; the backend says something every two seconds."""

last_health: dict[str, dict[str, Any]] = {}
"""What each backend that answered said last about itself, by its address."""

Event = Progress | Take | MienError

_DIED = "The backend stopped before the take was done; press Generate to start it again."
_SILENT = "The backend does not answer any more; press Cancel, then Generate to start again."


class Address(Protocol):
    """Where a backend listens and what it asks for; a Backend is one."""

    @property
    def url(self) -> str: ...  # noqa: D102

    @property
    def token(self) -> str: ...  # noqa: D102


def submit(url: str, token: str, audio: Path | bytes, request: Request, variations: int = 1) -> Job:
    """Ask the backend at url for takes of as many seeds, in a worker thread; returns at once."""
    return launch(lambda: _Address(url, token), audio, request, variations)


def launch(start: Callable[[], Address], audio: Path | bytes, request: Request, variations: int = 1) -> Job:
    """Like submit, but find or start the backend in the worker thread too; start() may be slow and raise MienError."""
    job = Job()
    arguments = (job, start, audio, request, variations)
    threading.Thread(target=_work, args=arguments, name="mien-client", daemon=True).start()
    return job


class Job:
    """Takes on their way. Its last events are all of them, or one MienError (Cancelled after cancel())."""

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

    def end(self, *outcomes: Take | MienError) -> None:
        """Put the last events on the queue; only the first call counts."""
        with self._lock:
            if not self.ended:
                for outcome in outcomes:
                    self._events.put(outcome)
                self._ended.set()

    @property
    def wire(self) -> Wire:
        """The connections that this job uses."""
        return self._wire


class _Address:
    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token


def _work(job: Job, start: Callable[[], Address], audio: Path | bytes, request: Request, variations: int) -> None:
    died, silent = _DIED, _SILENT
    try:
        job.tell(Progress(0.0, "starting"))
        address = start()
        died = silent = getattr(address, "unreachable", "") or died
        with session() as http:
            for scheme in ("http://", "https://"):
                http.mount(scheme, job.wire)
            http.headers.update(authorization(address.token))
            health = wait_ready(http, address.url, job.tell)
            last_health[address.url] = health
            died, silent = getattr(address, "lost", _DIED), getattr(address, "lost", _SILENT)
            job.end(*_generate(http, address.url, audio, request, variations, health, job.tell))
    except MienError as error:
        job.end(error)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        job.end(BackendFailed(silent))
    except (requests.RequestException, urllib3.exceptions.HTTPError, EOFError, ConnectionError):
        job.end(BackendFailed(died))
    except Exception as error:
        if not job.ended:  # a cut connection may fail in any way
            logger.exception("the client failed")
        job.end(MienError(f"Mien met an unexpected error ({type(error).__name__}: {error}); please report it."))
    finally:
        job.end(BackendFailed(died))  # counts only if this thread is being ended from outside


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
        raise error_of(reply)
    return reply.json()


def _generate(
    http: requests.Session,
    url: str,
    audio: Path | bytes,
    request: Request,
    variations: int,
    health: dict[str, Any],
    on_progress: Callable[[Progress], None],
) -> list[Take]:
    with open_sound(audio) as (name, sound, size):
        limit = health.get("max_upload_bytes", size)
        if size > limit:
            raise BadSound(f"{name} is larger than {limit / 1024**2:g} MB; cut it, or save it as compressed sound.")
        form = Form(request, name, sound, size)
        reply = http.post(
            f"{url}/generate",
            params={"variations": variations},
            data=form,
            headers={"Content-Type": form.content_type},
            timeout=(CONNECT_TIMEOUT_S, SILENCE_TIMEOUT_S),
            stream=True,
            allow_redirects=False,
        )
    with reply:
        if reply.status_code != 200:
            raise error_of(reply)
        return read_takes(reply, variations, on_progress)
