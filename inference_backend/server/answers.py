"""Answers in one sentence: every refusal is JSON with `error`, a sentence, and `kind`."""

from __future__ import annotations

from starlette.responses import JSONResponse

from ..contract import BackendFailed, BadRequest, BadSound, Busy, MienError


class TooLarge(BadSound):
    """The upload is over the limit."""


class Stalled(BadRequest):
    """The upload stopped arriving."""


_STATUS: dict[type[MienError], int] = {
    TooLarge: 413,
    Stalled: 408,
    BadRequest: 400,
    BadSound: 400,
    Busy: 503,
    BackendFailed: 503,
}


def sentence(status: int, kind: str, text: str) -> JSONResponse:
    """Make an answer of one sentence."""
    return JSONResponse({"error": text, "kind": kind}, status_code=status)


def refusal(error: MienError) -> JSONResponse:
    """Make the answer for an error."""
    status = next((code for leaf, code in _STATUS.items() if isinstance(error, leaf)), 500)
    return sentence(status, error.kind, str(error))
