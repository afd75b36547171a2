"""Mien in Blender's own menus, from which the search finds it."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from mien import addon  # noqa: E402
from mien.addon import menu  # noqa: E402

IN_LISTS = {
    "add_style_part", "remove_style_part", "move_style_part", "read_film", "mapping_add", "mapping_remove",
    "mapping_move", "move_take", "rate_take", "clear_recent_styles",
}  # fmt: skip
"""Operators on the rows of a list, or of menus that hang on a field, which mean something beside it alone."""


class Layout:
    """Stands for Blender's layout: notes operators, follows menus."""

    def __init__(self):
        self.operators, self.menus = set(), []

    def operator(self, name, icon="NONE", **_):
        assert hasattr(bpy.types, name.replace("mien.", "MIEN_OT_")), name
        assert icon in bpy.types.UILayout.bl_rna.functions["operator"].parameters["icon"].enum_items
        self.operators.add(name.removeprefix("mien."))
        return type("Properties", (), {})()

    def menu(self, name, **_):
        self.menus.append(name)
        cls = getattr(bpy.types, name)
        cls.draw(type("Menu", (), {"layout": self})(), bpy.context)

    def separator(self):
        pass

    def label(self, **_):
        pass


def test_all_operators_are_in_a_menu_but_those_of_lists(registered):
    layout = Layout()
    for drawn in menu.PLACES.values():
        drawn(type("Menu", (), {"layout": layout})(), bpy.context)
    classes = {name.removeprefix("MIEN_OT_"): getattr(bpy.types, name) for name in dir(bpy.types) if "MIEN_OT_" in name}
    assert len(classes) > 40
    searched = {name for name, cls in classes.items() if "INTERNAL" not in getattr(cls, "bl_options", ())}
    assert searched - layout.operators == IN_LISTS
    assert all(cls.__doc__ for cls in classes.values())


def test_menus_come_and_go_with_the_add_on(scene):
    def drawn():
        places = [getattr(bpy.types, name) for name in menu.PLACES]
        return [sum(f in menu.PLACES.values() for f in place._dyn_ui_initialize()) for place in places]

    for _ in range(2):
        addon.register()
        assert drawn() == [1, 1, 1, 1]
        addon.unregister()
        assert drawn() == [0, 0, 0, 0]
