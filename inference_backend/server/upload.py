"""The upload: a multipart form of a request and a sound, bounded, with the sound streamed to a temporary file."""

from __future__ import annotations

import asyncio
import contextlib

from starlette import requests
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.types import Message, Receive

from ..contract import MAX_STYLE_BYTES, BackendFailed, BadRequest, Request
from .answers import Stalled, TooLarge
from .uploaded_sound import UploadedSound

MAX_BYTES = 512 * 1024**2
"""Bound of the whole upload."""
MAX_REQUEST_BYTES = 2 * MAX_STYLE_BYTES  # the other half is for the texts of all cues
"""Bound of the request field."""
STALL_S = 30.0
"""Longest wait for the next piece of an upload."""
DRAIN_S = 30.0
"""Longest time spent on discarding the rest of a refused upload."""


async def receive_upload(http: requests.Request, max_bytes: int = MAX_BYTES) -> tuple[Request, UploadedSound]:
    """Read the form; the caller closes the sound. Raise BadRequest, TooLarge or Stalled."""
    if not http.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise BadRequest("The upload is not a multipart form; send `request` and `audio` as one.")
    try:
        _need_size(int(http.headers.get("content-length", 0)), max_bytes)  # before anything is stored
        return await _read_form(http, _bounded(http.receive, max_bytes))
    except TooLarge:
        await _drain(http.receive)
        raise


async def _read_form(http: requests.Request, receive: Receive) -> tuple[Request, UploadedSound]:
    try:
        form = await requests.Request(http.scope, receive).form(
            max_files=1, max_fields=1, max_part_size=MAX_REQUEST_BYTES
        )
    except (HTTPException, MultiPartException, ValueError) as error:
        why = getattr(error, "detail", None) or getattr(error, "message", None) or str(error)
        raise BadRequest(f"The upload is not a whole multipart form ({why.rstrip('.')}); send it again.") from error
    except OSError as error:
        raise BackendFailed(
            f"The backend cannot store the sound in its temporary folder ({error.strerror}); "
            "free some space on that disk."
        ) from error
    try:
        return _fields(form.get("request"), form.get("audio"))
    except BaseException:
        await form.close()
        raise


def _fields(request: UploadFile | str | None, audio: UploadFile | str | None) -> tuple[Request, UploadedSound]:
    if not isinstance(request, str):
        raise BadRequest("The upload has no complete field `request`; send the request as JSON text.")
    if not isinstance(audio, UploadFile):
        raise BadRequest("The upload has no complete file `audio`; send the sound as a file with its name.")
    return Request.from_json(request), UploadedSound(audio.file, audio.filename)


def _bounded(receive: Receive, max_bytes: int) -> Receive:
    """Count what arrives; raise TooLarge beyond the bound, Stalled when nothing comes."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        try:
            message = await asyncio.wait_for(receive(), STALL_S)
        except TimeoutError as error:
            raise Stalled(f"The upload stopped for {STALL_S:g} s; send it again.") from error
        received += len(message.get("body", b""))
        _need_size(received, max_bytes)
        return message

    return bounded


def _need_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        limit = f"{max_bytes / 1024**2:g} MB"
        raise TooLarge(f"The sound file is larger than {limit}; cut it, or save it as compressed sound.")


async def _drain(receive: Receive) -> None:
    """Discard the rest of an upload: a client that is still sending would meet a reset instead of the answer."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            while (await receive()).get("more_body", False):
                pass
