"""What a report of a problem needs, as text to paste: versions, provider, the end of the log; nothing private."""

from __future__ import annotations

import platform
import re
from pathlib import Path
from typing import Any

import bpy

from ...inference_backend.contract import PROTOCOL, MienError
from .. import preferences, service
from ..blender_types import Context
from ..properties import progress_of
from ..reports import Outcome
from . import check, log

LINES = 40
_SECRET = re.compile(r"(?i)(bearer\s+|token\W{0,3})[\w\-.~+/=]{8,}")


def text(context: Context) -> str:
    """Write it all; paths in the home folder begin with ~, tokens are left out."""
    lines = [
        f"Mien {_version()}, protocol {PROTOCOL}",
        f"Blender {bpy.app.version_string} ({bpy.app.build_hash.decode()}), Python {platform.python_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"Backend: {_backend(context)}",
        *(f"  {line}" for line in (check.last.lines if check.last else ("not checked",))),
        f"Runs now: {'yes' if service.running() else 'no'}",
        f"Last message: {progress_of(context).message or 'none'}",
        "Log:",
        *(f"  {line}" for line in log.tail(preferences.log_path(), LINES)),
    ]
    return without_secrets("\n".join(lines), preferences.chosen("server_token") or "")


def without_secrets(said: str, token: str, home: Path | None = None) -> str:
    """Leave out tokens, and who is at home here."""
    running = service.running()
    for secret in (token, running.token if running else ""):
        if secret:
            said = said.replace(secret, "…")
    home = home or Path.home()
    for written in (str(home), home.as_posix(), str(home).replace("\\", "\\\\")):
        if len(written) > 1:  # a home of "/" hides nothing
            said = said.replace(written, "~")
    return _SECRET.sub(r"\1…", said)


def _backend(context: Context) -> str:
    try:
        launch: Any = preferences.launch_of(context)
    except MienError as error:
        return f"none ({error})"
    if isinstance(launch, service.Elsewhere):
        return f"server at {launch.url}"
    return f"{launch.python}"


def _version() -> str:
    manifest = Path(__file__).parents[2] / "blender_manifest.toml"
    found = re.search(r'^version = "(.+)"', manifest.read_text("utf-8") if manifest.is_file() else "", re.MULTILINE)
    return found[1] if found else "unknown"


class MIEN_OT_copy_diagnostics(bpy.types.Operator):
    """Copy versions, execution provider and the end of the log, to be pasted into a report; no tokens, no names."""

    bl_idname = "mien.copy_diagnostics"
    bl_label = "Copy Diagnostics"

    def execute(self, context: Context) -> Outcome:
        """Put it on the clipboard."""
        context.window_manager.clipboard = text(context)
        self.report({"INFO"}, "The diagnostics are on the clipboard; paste them into your report.")
        return {"FINISHED"}


def register() -> None:
    """Register the button."""
    bpy.utils.register_class(MIEN_OT_copy_diagnostics)


def unregister() -> None:
    """Undo register."""
    bpy.utils.unregister_class(MIEN_OT_copy_diagnostics)
