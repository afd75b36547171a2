"""The buttons of the style mix: add, remove and move parts."""

from __future__ import annotations

import bpy
from bpy.props import EnumProperty

from ..blender_types import Context
from ..reports import Outcome, attempt
from . import saving
from .settings import KINDS, MIEN_PG_style_part, styles_of


class MIEN_OT_add_style_part(bpy.types.Operator):
    """Mix something into the style: another text, a saved style, or a performance to take the style from."""

    bl_idname = "mien.add_style_part"
    bl_label = "Add to Style Mix"
    bl_options = {"REGISTER", "UNDO"}

    kind: EnumProperty(name="Kind", items=[(kind, kind.capitalize(), "") for kind in KINDS])

    def execute(self, context: Context) -> Outcome:
        """Add an empty part."""
        styles = styles_of(context.scene)
        styles.parts.add().kind = self.kind
        styles.active_part = len(styles.parts) - 1
        return {"FINISHED"}


class _OnPart:
    """Works on the chosen part of the mix."""

    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a part."""
        cls.poll_message_set("The style mix has no parts; add one.")  # type: ignore[attr-defined]
        return 0 <= styles_of(context.scene).active_part < len(styles_of(context.scene).parts)


class MIEN_OT_remove_style_part(_OnPart, bpy.types.Operator):
    """Take this part out of the style mix."""

    bl_idname = "mien.remove_style_part"
    bl_label = "Remove from Style Mix"

    def execute(self, context: Context) -> Outcome:
        """Remove it."""
        styles = styles_of(context.scene)
        styles.parts.remove(styles.active_part)
        styles.active_part = max(0, min(styles.active_part, len(styles.parts) - 1))
        return {"FINISHED"}


class MIEN_OT_move_style_part(_OnPart, bpy.types.Operator):
    """Move this part in the list; the order changes nothing else."""

    bl_idname = "mien.move_style_part"
    bl_label = "Move in Style Mix"

    direction: EnumProperty(name="Direction", items=[("UP", "Up", ""), ("DOWN", "Down", "")])

    def execute(self, context: Context) -> Outcome:
        """Move it by one."""
        styles = styles_of(context.scene)
        to = styles.active_part + (-1 if self.direction == "UP" else 1)
        if not 0 <= to < len(styles.parts):
            return {"CANCELLED"}
        styles.parts.move(styles.active_part, to)
        styles.active_part = to
        return {"FINISHED"}


class MIEN_OT_read_film(_OnPart, bpy.types.Operator):
    """Watch the face in this film and make a saved style of it; needs the tracker in a Python of yours."""

    bl_idname = "mien.read_film"
    bl_label = "Read Film"

    def execute(self, context: Context) -> Outcome:
        """Start the tracker in the background."""
        styles = styles_of(context.scene)
        part = styles.parts[styles.active_part]
        return {"FINISHED"} if attempt(self, lambda: saving.read_film(context, part)) else {"CANCELLED"}


class MIEN_MT_add_style_part(bpy.types.Menu):
    """What can be mixed into a style."""

    bl_idname = "MIEN_MT_add_style_part"
    bl_label = "Add to Style Mix"

    def draw(self, _context: Context) -> None:
        """List the kinds."""
        kinds = MIEN_PG_style_part.bl_rna.properties["kind"].enum_items  # type: ignore[attr-defined]
        for item in kinds:
            row = self.layout.operator("mien.add_style_part", text=item.name, icon=item.icon)
            row.kind = item.identifier  # type: ignore[attr-defined]


_CLASSES = (
    MIEN_OT_add_style_part,
    MIEN_OT_remove_style_part,
    MIEN_OT_move_style_part,
    MIEN_OT_read_film,
    MIEN_MT_add_style_part,
)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
