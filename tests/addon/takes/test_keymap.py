"""The key that swaps takes: there with the add-on, gone with it, drawn where users change it."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from mien import addon  # noqa: E402
from mien.addon.takes import keymap  # noqa: E402


def keys():
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:
        pytest.skip("this Blender has no keyboard in background mode")
    items = config.keymaps[keymap.KEYMAP].keymap_items if keymap.KEYMAP in config.keymaps else ()
    return [(item.type, item.value, item.any) for item in items if item.idname == keymap.OPERATOR]


def test_the_key_comes_and_goes_with_the_add_on(scene):
    before = keys()
    for _ in range(2):
        addon.register()
        assert keys() == [("Y", "PRESS", False)]
        addon.unregister()
        assert keys() == before == []


def test_the_key_is_drawn_as_blender_does(registered, monkeypatch):
    assert keys()
    config = bpy.context.window_manager.keyconfigs.addon
    item = next(item for item in config.keymaps[keymap.KEYMAP].keymap_items if item.idname == keymap.OPERATOR)
    drawn = []

    class Layout:
        def column(self, **_):
            return self

        def context_pointer_set(self, name, value):
            drawn.append((name, value.name))

        def label(self, text="", icon=""):
            drawn.append((icon, text))

    monkeypatch.setattr(keymap.rna_keymap_ui, "draw_kmi", lambda *arguments: drawn.append(arguments))
    monkeypatch.setattr(keymap, "_users", lambda _: (config, config.keymaps[keymap.KEYMAP], item))
    layout = Layout()
    keymap.draw(layout, bpy.context)
    assert drawn == [("keymap", "3D View"), ([], config, config.keymaps[keymap.KEYMAP], item, layout, 0)]
    assert keymap.key_name(bpy.context) == item.to_string()
    item.active = False
    assert keymap.key_name(bpy.context) == ""
    drawn.clear()
    monkeypatch.setattr(keymap, "_users", lambda _: (config, None, None))  # a user may have removed it
    keymap.draw(layout, bpy.context)
    assert drawn[0][0] == "INFO"
    assert "restore the keymap '3D View'" in drawn[0][1]
