"""One click to each engine."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import characters, keying  # noqa: E402
from mien.addon.export import engines, operators, panel  # noqa: E402
from mien.addon.export.settings import export_settings_of  # noqa: E402
from mien.inference_backend import contract, formats  # noqa: E402

from tests.addon import people  # noqa: E402


@pytest.fixture
def ready(registered, tmp_path):
    face = people.mesh_with_keys("Anna: face", contract.CHANNELS)
    bpy.context.view_layer.objects.active = face
    found = characters.find(face, registered)
    keying.key_take(found, people.random_take(contract, frames=12, fps=24), 1, "line 01/a")
    export_settings_of(registered).folder = str(tmp_path)
    return registered


@pytest.mark.parametrize("engine", ["UNREAL", "UNITY", "GODOT"])
def test_one_click_writes_a_file_named_after_character_and_take(ready, tmp_path, engine):
    assert bpy.ops.mien.export_for(engine=engine) == {"FINISHED"}
    assert [path.name for path in tmp_path.iterdir()] == [f"Anna_ face_line 01_a{engines.ENGINES[engine].suffix}"]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".npz"])
def test_one_click_writes_curves(ready, tmp_path, suffix):
    assert bpy.ops.mien.export_for(suffix=suffix) == {"FINISHED"}
    assert len(formats.read(tmp_path / f"Anna_ face_line 01_a{suffix}")) == 12


def test_a_folder_beside_a_file_that_was_never_saved_is_refused_with_a_sentence(ready):
    export_settings_of(ready).folder = "//"
    with pytest.raises(RuntimeError, match="save the file"):
        bpy.ops.mien.export_for(engine="UNITY")


def test_a_folder_that_is_not_there_is_refused_with_a_sentence(ready, tmp_path):
    export_settings_of(ready).folder = str(tmp_path / "no")
    with pytest.raises(RuntimeError, match="does not exist"):
        bpy.ops.mien.export_for(engine="UNITY")


def test_without_a_character_the_button_says_so(registered):
    with pytest.raises(RuntimeError, match="Choose a character"):
        bpy.ops.mien.export_for(engine="UNITY")


def test_the_settings_tune_the_engine(ready):
    settings = export_settings_of(ready)
    assert operators.tuned(ready, engines.UNREAL) == engines.UNREAL
    settings.skip_armature = settings.deform_only = False
    tuned = operators.tuned(ready, engines.UNREAL)
    assert (tuned.armature_name, tuned.deform_only) == ("", False)
    assert operators.tuned(ready, engines.ANY) == engines.ANY


def test_the_tooltip_says_what_the_engine_gets():
    class Properties:
        engine, suffix = "UNREAL", ""

    description = operators.MIEN_OT_export_for.description
    assert "Unreal" in description(None, Properties)
    Properties.suffix = ".csv"
    assert "Live Link" in description(None, Properties)


def test_the_panel_says_why_there_is_no_folder(ready, tmp_path):
    class Layout:
        def __init__(self):
            self.said = []

        def row(self, **_):
            return self

        column = row

        def prop(self, owner, name, **_):
            assert name in owner.bl_rna.properties

        def operator(self, *_, **__):
            return type("Properties", (), {})()

        def label(self, text, **_):
            self.said.append(text)

    def said():
        drawn = type("Panel", (), {"layout": Layout()})()
        panel.MIEN_PT_export.draw(drawn, bpy.context)
        return " ".join(drawn.layout.said)

    assert said() == ""
    export_settings_of(ready).folder = "//"
    assert said().startswith("Choose an export folder, or save the file")
