"""A backend with a stand-in for the model, so that the service can be tested without weights; runs as a script too."""

from __future__ import annotations

import os
import sys
import time

import numpy as np

from inference_backend.contract import BackendFailed, BadSound, Progress, Take, frame_count

STEP_S = 0.01


class FakeGenerator:
    """Steps through the time that the style asks for; the style also asks for mishaps."""

    provider = "FakeExecutionProvider"

    def __init__(self):
        self.running = 0
        self.most_running = 0
        self.started = []
        self.stopped_at = None

    def variations(self, sound, request, count, on_progress):
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.started.append(request.style)
        try:
            self._steps(request.style, on_progress)
        finally:
            self.running -= 1
            self.stopped_at = time.monotonic()
        frames = frame_count(sound.duration_s, request.fps)
        values = np.full((frames, 52), 0.5, np.float32)
        head = np.zeros((frames, 3), np.float32)
        return [Take(request.fps, values, head, {"seed": request.seed + k}) for k in range(count)]

    def _steps(self, style, on_progress):
        steps = 6000 if style == "endless" else 5
        for step in range(steps):
            on_progress(Progress(step / steps, "sampling"))
            time.sleep(STEP_S)
        if style == "deaf":
            time.sleep(60)
        if style == "crash":
            os._exit(3)
        if style == "bug":
            raise ZeroDivisionError("division by zero")
        if style == "bad":
            raise BadSound("The sound holds no speech; choose another one.")
        if style == "memory":
            raise MemoryError


def slow_load():
    time.sleep(1.0)
    return FakeGenerator()


def failing_load():
    raise BackendFailed("The weights are missing; install Mien again.")


def broken_load():
    raise ImportError("libonnxruntime.so cannot be read")


def lacking_load():
    raise ModuleNotFoundError("No module named 'onnxruntime'", name="onnxruntime")


LOADS = {"fast": FakeGenerator, "slow": slow_load, "failing": failing_load, "broken": broken_load}

if __name__ == "__main__":
    from inference_backend.server import serve

    serve(load=LOADS[sys.argv[1] if len(sys.argv) > 1 else "fast"])
