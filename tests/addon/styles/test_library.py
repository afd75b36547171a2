"""Saved styles: shipped ones are whole, the user's come first, what is saved is found, shared and deleted."""

from __future__ import annotations

import os

import pytest
from mien.addon.styles import library, recent
from mien.inference_backend.contract import MAX_STYLE_CHARS
from mien.inference_backend.formats import BadFile
from mien.inference_backend.formats.style_file import Part, SavedStyle


def style(name="Mine", text="weary, nods", **amounts):
    return SavedStyle.of_texts(name, [Part(1.0, text=text)], amounts)


def test_the_shipped_styles_are_whole_texts(tmp_path):
    shipped = library.entries(tmp_path)
    assert len(shipped) == len(list(library.SHIPPED.iterdir())) >= 20
    assert all(entry.text and not entry.is_own for entry in shipped)
    names = [entry.style.name for entry in shipped]
    assert names == sorted(names, key=str.casefold)
    assert all(len(name.encode()) <= 63 for name in names), "a marker could not name it"


def test_own_styles_come_first_and_replace_namesakes(tmp_path):
    library.save(style("Zeal"), tmp_path)
    library.save(style("Bored", "my own kind of bored"), tmp_path)
    found = library.entries(tmp_path)
    assert [(e.style.name, e.is_own) for e in found[:2]] == [("Bored", True), ("Zeal", True)]
    assert [e.text for e in found if e.style.name == "Bored"] == ["my own kind of bored"]
    assert library.find(" Zeal ", found).style.name == "Zeal"
    with pytest.raises(library.NoStyle, match="no saved style 'Nobody'"):
        library.find("Nobody", found)
    with pytest.raises(library.NoStyle):
        library.find("zeal", found)


def test_saving_again_replaces_and_odd_names_get_files_of_their_own(tmp_path):
    first = library.save(style("Ärger / laut?"), tmp_path)
    assert library.save(style("Ärger / laut?", "new"), tmp_path) == first
    assert library.save(style("Ärger laut"), tmp_path) != first
    assert library.save(style("???"), tmp_path).parent == tmp_path
    assert {e.text for e in library.entries(tmp_path) if e.is_own} == {"new", "weary, nods"}


def test_a_damaged_file_is_left_out_and_read_again_once_mended(tmp_path):
    path = library.save(style(), tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    os.utime(path, ns=(1, 1))
    assert not any(e.is_own for e in library.entries(tmp_path))
    path.write_bytes(whole)
    assert any(e.is_own for e in library.entries(tmp_path))


def test_own_styles_can_be_deleted_and_shipped_ones_stay(tmp_path):
    library.save(style(), tmp_path)
    library.delete(library.find("Mine", library.entries(tmp_path)))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadFile, match="comes with Mien"):
        library.delete(library.entries(tmp_path)[0])


def test_a_folder_that_cannot_be_made_has_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadFile, match="cannot be made"):
        library.save(style(), tmp_path / "file" / "styles")


def test_recent_styles_are_few_and_the_last_comes_first(tmp_path):
    path = tmp_path / "deep" / "recent.json"
    assert recent.texts(path) == []
    for number in range(recent.MOST + 5):
        recent.remember(f"style {number}", path)
    recent.remember(" style\n12 ", path)
    recent.remember("  ", path)
    kept = recent.texts(path)
    assert (kept[0], kept[1], len(kept), len(set(kept))) == ("style 12", "style 19", recent.MOST, recent.MOST)
    recent.forget(path)
    assert recent.texts(path) == []


def test_a_damaged_list_of_recent_styles_is_no_reason_to_stop(tmp_path):
    path = tmp_path / "recent.json"
    for content in ("", "{}", "[1, null]", f'["{"x" * (MAX_STYLE_CHARS + 1)}"]'):
        path.write_text(content)
        assert recent.texts(path) == []
    recent.remember("weary", path)
    assert recent.texts(path) == ["weary"]
