"""Mixes as people name them: each source with its weight, as ingredients and as parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference_backend import formats, mixes
from inference_backend.contract import BadRequest, Take, ignore
from inference_backend.formats import BadFile, style_file
from inference_backend.formats.style_file import Part, SavedStyle

VECTOR = np.array([0.5, -1.0], np.float32)


def test_weights_go_with_values_in_order():
    assert mixes.weighed(["a", "b"], [0.7, 0.3], "--text") == [("a", 0.7), ("b", 0.3)]
    assert mixes.weighed(["a", "b"], None, "--text") == [("a", 1.0), ("b", 1.0)]
    assert mixes.weighed(None, None, "--text") == []


@pytest.mark.parametrize(("values", "weights"), [(["a", "b"], [1.0]), ([], [1.0]), (["a"], [1.0, 2.0])])
def test_another_number_of_weights_is_refused(values: list[str], weights: list[float]):
    with pytest.raises(BadRequest, match=r"^--text: .* a weight for each"):
        mixes.weighed(values, weights, "--text")


def test_a_reference_is_told_by_file_length_and_start(tmp_path: Path):
    values = np.random.default_rng(1).uniform(0, 1, (200, 52)).astype(np.float32)
    formats.write(Take(25.0, values, np.zeros((200, 3), np.float32)), tmp_path / "take.npz")
    mix = mixes.of_reference(tmp_path / "take.npz", 0.3, 1.0, 3.0, on_progress=ignore)
    assert mix.parts == (Part(0.3, reference="take.npz, 3.0 s from 1 s"),)
    assert [i.weight for i in mix.ingredients] == [0.3]
    assert mix.ingredients[0].reference


def test_a_saved_style_brings_the_parts_that_it_was_made_of(tmp_path: Path):
    parts = (Part(0.75, text="weary"), Part(0.25, reference="talk.mp4, 3.0 s"))
    style_file.write(SavedStyle.of("weary", "mien-2", VECTOR, parts), tmp_path / "weary.mien-style")
    mix = mixes.of_style_file(tmp_path / "weary.mien-style", 2.0, "mien-2") + mixes.of_text("nods", 1.0)
    assert mix.parts == (
        Part(1.5, text="weary"),
        Part(0.5, reference="talk.mp4, 3.0 s"),
        Part(1.0, text="nods"),
    )
    assert [(i.text, i.vector, i.weight) for i in mix.ingredients] == [("", (0.5, -1.0), 2.0), ("nods", (), 1.0)]
    with pytest.raises(BadFile, match="mien-3 cannot read"):
        mixes.of_style_file(tmp_path / "weary.mien-style", 1.0, "mien-3")
