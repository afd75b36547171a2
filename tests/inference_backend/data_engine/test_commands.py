"""Commands: what is wrong with their settings is said before anything is begun."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("requests", reason="no requests, which fetches the tracker's model")
from inference_backend.data_engine import commands
from inference_backend.data_engine.reconstruction.model import NoModel


@pytest.mark.parametrize("content", [b"another file", None])
@pytest.mark.parametrize("command", ["filter", "reconstruct", "run"])
def test_a_wrong_landmarker_is_told_before_a_folder_is_made(tmp_path: Path, command: str, content: bytes | None):
    model, out = tmp_path / "face.task", tmp_path / "out"
    if content is not None:
        model.write_bytes(content)
    folders = ["--out", str(out)] if command == "run" else [str(tmp_path / "source"), str(out)]
    with pytest.raises(NoModel, match=r"face\.task (cannot be read|is not the face tracker's model)"):
        commands.app([command, *folders, "--landmarker", str(model)], standalone_mode=False)
    assert not out.exists()
