"""A headless Chromium that tests drive over a pipe: pages, keys, JavaScript."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any


class Browser:
    """Chromium on one page, spoken to in its DevTools protocol."""

    def __init__(self, program: str, page: Path):
        to_us, from_it = os.pipe()
        to_it, from_us = os.pipe()
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{to_it} 4>&{from_it}', program, "--headless=new", "--no-sandbox",
             "--disable-gpu", "--mute-audio", "--autoplay-policy=no-user-gesture-required", "--window-size=1300,1000",
             "--disable-dev-shm-usage", f"--user-data-dir={self._profile.name}", "--remote-debugging-pipe"],
            pass_fds=(to_it, from_it), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_it)
        os.close(from_it)
        self._in, self._out = os.fdopen(to_us, "rb"), os.fdopen(from_us, "wb")
        self._count, self._session = 0, None
        target = self._ask("Target.createTarget", url=page.as_uri())["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        # A new target is a blank page at first, which is complete too.
        loaded = "location.protocol === 'file:' && document.readyState === 'complete'"
        while not self.run(loaded):
            time.sleep(0.05)

    def run(self, script: str) -> Any:
        """Evaluate JavaScript, waiting for promises, and return its value."""
        answer = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: str, text: str = "") -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=code, **({"text": text} if text else {}))

    def picture(self, path: Path) -> None:
        """Write what the page shows."""
        import base64

        shot = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)
        self._in.close()
        self._out.close()
        self._profile.cleanup()

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def _message(self) -> bytes:
        parts = bytearray()
        while (byte := self._in.read(1)) != b"\0":
            assert byte, "the browser ended"
            parts += byte
        return bytes(parts)
