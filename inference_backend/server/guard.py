"""The gate: who may speak to the service. Any web page can send requests to 127.0.0.1, so loopback is not enough."""

from __future__ import annotations

import hmac
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .answers import sentence

_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)

_AGAIN = "stop it and press Generate again"


class Guard:
    """ASGI middleware: the Host must be a loopback name, no Origin may be given, the bearer token must fit.

    One that is open to all answers to any Host, for it is there for other machines; the token must fit all the same.
    """

    def __init__(self, app: ASGIApp, token: str, open_to_all: bool = False) -> None:
        self._app = app
        self._open_to_all = open_to_all
        self._authorization = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 or 401 before a byte of the body is read, or pass the request on."""
        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await sentence(*refusal)(scope, receive, send)

    def _refusal(self, headers: Headers) -> tuple[int, str, str] | None:
        hosts = headers.getlist("host")
        if not self._open_to_all and (len(hosts) != 1 or not _LOOPBACK_HOST.fullmatch(hosts[0])):
            return 403, "forbidden", "The backend answers to loopback names only; connect to 127.0.0.1."
        if "origin" in headers:
            return 403, "forbidden", "The backend does not answer to web pages; use it from Blender."
        given = headers.get("authorization", "").encode("latin-1")
        if not hmac.compare_digest(given, self._authorization):
            what_to_do = "copy the one that it wrote when it started" if self._open_to_all else _AGAIN
            return 401, "unauthorized", f"The backend did not recognise the token; {what_to_do}."
        return None
