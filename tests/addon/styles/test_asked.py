"""What the settings ask of the style, as the request says it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, generation, keying  # noqa: E402
from mien.addon.properties import settings_of  # noqa: E402
from mien.addon.styles import library, places  # noqa: E402
from mien.addon.styles import settings as settings_module  # noqa: E402
from mien.addon.styles.settings import styles_of  # noqa: E402
from mien.addon.takes import storage  # noqa: E402
from mien.inference_backend import contract, formats, references  # noqa: E402
from mien.inference_backend.contract import Cue, Ingredient, Request  # noqa: E402
from mien.inference_backend.formats.style_file import Part, SavedStyle  # noqa: E402
from mien.inference_backend.generator import mixer, style_space  # noqa: E402

from tests.addon import people  # noqa: E402


@pytest.fixture
def ready(registered, sound_file, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "own_folder", lambda: tmp_path / "styles")
    bpy.context.view_layer.objects.active = people.mesh_with_keys("Face", contract.CHANNELS)
    settings = settings_of(registered)
    settings.sound_path, settings.style = str(sound_file), "weary"
    return registered


def add(scene, kind, **fields):
    part = styles_of(scene).parts.add()
    part.kind = kind
    for name, value in fields.items():
        setattr(part, name, value)
    return part


def request():
    made = generation.place(bpy.context).request
    assert Request.from_json(made.to_json()) == made
    return made


def test_nothing_mixed_is_the_text_alone(ready):
    assert (request().style, request().mix, request().cues, request().fade_s) == ("weary", (), (), 0.5)


def test_amounts_are_asked_for(ready):
    settings = settings_of(ready)
    settings.lips, settings.upper, settings.gaze, settings.blinks = 0.5, 1.5, 0.0, 2.0
    assert (request().lips, request().upper, request().gaze, request().blinks) == (0.5, 1.5, 0.0, 2.0)


def test_texts_and_saved_styles_are_mixed_by_weight(ready):
    vector = np.arange(4, dtype=np.float32)
    library.save(
        SavedStyle.of("Film", style_space.installed(), vector, [Part(1, reference="a.mp4")]), places.own_folder()
    )
    add(ready, "TEXT", text="nods", weight=0.5)
    add(ready, "STYLE", style="Bored", weight=2.0)
    add(ready, "STYLE", style="Film")
    add(ready, "TEXT", text="left out", use=False)
    add(ready, "TEXT", text="no weight", weight=0.0)
    bored = places.entry("Bored").text
    assert request().mix == (
        Ingredient("nods", weight=0.5),
        Ingredient(bored, weight=2),
        Ingredient(vector=(0, 1, 2, 3)),
    )
    styles_of(ready).text_weight = 0.25
    assert (request().style, request().mix[0]) == ("", Ingredient("weary", weight=0.25))


def test_another_models_style_of_a_reference_has_a_sentence(ready):
    library.save(SavedStyle.of("Film", "old-1", np.ones(4), [Part(1, reference="a.mp4")]), places.own_folder())
    add(ready, "STYLE", style="Film")
    with pytest.raises(contract.MienError, match=r"made from a reference by the model old-1.* save it again"):
        generation.place(bpy.context)


def test_a_performance_in_a_file_becomes_a_reference(ready, tmp_path):
    take = people.random_take(contract, frames=120)
    formats.write(take, tmp_path / "talk.npz")
    add(ready, "FILE", path=str(tmp_path / "talk.npz"), start_s=1.0, duration_s=2.0, weight=0.5)
    [part] = request().mix
    read = mixer.take_of(part.reference)
    assert (part.weight, len(read)) == (0.5, 60)
    np.testing.assert_allclose(read.values, take.values[30:90])


def test_of_a_long_performance_the_middle_is_taken(ready, tmp_path):
    take = people.random_take(contract, frames=60 * 30)
    formats.write(take, tmp_path / "talk.csv")
    add(ready, "FILE", path=str(tmp_path / "talk.csv"))
    read = mixer.take_of(request().mix[0].reference)
    assert read.duration_s == pytest.approx(30, abs=0.05)
    np.testing.assert_allclose(read.values[0], take.values[450], atol=1e-4)


def test_an_action_on_the_character_becomes_a_reference(ready):
    ready.render.fps = 30
    character = characters.find(bpy.data.objects["Face"], ready)
    take = people.random_take(contract, frames=90)
    keying.key_take(character, take, 1.0)
    add(ready, "ACTION")
    read = mixer.take_of(request().mix[0].reference)
    np.testing.assert_allclose(read.values, take.values, atol=1e-5)


def test_a_take_of_the_character_becomes_a_reference(ready):
    character = characters.find(bpy.data.objects["Face"], ready)
    take = people.random_take(contract, frames=90)
    storage.store(storage.owner_of(character), take, storage.Facts("Warm", Request(style="warm")))
    part = add(ready, "TAKE", take="Warm")
    read = mixer.take_of(request().mix[0].reference)
    np.testing.assert_allclose(read.values, take.values, atol=1e-4)
    assert settings_module._take_names(part, bpy.context, "wA") == ["Warm"]
    part.take = "Cold"
    with pytest.raises(contract.MienError, match="has no take 'Cold'"):
        generation.place(bpy.context)


def test_what_cannot_be_mixed_has_a_sentence(ready, tmp_path):
    part = add(ready, "FILE")
    assert "A part of the style mix is empty" in generation.disabled_reason(bpy.context)
    for path, sentence in ((tmp_path / "no.csv", "no file"), (tmp_path / "talk.mp4", "press Read Film")):
        part.path = str(path)
        assert generation.disabled_reason(bpy.context) == ""
        with pytest.raises(contract.MienError, match=sentence):
            generation.place(bpy.context)
    formats.write(people.random_take(contract, frames=20), tmp_path / "short.npz")
    part.path = str(tmp_path / "short.npz")
    with pytest.raises(references.BadReference, match="needs 2 to 30 s"):
        generation.place(bpy.context)
    part.kind, part.style = "STYLE", "Nobody"
    with pytest.raises(library.NoStyle):
        generation.place(bpy.context)


def test_markers_are_cues_where_they_are_switched_on(ready):
    settings_of(ready).start_frame = 25
    for frame, name in ((1, "F_01"), (49, "furious"), (73, "Bored")):
        ready.timeline_markers.new(name, frame=frame)
    camera = ready.timeline_markers.new("Close-up", frame=60)
    camera.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    assert request().cues == ()
    styles_of(ready).use_markers, styles_of(ready).fade_s = True, 0.25
    bored = Ingredient(places.entry("Bored").text)
    assert request().cues == (Cue(1.0, style="furious"), Cue(2.0, mix=(bored,)))
    assert request().fade_s == 0.25


def test_asking_each_redraw_reads_no_files(ready, monkeypatch, tmp_path):
    add(ready, "FILE", path=str(tmp_path / "no.csv"))
    monkeypatch.setattr(formats, "read", lambda *_: pytest.fail("a file was read"))
    assert generation.disabled_reason(bpy.context) == ""


def test_an_order_is_remembered_as_a_recent_style(ready, monkeypatch):
    monkeypatch.setattr(generation, "submit", lambda *_: None)
    order = generation.place(bpy.context)
    generation.begin(dataclasses.replace(order, request=Request(style="quite new")))
    generation.current = None
    from mien.addon.styles import recent

    assert recent.texts(places.recent_file())[0] == "quite new"
