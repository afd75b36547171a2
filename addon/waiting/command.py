"""One command of the backend in a process of its own, looked after without waiting. No bpy here.

For what is no take: reading a film, mixing a style to be saved.
"""

from __future__ import annotations

import atexit
import contextlib
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...inference_backend.contract import BackendFailed
from ..backend import CREATION_FLAGS, command_and_env, not_started
from ..service import Launch

_ENDING_S = 2.0


class Command:
    """A process that works; its last line on stderr says what went wrong, and the one before, what it does."""

    def __init__(self, launch: Launch, arguments: Sequence[str]) -> None:
        command, env = command_and_env(launch.python, launch.extension_root, list(launch.site_packages), arguments)
        self._folder = tempfile.TemporaryDirectory(prefix="mien_", ignore_cleanup_errors=True)
        self._log = Path(self._folder.name, "said.txt")
        try:
            with self._log.open("wb") as log:
                nothing = subprocess.DEVNULL
                self._process = subprocess.Popen(
                    command, env=env, stdin=nothing, stdout=nothing, stderr=log, creationflags=CREATION_FLAGS
                )
        except OSError as error:
            raise not_started(error) from error
        atexit.register(self.cancel)

    @property
    def ended(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    @property
    def last_line(self) -> str:
        """The last line that it said."""
        said = self._log.read_text("utf-8", "replace") if self._log.is_file() else ""
        return next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")

    def wait(self, timeout_s: float | None = None) -> None:
        """Block until the process has ended."""
        self._process.wait(timeout_s)

    def result(self) -> None:
        """Raise BackendFailed with the process's own sentence where it failed."""
        if self._process.wait():
            said = self.last_line or f"it ended with the status {self._process.returncode} and said nothing"
            raise BackendFailed(said if said.endswith(".") else f"The backend could not do it: {said}")

    def cancel(self) -> None:
        """End the process."""
        atexit.unregister(self.cancel)
        for end in (self._process.terminate, self._process.kill):
            if not self.ended:
                end()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_ENDING_S)
