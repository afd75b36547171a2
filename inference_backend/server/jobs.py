"""Jobs and the one thread that runs them: load the generator, then one job at a time, in order of arrival."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from .. import contract
from ..contract import BackendFailed, Busy, Cancelled, MienError, Progress
from ..formats import npz
from ..generator import sound
from .uploaded_sound import UploadedSound

logger = logging.getLogger(__name__)

CAPACITY = 16
"""Jobs that may wait while one runs."""

Outcome = tuple[bytes, ...] | MienError
"""How a job ends: with its takes, each as the bytes of its .npz form, or with an error."""
Event = Progress | Outcome
"""What a job tells: progress, then the outcome."""

_LEAVING = "The backend was stopped before the take was done; press Generate to start it again."
_NO_MEMORY = "The backend ran out of memory; choose a shorter excerpt of the sound or close other programs."


class Generator(Protocol):
    """The part of the generator that the service needs."""

    @property
    def provider(self) -> str:
        """Execution provider in use."""
        ...

    def variations(
        self, sound: sound.Sound, request: contract.Request, count: int, on_progress: contract.OnProgress, /
    ) -> list[contract.Take]:
        """Turn a sound into takes of as many seeds; on_progress may raise Cancelled."""
        ...


Load = Callable[[], Generator]


@dataclass(frozen=True)
class Health:
    """State of the model: loading, ready or failed, with a sentence and the execution provider in use."""

    state: str
    detail: str = ""
    provider: str = ""


class Job:
    """Takes of one sound to make; ends exactly once, with all of them, an error or a cancellation."""

    def __init__(
        self, source: UploadedSound, request: contract.Request, count: int, emit: Callable[[Event], None]
    ) -> None:
        self.source = source
        self.request = request
        self.count = count
        self._emit = emit
        self._ended = False
        self._lock = threading.Lock()

    def on_progress(self, progress: Progress) -> None:
        """Pass progress on, or raise Cancelled when the job has been ended from outside."""
        if self._ended:
            raise Cancelled("The take was cancelled.")
        self._emit(progress)

    def end(self, outcome: Outcome) -> bool:
        """Tell the outcome; only the first one counts. Return whether this was it."""
        with self._lock:
            if self._ended:
                return False
            self._ended = True
        self.source.interrupt()
        self._emit(outcome)
        return True


class Worker:
    """The thread that owns the generator, and the queue before it."""

    def __init__(self, load: Load, capacity: int = CAPACITY) -> None:
        self.health = Health("loading", "The model is being loaded.")
        self._load = load
        self._capacity = capacity
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._closed = False
        self._change = threading.Condition()

    def start(self) -> None:
        """Begin to load the generator; jobs submitted meanwhile wait for it."""
        threading.Thread(target=self._run, name="mien-worker", daemon=True).start()

    def submit(self, job: Job) -> None:
        """Queue a job; raise Busy when the queue is full, BackendFailed when nothing will ever run it."""
        with self._change:
            self._need_room()
            phase = self._phase_of_wait()
            self._waiting.append(job)
            self._change.notify()
        if phase:
            job.on_progress(Progress(0.0, phase))

    def cancel(self, job: Job) -> None:
        """End a job: a waiting one leaves the queue now, a running one at its next step."""
        if job.end(Cancelled("The take was cancelled.")):
            logger.info("a job was cancelled")
        with self._change:
            if job not in self._waiting:
                return
            self._waiting.remove(job)
        job.source.close()

    def close(self) -> None:
        """End all jobs and take no more."""
        with self._change:
            self._closed = True
            jobs = [*self._waiting, *([self._running] if self._running else [])]
            self._change.notify()
        for job in jobs:
            job.end(BackendFailed(_LEAVING))

    def _need_room(self) -> None:
        if self._closed:
            raise BackendFailed(_LEAVING)
        if self.health.state == "failed":
            raise BackendFailed(self.health.detail)
        running = 1 if self._running else 0
        if len(self._waiting) + running >= self._capacity + 1:
            raise Busy(f"The backend already has {self._capacity} takes waiting; try again when one of them is done.")

    def _phase_of_wait(self) -> str:
        if self.health.state == "loading":
            return "loading"
        return "waiting" if self._running or self._waiting else ""

    def _run(self) -> None:
        try:
            generator = self._load()
        except Exception as error:
            self._fail(error)
            return
        self.health = Health("ready", "", generator.provider)
        logger.info("the model is ready on %s", generator.provider)
        while job := self._next():
            self._perform(generator, job)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, MienError):
            detail = str(error)
        else:
            logger.error("the model could not be loaded", exc_info=error)
            detail = _why_not_loaded(error)
        with self._change:
            self.health = Health("failed", detail)
            jobs = list(self._waiting)
            self._waiting.clear()
        for job in jobs:
            job.end(BackendFailed(detail))
            job.source.close()

    def _next(self) -> Job | None:
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._running = self._waiting.popleft()
            return self._running

    def _perform(self, generator: Generator, job: Job) -> None:
        began = time.monotonic()
        try:
            outcome: Outcome = _make_takes(generator, job)
        except MienError as error:
            outcome = error
        except MemoryError:
            outcome = BackendFailed(_NO_MEMORY)
        except Exception as error:
            logger.exception("a job failed")
            outcome = BackendFailed(
                f"The backend met an unexpected error ({_brief(error)}); its log has the details, please report it."
            )
        finally:
            job.source.close()
            with self._change:
                self._running = None
        job.end(outcome)
        result = outcome.kind if isinstance(outcome, MienError) else f"{job.count} take(s)"
        logger.info("a job ended after %.2f s: %s", time.monotonic() - began, result)


def _make_takes(generator: Generator, job: Job) -> tuple[bytes, ...]:
    job.on_progress(Progress(0.0, "reading"))
    speech = sound.read(cast(BinaryIO, job.source), job.request.start_s, job.request.duration_s)
    job.on_progress(Progress(0.0, "starting"))
    takes = generator.variations(speech, job.request, job.count, job.on_progress)
    return tuple(npz.dumps(take) for take in takes)


def _why_not_loaded(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            f"The backend's Python lacks the package {error.name}; install it there, or name another Python in "
            "Mien's preferences."
        )
    return f"The model could not be loaded ({_brief(error)}); install Mien again, or see the backend's log."


def _brief(error: Exception) -> str:
    """Name an error and the first line of its message."""
    first_line = (str(error).splitlines() or [""])[0][:200]
    return f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
