"""What the service runs on, for those who ask why it is slow or what it can read."""

from __future__ import annotations

import importlib.util
import platform
import sys
from functools import cache
from importlib import metadata
from typing import Any

from ..contract import BackendFailed
from ..generator import style_space

_RUNTIMES = ("onnxruntime-gpu", "onnxruntime-directml", "onnxruntime")


@cache
def described() -> dict[str, Any]:
    """Tell Python, the runtime with the execution providers that it offers, the style space, and whether films work."""
    return {
        "python": platform.python_version(),
        "runtime": _runtime(),
        "offers": _offers(),
        "style_space": _style_space(),
        "tracker": importlib.util.find_spec("mediapipe") is not None,
    }


def _runtime() -> str:
    for name in _RUNTIMES:
        try:
            return f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            continue
    return ""


def _offers() -> list[str]:
    """List the providers of a runtime that is loaded already: to load it now would keep the asker waiting."""
    runtime = sys.modules.get("onnxruntime")
    return list(runtime.get_available_providers()) if runtime else []


def _style_space() -> str:
    try:
        return style_space.installed()
    except BackendFailed:
        return ""
