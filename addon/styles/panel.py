"""The style's menus and panels; they only draw."""

from __future__ import annotations

import functools
from typing import Any, cast

import bpy

from ...inference_backend import references
from ..blender_types import Context
from ..properties import settings_of
from . import asked, places, recent
from .settings import KINDS, styles_of

_MOST_MARKS = 8


def draw_text(layout: Any, context: Context) -> None:
    """Draw the style text with the menus of saved and recent styles."""
    row = layout.row(align=True)
    row.prop(settings_of(context.scene), "style", text="", placeholder="Style, in a few words")  # long: all the width
    row.menu("MIEN_MT_styles", text="", icon="PRESET")
    row.menu("MIEN_MT_recent_styles", text="", icon="RECOVER_LAST")


class MIEN_MT_styles(bpy.types.Menu):
    """Saved styles: yours first, then those that come with Mien."""

    bl_idname = "MIEN_MT_styles"
    bl_label = "Styles"

    def draw(self, _context: Context) -> None:
        """List them, then what can be done with them."""
        layout, saved = self.layout, places.entries()
        for own in (True, False):
            for entry in (e for e in saved if e.is_own == own):
                icon = "USER" if own else "NONE"
                _named(layout.operator("mien.use_style", text=entry.style.name, icon=icon, translate=False), entry)
            layout.separator()
        layout.operator("mien.save_style", icon="ADD")
        layout.operator("mien.import_style", icon="IMPORT")
        layout.menu("MIEN_MT_export_style", icon="EXPORT")
        if any(entry.is_own for entry in saved):
            layout.menu("MIEN_MT_delete_style", icon="TRASH")


class MIEN_MT_export_style(bpy.types.Menu):
    """Styles to write as files."""

    bl_idname = "MIEN_MT_export_style"
    bl_label = "Export Style"

    def draw(self, _context: Context) -> None:
        """List them."""
        for entry in places.entries():
            _named(self.layout.operator("mien.export_style", text=entry.style.name, translate=False), entry)


class MIEN_MT_delete_style(bpy.types.Menu):
    """Styles of the user's, to be deleted."""

    bl_idname = "MIEN_MT_delete_style"
    bl_label = "Delete Style"

    def draw(self, _context: Context) -> None:
        """List them."""
        for entry in (e for e in places.entries() if e.is_own):
            _named(self.layout.operator("mien.delete_style", text=entry.style.name, translate=False), entry)


class MIEN_MT_recent_styles(bpy.types.Menu):
    """Styles that were asked for last."""

    bl_idname = "MIEN_MT_recent_styles"
    bl_label = "Recent Styles"

    def draw(self, _context: Context) -> None:
        """List them."""
        kept = recent.texts(places.recent_file())
        for text in kept:
            self.layout.operator("mien.use_recent_style", text=text, translate=False).text = text  # type: ignore
        if not kept:
            self.layout.label(text="No Styles Yet")
            return
        self.layout.separator()
        self.layout.operator("mien.clear_recent_styles", icon="X")


class MIEN_PT_style(bpy.types.Panel):
    """Amounts of the next take."""

    bl_idname = "MIEN_PT_style"
    bl_label = "Style"
    bl_parent_id = "MIEN_PT_take"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 8  # before the takes

    def draw(self, context: Context) -> None:
        """Draw the amounts."""
        layout = _split(self.layout)
        column = layout.column(align=True)
        for name in ("lips", "upper", "gaze", "blinks"):
            column.prop(settings_of(context.scene), name)
        layout.operator("mien.save_style", icon="ADD")


class MIEN_PT_style_timeline(bpy.types.Panel):
    """Styles that change at markers."""

    bl_idname = "MIEN_PT_style_timeline"
    bl_label = "Style Timeline"
    bl_parent_id = "MIEN_PT_style"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 20

    def draw_header(self, context: Context) -> None:
        """Draw the switch."""
        self.layout.prop(styles_of(context.scene), "use_markers", text="")

    def draw(self, context: Context) -> None:
        """Draw the fade, and which styles begin where."""
        layout, styles = _split(self.layout), styles_of(context.scene)
        layout.operator("mien.add_style_marker", icon="MARKER")
        column = layout.column()
        column.active = styles.use_markers
        column.prop(styles, "fade_s")
        marks = asked.marks(context.scene)
        for frame, name in marks[:_MOST_MARKS]:
            column.label(text=f"{frame}: {name}", icon="MARKER_HLT", translate=False)
        if len(marks) > _MOST_MARKS:
            column.label(text=f"+ {len(marks) - _MOST_MARKS}", icon="BLANK1", translate=False)
        if not marks:
            column.label(text="No markers that name styles.", icon="INFO")


class MIEN_UL_style_parts(bpy.types.UIList):
    """The parts of the style mix."""

    bl_idname = "MIEN_UL_style_parts"

    def draw_item(
        self, _context: Context, layout: Any, _data: Any, part: Any, _icon: int, _active: Any, _name: str, _index: int
    ) -> None:
        """Draw what the part is, and its weight."""
        layout.use_property_split = False
        row = layout.row(align=True)
        row.active = part.use
        row.prop(part, "use", text="")
        row.label(text=part.label or "Empty", icon=_icon_of(part.kind), translate=not part.label)
        row.prop(part, "weight", text="", emboss=False)


class MIEN_PT_style_mix(bpy.types.Panel):
    """Performances and saved styles that are mixed with the style text."""

    bl_idname = "MIEN_PT_style_mix"
    bl_label = "Style Mix"
    bl_parent_id = "MIEN_PT_style"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 30

    def draw(self, context: Context) -> None:
        """Draw the list and the chosen part."""
        layout, styles = _split(self.layout), styles_of(context.scene)
        row = layout.row()
        row.template_list("MIEN_UL_style_parts", "", styles, "parts", styles, "active_part", rows=3)
        buttons = row.column(align=True)
        buttons.menu("MIEN_MT_add_style_part", text="", icon="ADD")
        buttons.operator("mien.remove_style_part", text="", icon="REMOVE")
        buttons.separator()
        for direction in ("UP", "DOWN"):
            move = buttons.operator("mien.move_style_part", text="", icon=f"TRIA_{direction}")
            move.direction = direction
        if not len(styles.parts):
            return
        layout.prop(styles, "text_weight")
        _draw_part(layout, styles.parts[min(max(styles.active_part, 0), len(styles.parts) - 1)])


def _draw_part(layout: Any, part: Any) -> None:
    layout.prop(part, "kind")
    layout.prop(part, KINDS[part.kind])
    layout.prop(part, "weight")
    if part.kind in ("ACTION", "TAKE", "FILE"):
        column = layout.column(align=True)
        column.prop(part, "start_s")
        column.prop(part, "duration_s")
    if part.kind == "FILE" and part.path.lower().endswith(references.FILMS):
        layout.operator("mien.read_film", icon="FILE_MOVIE")


@functools.cache
def _icon_of(kind: str) -> str:
    from .settings import MIEN_PG_style_part

    items = MIEN_PG_style_part.bl_rna.properties["kind"].enum_items  # type: ignore[attr-defined]
    return items[kind].icon


def _named(operator: Any, entry: Any) -> None:
    operator.name = entry.style.name


def _split(layout: Any) -> Any:
    layout.use_property_split = True
    layout.use_property_decorate = False
    return cast(Any, layout)


_CLASSES = (
    MIEN_MT_export_style,
    MIEN_MT_delete_style,
    MIEN_MT_styles,
    MIEN_MT_recent_styles,
    MIEN_PT_style,
    MIEN_PT_style_timeline,
    MIEN_UL_style_parts,
    MIEN_PT_style_mix,
)


def register() -> None:
    """Register menus and panels, after the panel that they lie in."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)


def unregister() -> None:
    """Undo register."""
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
