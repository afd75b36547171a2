"""The web application: /health, /generate, /shutdown."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..contract import PROTOCOL, BadRequest, MienError, need_variations
from .answers import refusal, sentence
from .environment import described
from .guard import Guard
from .jobs import Worker
from .stream import TakeStream
from .upload import MAX_BYTES, receive_upload


def create_app(
    worker: Worker, token: str, leave: Callable[[], None] | None, max_upload_bytes: int = MAX_BYTES
) -> Starlette:
    """Make the application; `leave` is called when the service is asked to end.

    One without `leave` is for many clients, on other machines too: none of them may end it, and it answers to any name.
    """

    async def health(_: Request) -> Response:
        about = {} if worker.health.state == "loading" else {"environment": await run_in_threadpool(described)}
        return JSONResponse(
            {
                **asdict(worker.health),
                **about,
                "protocol": PROTOCOL,
                "version": version(),
                "max_upload_bytes": max_upload_bytes,
            }
        )

    async def generate(http: Request) -> TakeStream:
        count = _variations(http)
        request, source = await receive_upload(http, max_upload_bytes)
        try:
            return TakeStream(worker, source, request, count)
        except MienError:
            source.close()
            raise

    async def shutdown(_: Request) -> Response:
        if leave is None:
            return sentence(403, "forbidden", "This server is stopped where it was started, not by its clients.")
        leave()
        return JSONResponse({"state": "leaving"})

    return Starlette(
        routes=[
            Route("/health", health, methods=["GET"]),
            Route("/generate", generate, methods=["POST"]),
            Route("/shutdown", shutdown, methods=["POST"]),
        ],
        middleware=[Middleware(Guard, token=token, open_to_all=leave is None)],
        exception_handlers={
            MienError: _on_mien_error,
            HTTPException: _on_http_error,
            ClientDisconnect: _on_disconnect,
            Exception: _on_bug,
        },
    )


def _variations(http: Request) -> int:
    """Read how many takes are wanted, /generate?variations=4, one by default; raise BadRequest."""
    text = http.query_params.get("variations", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise BadRequest(f"The number of variations must be a whole number, not '{text[:20]}'.")
    need_variations(int(text))
    return int(text)


@cache
def version() -> str:
    """Read Mien's version from the one place where it is written."""
    manifest = Path(__file__).parents[2] / "blender_manifest.toml"
    try:
        return tomllib.loads(manifest.read_text("utf-8"))["version"]
    except OSError:
        return "unknown"


async def _on_mien_error(_: Request, error: Exception) -> Response:
    return refusal(cast(MienError, error))


async def _on_http_error(_: Request, error: Exception) -> Response:
    status = cast(HTTPException, error).status_code
    return sentence(
        status, "bad_request", "No such address; the backend has GET /health, POST /generate and /shutdown."
    )


async def _on_disconnect(_: Request, error: Exception) -> Response:
    """Answer nobody: the client left in the middle of its upload."""
    return Response(status_code=400)


async def _on_bug(_: Request, error: Exception) -> Response:
    """Answer for an exception that nobody foresaw; the framework raises it again, so the log gets its traceback."""
    name = type(error).__name__
    return sentence(500, "backend_failed", f"The backend met an unexpected error ({name}); please report its log.")
