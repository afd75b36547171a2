"""Saved styles: what is written is read, each defect has its sentence, and models of other versions get texts."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from inference_backend.contract import MAX_INGREDIENTS, BadRequest, Ingredient, MienError, Request
from inference_backend.formats import BadFile, style_file
from inference_backend.formats.style_file import Part, SavedStyle

VECTOR = np.random.default_rng(3).normal(size=192).astype(np.float32)
WEARY, FILM = Part(0.7, text="weary"), Part(0.3, reference="talk.mp4, 2.0 s")


def make_style(*parts: Part, **changes) -> SavedStyle:
    fields = {"name": "a weary teacher, “schön”", "model": "mien-2", "vector": VECTOR, **changes}
    return SavedStyle.of(parts=parts or (WEARY, FILM), **fields)


def test_what_is_written_is_read(tmp_path: Path):
    style = make_style()
    style_file.write(style, tmp_path / "weary.mien-style")
    read = style_file.read(tmp_path / "weary.mien-style")
    assert (read.name, read.model, read.made_of) == (style.name, "mien-2", (WEARY, FILM))
    np.testing.assert_array_equal(read.vector, VECTOR)
    assert read.vector.dtype == np.float32
    assert [path.name for path in tmp_path.iterdir()] == ["weary.mien-style"]
    assert (tmp_path / "weary.mien-style").stat().st_size < 8000


def test_weights_become_shares_and_the_same_thing_is_named_once():
    style = make_style(Part(1, text="sad"), Part(3, text="weary"), Part(2, text=" sad\n"), Part(0, text="glad"))
    assert style.made_of == (Part(0.5, text="sad"), Part(0.5, text="weary"))


@pytest.mark.parametrize("words", ["a\tb\r\nc\x00\x00d", "weary \ud800 face", "\x1b[31mred"])
def test_words_that_break_lines_are_made_plain_and_stay_readable(words: str):
    style = make_style(Part(1, text=words), name=words)
    read = style_file.loads(style_file.dumps(style))
    assert read.made_of == style.made_of
    assert read.name == style.name == style.made_of[0].text
    assert read.name.isprintable()


def test_a_style_of_texts_needs_no_model(tmp_path: Path):
    style = SavedStyle.of_texts("Weary", [Part(3, text="weary"), Part(1, text="nods")], {"strength": 1.5, "lips": 0.5})
    style_file.write(style, tmp_path / "weary.mien-style")
    read = style_file.read(tmp_path / "weary.mien-style")
    assert (read.model, read.vector.size, read.amounts) == ("", 0, {"strength": 1.5, "lips": 0.5})
    assert read.ingredients("mien-3") == (Ingredient(text="weary", weight=0.75), Ingredient(text="nods", weight=0.25))
    with pytest.raises(BadRequest, match="needs the model"):
        SavedStyle.of_texts("Film", [FILM], {})


@pytest.mark.parametrize("amounts", [[], {"strength": 3}, {"lips": "1"}, {"gaze": True}, {"upper": -0.1}])
def test_amounts_out_of_range_are_refused(amounts):
    document = {"mien_style": 1, "name": "x", "made_of": [{"weight": 1, "text": "sad"}], "amounts": amounts}
    with pytest.raises(BadFile, match="amount"):
        style_file.loads(json.dumps(document).encode())


def test_its_own_model_gets_the_vector():
    ingredients = make_style().ingredients("mien-2", 0.4)
    assert ingredients == (Ingredient(vector=tuple(VECTOR.tolist()), weight=0.4),)
    assert Request.from_json(Request(mix=ingredients).to_json()).mix == ingredients


def test_another_model_gets_the_texts():
    style = make_style(Part(3, text="weary"), Part(1, text="nods"))
    assert style.ingredients("mien-3", 2.0) == (
        Ingredient(text="weary", weight=1.5),
        Ingredient(text="nods", weight=0.5),
    )


def test_another_model_cannot_read_a_reference():
    with pytest.raises(BadFile, match=r"weary teacher.* model mien-2, which mien-3 cannot read; save it again"):
        make_style().ingredients("mien-3")


DEFECTS = {
    "a list": ([], "is not a saved style"),
    "another JSON": ({"exportFps": 30}, "is not a saved style"),
    "no form": ({"mien_style": "1"}, "is not a saved style"),
    "newer": ({"mien_style": 2}, "newer Mien; update"),
    "no name": ({"name": ""}, "lacks its name"),
    "long name": ({"name": "x" * 101}, "name of 101 characters"),
    "two lines": ({"name": "a\nb"}, "line breaks"),
    "no model": ({"model": None}, "lacks its model"),
    "no parts": ({"made_of": []}, "does not say what it was made of"),
    "many parts": ({"made_of": [{"weight": 0.01, "text": "sad"}] * 17}, "does not say what it was made of"),
    "a part of nothing": ({"made_of": [{"weight": 1}]}, "neither a text nor a reference"),
    "a part of both": ({"made_of": [{"weight": 1, "text": "a", "reference": "b"}]}, "neither a text nor a reference"),
    "an empty part": ({"made_of": [{"weight": 1, "text": " "}]}, "lacks its text"),
    "a long text": ({"made_of": [{"weight": 1, "text": "a" * 1001}]}, "text of 1,001 characters"),
    "no weight": ({"made_of": [{"text": "sad"}]}, "weight None"),
    "weight 0": ({"made_of": [{"text": "sad", "weight": 0}]}, "weight 0"),
    "weight nan": ({"made_of": [{"text": "sad", "weight": float("nan")}]}, "weight nan"),
    "weight true": ({"made_of": [{"text": "sad", "weight": True}]}, "weight True"),
    "no vector": ({"vector": None}, "lacks its vector"),
    "an empty vector": ({"vector": []}, "lacks its vector"),
    "a wide vector": ({"vector": [0.0] * 5000}, "lacks its vector"),
    "words in it": ({"vector": [0.1, "0.2"]}, "not all finite"),
    "nan in it": ({"vector": [0.1, float("nan")]}, "not all finite"),
    "infinity in it": ({"vector": [float("-inf")]}, "not all finite"),
    "huge in it": ({"vector": [10**400]}, "not all finite"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_has_its_sentence(tmp_path: Path, defect: str):
    changes, sentence = DEFECTS[defect]
    path = tmp_path / "odd.mien-style"
    whole = json.loads(style_file.dumps(make_style()))
    is_other = not isinstance(changes, dict) or "exportFps" in changes
    path.write_text(json.dumps(changes if is_other else {**whole, **changes}), encoding="utf-8")
    with pytest.raises(BadFile, match=rf"^odd\.mien-style .*{sentence}.*\.$"):
        style_file.read(path)


def test_bytes_that_are_no_style_have_a_sentence(tmp_path: Path):
    path = tmp_path / "odd.mien-style"
    whole = style_file.dumps(make_style())
    for data in (b"\x00\xff" * 99, whole[:-40], b"[" * 100_000, b"", b" " * (style_file.MAX_BYTES + 1)):
        path.write_bytes(data)
        with pytest.raises(BadFile, match=r"^odd\.mien-style .*\.$"):
            style_file.read(path)


def test_places_that_cannot_be_read_or_written_have_a_sentence(tmp_path: Path):
    with pytest.raises(BadFile, match="no file"):
        style_file.read(tmp_path / "nothing.mien-style")
    with pytest.raises(BadFile, match="is a folder"):
        style_file.read(tmp_path)
    with pytest.raises(BadRequest, match=r"needs the extension \.mien-style"):
        style_file.write(make_style(), tmp_path / "style.json")
    with pytest.raises(BadFile, match="no folder"):
        style_file.write(make_style(), tmp_path / "nowhere" / "a.mien-style")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="this user may write everywhere")
def test_a_write_protected_style_stays(tmp_path: Path):
    path = tmp_path / "a.mien-style"
    style_file.write(make_style(), path)
    path.chmod(0o400)
    with pytest.raises(BadFile, match="write-protected"):
        style_file.write(make_style(name="other"), path)
    assert style_file.read(path).name == make_style().name


def test_what_cannot_be_saved_is_refused():
    many = [Part(1, text=f"style {k}") for k in range(MAX_INGREDIENTS + 1)]
    for style in (
        lambda: make_style(name=" \n"),
        lambda: make_style(name="x" * 101),
        lambda: make_style(*many),
        lambda: make_style(Part(0, text="sad")),
    ):
        with pytest.raises(MienError, match=r"^[A-Z].*\.$"):
            style()
