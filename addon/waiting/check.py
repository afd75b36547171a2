"""The button that tries the backend of the preferences and says what it really runs on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy
import requests

from ...inference_backend.contract import BackendFailed, MienError
from .. import broken_pipe, client, service
from ..backend import authorization, session
from ..blender_types import Context
from ..preferences import launch_of
from ..reports import Outcome, attempt

TICK_S = 0.2
_NAMES = {"Dml": "DirectML"}
_EVERYWHERE = ("CPU", "Azure")  # what every build of the runtime offers, used or not


@dataclass(frozen=True)
class Finding:
    """What a check found: lines to show, and whether it failed."""

    lines: tuple[str, ...]
    failed: bool = False
    health: dict[str, Any] | None = None


last: Finding | None = None


class _Check:
    """A check in a thread of its own, since the backend may have to start."""

    def __init__(self, launch: service.Launch | service.Elsewhere) -> None:
        self.found: Finding | None = None
        self._launch = launch
        self.thread = threading.Thread(target=self._run, name="mien-check", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        broken_pipe.shield_thread()
        try:
            self.found = found(self._launch)
        except MienError as error:
            self.found = Finding((str(error),), failed=True)
        except requests.RequestException:
            self.found = Finding((getattr(self._launch, "unreachable", "The backend does not answer."),), failed=True)


def found(launch: service.Launch | service.Elsewhere) -> Finding:
    """Start or reach the backend and ask it about itself; slow. Raises BackendFailed."""
    began_s = time.monotonic()
    address = service.ensure(launch)
    with session() as http:
        http.headers.update(authorization(address.token))
        health = client.wait_ready(http, address.url, lambda _: None)
    client.last_health[address.url] = health
    return Finding(tuple(told(health, time.monotonic() - began_s)), health=health)


def told(health: dict[str, Any], took_s: float) -> list[str]:
    """Say in lines what a backend said about itself."""
    runs_on, about = _name(health.get("provider", "")), health.get("environment", {})
    lines = [f"Runs on {runs_on}; answered after {took_s:.1f} s."]
    unused = [name for name in map(_name, about.get("offers", [])) if name not in (runs_on, *_EVERYWHERE)]
    if runs_on == "CPU" and unused:
        lines.append(f"{', '.join(unused)} is offered, but could not be used: its driver or libraries are missing.")
    parts = [f"Mien {health.get('version', '?')}", about.get("style_space", ""), about.get("runtime", "")]
    parts += [f"Python {about['python']}"] if "python" in about else []
    lines.append(", ".join(part for part in parts if part))
    if "tracker" in about:
        lines.append("Films can be read." if about["tracker"] else "Films cannot be read: MediaPipe is not installed.")
    return lines


def _name(provider: str) -> str:
    short = provider.removesuffix("ExecutionProvider")
    return _NAMES.get(short, short) or "an unknown device"


class MIEN_OT_check_backend(bpy.types.Operator):
    """Start or reach the backend and say what it runs on: CUDA, DirectML, CoreML or CPU."""

    bl_idname = "mien.check_backend"
    bl_label = "Check Backend"

    _under_way: _Check | None = None

    def execute(self, context: Context) -> Outcome:
        """Begin the check; without a window, wait for it."""
        launches: list[Any] = []
        if not attempt(self, lambda: launches.append(launch_of(context))):
            return {"CANCELLED"}
        _show(context, Finding(("Trying the backend…",)))
        check = MIEN_OT_check_backend._under_way = _Check(launches[0])
        if bpy.app.background:
            check.thread.join()
            return {"FINISHED"} if attempt(self, lambda: _need(_take_in(check))) else {"CANCELLED"}
        bpy.app.timers.register(_ticker(check), first_interval=TICK_S)
        return {"FINISHED"}


def _ticker(check: _Check) -> Callable[[], float | None]:
    def tick() -> float | None:
        if MIEN_OT_check_backend._under_way is not check:
            return None
        if check.found is None:
            return TICK_S
        _take_in(check)
        return None

    return tick


def _take_in(check: _Check) -> Finding:
    MIEN_OT_check_backend._under_way = None
    finding = check.found or Finding(("The check ended without an answer; try again.",), failed=True)
    _show(bpy.context, finding)
    return finding


def _need(finding: Finding) -> None:
    if finding.failed:
        raise BackendFailed(finding.lines[0])


def _show(context: Context, finding: Finding) -> None:
    global last
    last = finding
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()


def register() -> None:
    """Register the button."""
    bpy.utils.register_class(MIEN_OT_check_backend)


def unregister() -> None:
    """Undo register; what is under way is forgotten."""
    global last
    last = MIEN_OT_check_backend._under_way = None
    bpy.utils.unregister_class(MIEN_OT_check_backend)
