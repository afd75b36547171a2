"""What comes back for an order: progress lines and the takes, or an error. No bpy here."""

from __future__ import annotations

import json
from collections.abc import Callable

import requests
import urllib3

from ..inference_backend.contract import BackendFailed, BadRequest, BadSound, Busy, Cancelled, MienError, Progress, Take
from ..inference_backend.formats import npz

_KINDS = {leaf.kind: leaf for leaf in (BadRequest, BadSound, BackendFailed, Busy, Cancelled)}


def read_takes(reply: requests.Response, count: int, on_progress: Callable[[Progress], None]) -> list[Take]:
    """Pass on the progress and return so many takes at the end; raise the backend's error, or EOFError."""
    lines = _Lines(reply.raw)
    takes: list[Take] = []
    while len(takes) < count:
        line = json.loads(lines.line())
        if "error" in line:
            raise _KINDS.get(line.get("kind"), MienError)(line["error"])
        if "take_bytes" in line:
            takes.append(npz.loads(lines.exactly(line["take_bytes"])))
        else:
            on_progress(Progress(line["fraction"], line["phase"]))
    return takes


def error_of(reply: requests.Response) -> MienError:
    """Make the error that a refusal tells."""
    try:
        fields = reply.json()
        return _KINDS.get(fields["kind"], BackendFailed)(fields["error"])
    except (ValueError, KeyError, TypeError):
        return BackendFailed(f"The backend answered {reply.status_code} {reply.reason}; stop it and try again.")


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
