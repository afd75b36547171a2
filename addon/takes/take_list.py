"""The list of takes: name, rating and pin of each, with search and order."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty

from ..blender_types import Context


class MIEN_UL_takes(bpy.types.UIList):
    """Takes of one character."""

    bl_idname = "MIEN_UL_takes"

    min_rating: IntProperty(name="Stars", description="Show only takes with so many stars", min=0, max=5)
    order: EnumProperty(
        name="Order",
        items=[
            ("LIST", "As Listed", "In the order of the list", "SORTSIZE", 0),
            ("NAME", "Name", "By name", "SORTALPHA", 1),
            ("RATING", "Rating", "Best ones first", "SOLO_ON", 2),
        ],
    )

    def draw_item(
        self, _context: Context, layout: Any, _owner: Any, item: Any, _icon: int, _active: Any, _property: str
    ) -> None:
        """Draw a row."""
        row = layout.row(align=True)
        icon = "SOLO_ON" if item.solo else "PLAY" if item.playing else "BLANK1"
        row.prop(item, "name", text="", emboss=False, icon=icon)
        side = row.row(align=True)
        side.alignment = "RIGHT"
        if item.batch:
            side.label(text="", icon="RENDERLAYERS")
        if item.before:
            side.label(text="", icon="LOOP_BACK")
        side.label(text=str(item.rating) if item.rating else "", icon="SOLO_ON" if item.rating else "SOLO_OFF")
        side.prop(item, "pinned", text="", emboss=False, icon="PINNED" if item.pinned else "UNPINNED")

    def draw_filter(self, _context: Context, layout: Any) -> None:
        """Draw search, stars and order."""
        row = layout.row(align=True)
        row.prop(self, "filter_name", text="", icon="VIEWZOOM")
        row.prop(self, "use_filter_invert", text="", icon="ARROW_LEFTRIGHT")
        row.separator()
        row.prop(self, "min_rating", text="Stars")
        row.prop(self, "order", text="", icon_only=True)

    def filter_items(self, _context: Context, owner: Any, name: str) -> tuple[list[int], list[int]]:
        """Say which rows are shown, and in which order."""
        items = list(getattr(owner, name))
        shown = [_fits(item, self.filter_name, self.min_rating) for item in items]
        return [self.bitflag_filter_item if show else 0 for show in shown], ranks(items, self.order)


def ranks(items: list[Any], order: str) -> list[int]:
    """Give each take its new place; none where the list's own order counts."""
    if order == "LIST":
        return []
    keys = {"NAME": lambda index: items[index].name.lower(), "RATING": lambda index: -items[index].rating}
    places = sorted(range(len(items)), key=keys[order])
    return [places.index(index) for index in range(len(items))]


def _fits(item: Any, words: str, min_rating: int) -> bool:
    """Tell whether a take has the words in its name or style, and enough stars."""
    text = f"{item.name} {item.style}".lower()
    return item.rating >= min_rating and all(word in text for word in words.lower().split())


def register() -> None:
    """Register the list."""
    bpy.utils.register_class(MIEN_UL_takes)


def unregister() -> None:
    """Undo register."""
    bpy.utils.unregister_class(MIEN_UL_takes)
