"""The panel draws in every state, and names only properties and operators that exist."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import generation, panel  # noqa: E402
from mien.addon.properties import progress_of, settings_of  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402


class Layout:
    """Stands for Blender's layout, which needs a window; checks what it is asked to draw."""

    def __init__(self):
        self.texts, self.props, self.operators, self.menus = [], [], [], []

    def row(self, **_):
        return self

    column = row

    def separator(self):
        pass

    def label(self, text, icon="NONE"):
        assert icon in bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items
        self.texts.append(text)

    def prop(self, owner, name, **_):
        assert name in owner.bl_rna.properties
        self.props.append(name)

    def prop_search(self, owner, name, where, collection, **_):
        assert name in owner.bl_rna.properties
        assert collection in where.bl_rna.properties
        self.props.append(name)

    def operator(self, name, icon="NONE", **_):
        assert hasattr(bpy.types, name.replace("mien.", "MIEN_OT_"))
        assert icon in bpy.types.UILayout.bl_rna.functions["operator"].parameters["icon"].enum_items
        self.operators.append(name)

    def menu(self, name, icon="NONE", **_):
        assert hasattr(bpy.types, name)
        assert icon in bpy.types.UILayout.bl_rna.functions["menu"].parameters["icon"].enum_items
        self.menus.append(name)

    def progress(self, factor, text):
        assert "progress" in bpy.types.UILayout.bl_rna.functions
        self.texts.append(f"{factor:.2f} {text}")

    @property
    def text(self):
        return " ".join(self.texts)


def drawn():
    class Panel:
        layout = Layout()

    Panel.layout = Layout()
    panel.MIEN_PT_take.draw(Panel(), bpy.context)
    return Panel.layout


def test_it_lives_in_the_sidebar(registered):
    cls = panel.MIEN_PT_take
    assert (cls.bl_space_type, cls.bl_region_type, cls.bl_category) == ("VIEW_3D", "UI", "Mien")


def test_an_empty_scene_offers_the_demo_character(registered):
    layout = drawn()
    assert "Choose a character" in layout.text
    assert "mien.add_demo_character" in layout.operators
    assert {"character", "source", "sound_path", "style", "strength", "seed", "head_motion"} <= set(layout.props)


def test_it_tells_what_was_found_and_what_is_missing(registered):
    face = people.mesh_with_keys("Face", [n for n in contract.CHANNELS if n != "tongueOut"])
    settings_of(registered).character = face
    layout = drawn()
    assert "Face: 51 of 52 channels" in layout.text
    assert "Missing: tongueOut" in layout.text
    assert "Choose a sound file." in layout.text


def test_the_reason_is_one_function_for_poll_and_panel(registered, sound_file):
    settings_of(registered).character = people.mesh_with_keys("Face", contract.CHANNELS)
    assert not bpy.ops.mien.generate.poll()
    assert generation.disabled_reason(bpy.context) in drawn().text
    settings_of(registered).sound_path = str(sound_file)
    assert generation.disabled_reason(bpy.context) == ""
    assert bpy.ops.mien.generate.poll()


def test_progress_and_the_last_message(registered):
    progress = progress_of(bpy.context)
    progress.running, progress.fraction, progress.phase = True, 0.25, "performing"
    assert "0.25 Performing" in drawn().text
    assert "mien.generate" not in drawn().operators, "a button that is grey under the mouse would stay grey"
    assert "mien.cancel" in drawn().operators
    progress.running, progress.message, progress.failed = False, "It went wrong; try again.", True
    assert "It went wrong; try again." in drawn().text
    assert "mien.generate" in drawn().operators


def test_strips_of_the_sequencer_can_be_searched(registered):
    settings_of(registered).source = "STRIP"
    registered.sequence_editor_clear()
    assert "The sequencer has no strips." in drawn().text
    registered.sequence_editor_create()
    assert "strip" in drawn().props
