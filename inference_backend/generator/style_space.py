"""Which style space the installed model has, known without loading it: saved styles are points in one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ..contract import BackendFailed

WEIGHTS = Path(__file__).parent / "weights"


def installed(folder: Path = WEIGHTS) -> str:
    """Name the style space of the model in a folder of weights, such as mien-2-3f9a1c2b; raises BackendFailed.

    It is the model's version and a mark of its style reader, which spans the space: an actor that learns more in the
    same space leaves saved styles as they are, another style reader does not.
    """
    try:
        version = json.loads((folder / "generator.json").read_text(encoding="utf-8"))["version"]
        mark = hashlib.sha256((folder / "style_reader.onnx").read_bytes()).hexdigest()[:8]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendFailed(
            f"The model in {folder} cannot be read ({type(error).__name__}); reinstall Mien."
        ) from error
    return f"{version}-{mark}"
