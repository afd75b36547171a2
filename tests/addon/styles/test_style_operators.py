"""The buttons of styles: each does one thing, in one undo step, or says why not."""

from __future__ import annotations

import re

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon.properties import settings_of  # noqa: E402
from mien.addon.styles import library, places, recent, suggestions  # noqa: E402
from mien.addon.styles.settings import styles_of  # noqa: E402
from mien.inference_backend import contract, formats  # noqa: E402
from mien.inference_backend.formats import style_file  # noqa: E402
from mien.inference_backend.formats.style_file import Part, SavedStyle  # noqa: E402

from tests.addon import people  # noqa: E402


@pytest.fixture
def ready(registered, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "own_folder", lambda: tmp_path / "styles")
    monkeypatch.setattr(places, "recent_file", lambda: tmp_path / "recent.json")
    return registered


def fails(sentence, operator, **arguments):
    with pytest.raises(RuntimeError, match=re.escape(sentence)):
        operator(**arguments)


def test_using_a_style_sets_its_words_and_leaves_other_amounts(ready):
    settings = settings_of(ready)
    settings.head_motion, settings.strength = 0.25, 0.5
    library.save(SavedStyle.of_texts("Mine", [Part(1, text="wry")], {"strength": 1.5}), places.own_folder())
    assert bpy.ops.mien.use_style(name="Mine") == {"FINISHED"}
    assert (settings.style, settings.strength, settings.head_motion) == ("wry", 1.5, 0.25)
    fails("no saved style 'Nobody'", bpy.ops.mien.use_style, name="Nobody")


def test_using_a_style_is_one_undo_step(ready):
    settings_of(ready).style = "before"
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.mien.use_style("EXEC_DEFAULT", True, name="Bored")
    assert settings_of(bpy.context.scene).style == places.entry("Bored").text
    bpy.ops.ed.undo()
    assert settings_of(bpy.context.scene).style == "before"


def test_a_style_of_several_parts_is_mixed(ready):
    two = [Part(1, text="wry"), Part(1, text="tender")]
    library.save(SavedStyle.of_texts("Both", two, {}), places.own_folder())
    styles_of(ready).parts.add().text = "old"
    bpy.ops.mien.use_style(name="Both")
    [part] = styles_of(ready).parts
    assert (settings_of(ready).style, part.kind, part.style) == ("", "STYLE", "Both")


def test_saving_keeps_words_mix_and_amounts_and_needs_no_backend(ready):
    fails("There is no style to save", bpy.ops.mien.save_style, name="x")
    settings = settings_of(ready)
    settings.style, settings.lips = "weary", 0.5
    part = styles_of(ready).parts.add()
    part.kind, part.style, part.weight = "STYLE", "Bored", 3.0
    assert bpy.ops.mien.save_style(name="Dull", with_amounts=True) == {"FINISHED"}
    saved = places.entry("Dull").style
    assert saved.made_of == (Part(0.75, text=places.entry("Bored").text), Part(0.25, text="weary"))
    assert (saved.amounts["lips"], saved.amounts["strength"]) == (0.5, 1.0)
    fails("The name of a style needs", bpy.ops.mien.save_style, name="  ")


def test_styles_are_shared_as_files(ready, tmp_path):
    settings_of(ready).style = "my own"
    bpy.ops.mien.save_style(name="Mine")
    shared = tmp_path / "shared"
    assert bpy.ops.mien.export_style(name="Mine", filepath=str(shared)) == {"FINISHED"}
    bpy.ops.mien.delete_style(name="Mine")
    settings_of(ready).style = ""
    file = shared.with_suffix(style_file.EXTENSION)
    assert bpy.ops.mien.import_style(filepath=str(file)) == {"FINISHED"}
    assert settings_of(ready).style == "my own"
    bpy.ops.mien.import_style(directory=str(tmp_path), files=[{"name": file.name}])
    assert [e.style.name for e in places.entries() if e.is_own] == ["Mine"]
    (tmp_path / "bad.mien-style").write_text("{}")
    fails("bad.mien-style is not a saved style", bpy.ops.mien.import_style, filepath=str(tmp_path / "bad.mien-style"))
    fails("comes with Mien", bpy.ops.mien.delete_style, name="Bored")


def test_recent_styles_can_be_used_and_forgotten(ready):
    recent.remember("weary, nods", places.recent_file())
    bpy.ops.mien.use_recent_style(text="weary, nods")
    assert settings_of(ready).style == "weary, nods"
    assert suggestions.of("NODS")[0] == "weary, nods"
    assert places.entry("Bored").text in suggestions.of("")
    bpy.ops.mien.clear_recent_styles()
    assert recent.texts(places.recent_file()) == []


def test_a_marker_is_added_where_the_animator_is(ready):
    fails("Write the style first", bpy.ops.mien.add_style_marker)
    settings_of(ready).style = "furious"
    ready.frame_set(42)
    assert bpy.ops.mien.add_style_marker() == {"FINISHED"}
    assert [(m.frame, m.name) for m in ready.timeline_markers] == [(42, "furious")]
    assert styles_of(ready).use_markers
    fails("a style marker at frame 42 already", bpy.ops.mien.add_style_marker)
    ready.frame_set(50)
    settings_of(ready).style = "x" * 64
    fails("save this style under a short name", bpy.ops.mien.add_style_marker)
    bpy.ops.mien.save_style(name="Short")
    bpy.ops.mien.add_style_marker()
    assert ready.timeline_markers[-1].name == "Short"


def test_prefixed_markers_stay_prefixed(ready):
    ready.timeline_markers.new("style: weary", frame=1)
    ready.frame_set(9)
    settings_of(ready).style = "furious"
    bpy.ops.mien.add_style_marker()
    assert ready.timeline_markers[-1].name == "style: furious"


def test_parts_are_added_moved_and_removed(ready):
    fails("has no parts", bpy.ops.mien.remove_style_part)
    for kind in ("TEXT", "FILE"):
        bpy.ops.mien.add_style_part(kind=kind)
    styles = styles_of(ready)
    assert bpy.ops.mien.move_style_part(direction="UP") == {"FINISHED"}
    assert ([part.kind for part in styles.parts], styles.active_part) == (["FILE", "TEXT"], 0)
    assert bpy.ops.mien.move_style_part(direction="UP") == {"CANCELLED"}
    bpy.ops.mien.remove_style_part()
    bpy.ops.mien.remove_style_part()
    assert len(styles.parts) == 0


def test_a_style_with_a_performance_is_made_by_the_model(ready, tmp_path):
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    bpy.context.view_layer.objects.active = face
    formats.write(people.random_take(contract, frames=90), tmp_path / "talk.npz")
    part = styles_of(ready).parts.add()
    part.kind, part.path = "FILE", str(tmp_path / "talk.npz")
    settings_of(ready).style = "weary"
    assert bpy.ops.mien.save_style(name="Like the talk") == {"FINISHED"}
    saved = places.entry("Like the talk").style
    assert {bool(p.reference) for p in saved.made_of} == {True, False}
    assert saved.vector.size
    assert np.isfinite(saved.vector).all()
    from mien.inference_backend.generator import style_space

    assert len(saved.ingredients(style_space.installed())) == 1


def test_a_film_without_a_tracker_says_what_to_install(ready, tmp_path):
    part = styles_of(ready).parts.add()
    part.kind, part.path = "FILE", str(tmp_path / "talk.mp4")
    fails("does not exist", bpy.ops.mien.read_film)
    (tmp_path / "talk.mp4").write_bytes(b"film")
    with pytest.raises(RuntimeError, match=r"pip install|film|mp4"):
        bpy.ops.mien.read_film()
    assert (part.kind, [e for e in places.entries() if e.is_own]) == ("FILE", [])
