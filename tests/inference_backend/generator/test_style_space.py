"""The name of a style space: another one for another style reader, and a sentence where there is no model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inference_backend.contract import BackendFailed
from inference_backend.generator import style_space


def weights(folder: Path, reader: bytes = b"reader", steps: int = 1) -> Path:
    (folder / "generator.json").write_text(json.dumps({"version": "mien-2", "steps_trained": steps}))
    (folder / "style_reader.onnx").write_bytes(reader)
    return folder


def test_the_style_reader_decides(tmp_path: Path):
    first = style_space.installed(weights(tmp_path))
    assert first.startswith("mien-2-")
    assert style_space.installed(weights(tmp_path, steps=2)) == first
    assert style_space.installed(weights(tmp_path, b"another")) != first


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_broken_model_has_a_sentence(tmp_path: Path, content: str | None):
    weights(tmp_path)
    if content is None:
        (tmp_path / "style_reader.onnx").unlink()
    else:
        (tmp_path / "generator.json").write_text(content)
    with pytest.raises(BackendFailed, match="reinstall Mien"):
        style_space.installed(tmp_path)
