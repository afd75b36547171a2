"""The version of the installed model, known without loading it."""

from __future__ import annotations

import json
from pathlib import Path

from ..contract import BackendFailed

WEIGHTS = Path(__file__).parent / "weights"


def installed(folder: Path = WEIGHTS) -> str:
    """Name the version of the model in a folder of weights; raises BackendFailed."""
    try:
        return str(json.loads((folder / "generator.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendFailed(f"The model in {folder} says no version; reinstall Mien.") from error
