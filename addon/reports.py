"""How operators tell the user what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ..inference_backend.contract import MienError

Outcome = set[Any]
"""What an operator returns, such as {"FINISHED"}."""


def sentence_of(error: RuntimeError) -> str:
    """Read what an operator reported that was called from Python."""
    return str(error).partition("\n")[0].removeprefix("Error: ")


def attempt(operator: bpy.types.Operator, work: Callable[[], Any]) -> bool:
    """Do the work; report what a user can meet as one sentence."""
    try:
        work()
    except MienError as error:
        operator.report({"ERROR"}, str(error))
        return False
    return True
