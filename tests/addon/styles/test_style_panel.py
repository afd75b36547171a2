"""The style's panels and menus draw in every state, and name only what exists."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon.properties import settings_of  # noqa: E402
from mien.addon.styles import library, panel, places, recent  # noqa: E402
from mien.addon.styles.settings import KINDS, styles_of  # noqa: E402
from mien.inference_backend.formats.style_file import Part, SavedStyle  # noqa: E402


class Layout:
    """Stands for Blender's layout; checks what it is asked to draw."""

    def __init__(self, drawn=None):
        self.drawn = [] if drawn is None else drawn

    def row(self, **_):
        return Layout(self.drawn)

    column = row

    def separator(self):
        pass

    def label(self, text, icon="NONE", translate=True):
        self._check("label", icon)
        self.drawn.append(text)

    def prop(self, owner, name, **_):
        assert name in owner.bl_rna.properties
        self.drawn.append(name)

    def menu(self, name, text=None, icon="NONE"):
        assert hasattr(bpy.types, name)
        self._check("menu", icon)

    def operator(self, name, text=None, icon="NONE", translate=True):
        self._check("operator", icon)
        kind = getattr(bpy.types, name.replace("mien.", "MIEN_OT_"))
        self.drawn.append(text or kind.bl_label)
        return type("Properties", (), {})()

    def template_list(self, kind, _id, owner, name, index_owner, index_name, rows):
        assert hasattr(bpy.types, kind)
        assert name in owner.bl_rna.properties
        assert index_name in index_owner.bl_rna.properties
        for item in getattr(owner, name):
            getattr(bpy.types, kind).draw_item(None, None, self, owner, item, 0, index_owner, index_name, 0)

    def _check(self, function, icon):
        assert icon in bpy.types.UILayout.bl_rna.functions[function].parameters["icon"].enum_items


def drawn(cls, method="draw"):
    class Drawing:
        layout = Layout()

    Drawing.layout = Layout()
    getattr(cls, method)(Drawing(), bpy.context)
    return Drawing.layout.drawn


@pytest.fixture
def ready(registered, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "own_folder", lambda: tmp_path / "styles")
    monkeypatch.setattr(places, "recent_file", lambda: tmp_path / "recent.json")
    return registered


def test_menus_list_styles_own_ones_first(ready):
    library.save(SavedStyle.of_texts("Mine", [Part(1, text="wry")], {}), places.own_folder())
    listed = drawn(panel.MIEN_MT_styles)
    assert listed[0] == "Mine"
    assert {"Bored", "Save Style", "Import Styles"} <= set(listed)
    assert drawn(panel.MIEN_MT_delete_style) == ["Mine"]
    assert "Bored" in drawn(panel.MIEN_MT_export_style)


def test_recent_styles_or_none(ready):
    assert drawn(panel.MIEN_MT_recent_styles) == ["No Styles Yet"]
    recent.remember("weary", places.recent_file())
    assert drawn(panel.MIEN_MT_recent_styles) == ["weary", "Clear Recent Styles"]


def test_panels_draw_every_kind_of_part(ready):
    assert {"lips", "upper", "gaze", "blinks"} <= set(drawn(panel.MIEN_PT_style))
    assert "text_weight" not in drawn(panel.MIEN_PT_style_mix)
    styles = styles_of(ready)
    for index, kind in enumerate(KINDS):
        styles.parts.add().kind = kind
        styles.active_part = index
        assert {KINDS[kind], "kind", "weight", "text_weight"} <= set(drawn(panel.MIEN_PT_style_mix))
    assert styles.parts[-1].kind == "FILE"
    assert "Read Film" not in drawn(panel.MIEN_PT_style_mix)
    styles.parts[-1].path = "//Talk.MP4"
    assert {"Read Film", "Talk.MP4"} <= set(drawn(panel.MIEN_PT_style_mix))


def test_the_timeline_tells_its_marks(ready):
    assert drawn(panel.MIEN_PT_style_timeline, "draw_header") == ["use_markers"]
    assert "No markers that name styles." in drawn(panel.MIEN_PT_style_timeline)
    for frame in range(10, 130, 10):
        ready.timeline_markers.new("weary", frame=frame)
    listed = drawn(panel.MIEN_PT_style_timeline)
    assert "10: weary" in listed
    assert listed[-1] == "+ 4"


def test_the_text_has_its_menus(ready):
    layout = Layout()
    panel.draw_text(layout, bpy.context)
    assert layout.drawn == ["style"]
    settings_of(ready).style = "weary"
