"""The reply to /generate: lines of JSON as the job goes on, then each take. The connection is the job."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

from ..contract import MienError, Progress, Request
from .jobs import Event, Job, Worker
from .uploaded_sound import UploadedSound

HEARTBEAT_S = 2.0
"""Longest silence: the last progress is then told again, so that the client can tell slow from dead."""


class TakeStream:
    """ASGI response that runs one job; a closed connection cancels it at once."""

    def __init__(self, worker: Worker, source: UploadedSound, request: Request, count: int) -> None:
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._worker = worker
        self._job = Job(source, request, count, self._emit)
        worker.submit(self._job)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the job ends or the client is gone."""
        tasks = [asyncio.create_task(self._send(send)), asyncio.create_task(_disconnected(receive))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._worker.cancel(self._job)
            for task in tasks:
                task.cancel()

    def _emit(self, event: Event) -> None:
        """Carry an event from the worker's thread to the event loop, which may be gone when the process leaves."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    async def _send(self, send: Send) -> None:
        headers = [(b"content-type", b"application/x-ndjson"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for chunk in self._chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _chunks(self) -> AsyncIterator[bytes]:
        last = Progress(0.0, "waiting")
        while True:
            try:
                event: Event = await asyncio.wait_for(self._events.get(), HEARTBEAT_S)
            except TimeoutError:
                event = last
            if isinstance(event, Progress):
                last = event
                yield _line(fraction=round(event.fraction, 4), phase=event.phase)
            elif isinstance(event, MienError):
                yield _line(error=str(event), kind=event.kind)
                return
            else:
                for take in event:
                    yield _line(take_bytes=len(take))
                    yield take
                return


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _line(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"
