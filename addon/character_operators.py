"""The button that brings in the demo character."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from mathutils import Vector

from . import demo_character
from .blender_types import Context
from .properties import settings_of
from .reports import Outcome, attempt

Corner = tuple[float, float, float]
_GAP_M = 0.3
"""Room between the character and what stood in its place."""
_VIEW_M = 1.1
"""Distance from which its head fills a view."""


class MIEN_OT_add_demo_character(bpy.types.Operator):
    """Add the demo character to the scene, choose it, and give it something to say."""

    bl_idname = "mien.add_demo_character"
    bl_label = "Add Demo Character"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> Outcome:
        """Build it from its baked file."""

        def add() -> None:
            settings = settings_of(context.scene)
            settings.character = armature = demo_character.add(context)
            _step_aside(context, armature)
            _look_at(context, armature)
            if settings.source == "FILE" and not settings.sound_path:
                settings.sound_path = str(demo_character.SPEECH)

        return {"FINISHED"} if attempt(self, add) else {"CANCELLED"}


def _step_aside(context: Context, armature: Any) -> None:
    """Move the character along X to where no other mesh hides it, such as the cube that a new file holds."""
    context.view_layer.update()
    own = set(armature.children_recursive)
    others = [_span(other) for other in context.visible_objects if other.type == "MESH" and other not in own]
    low, high = (bound(_span(mesh)[end] for mesh in own) for end, bound in enumerate((_least, _most)))
    hiding = [span for span in others if all(low[i] <= span[1][i] and span[0][i] <= high[i] for i in range(3))]
    while hiding:
        step = max(span[1][0] for span in hiding) + _GAP_M - low[0]
        armature.location.x += step
        low, high = (low[0] + step, *low[1:]), (high[0] + step, *high[1:])
        hiding = [span for span in others if all(low[i] <= span[1][i] and span[0][i] <= high[i] for i in range(3))]


def _look_at(context: Context, armature: Any) -> None:
    """Bring the face into the 3D views that no camera rules; from where they look, they look on."""
    context.view_layer.update()
    bone = armature.pose.bones["head"]
    for area in context.screen.areas if context.screen else ():
        view = area.spaces.active.region_3d if area.type == "VIEW_3D" else None
        if view is not None and view.view_perspective != "CAMERA":
            view.view_location = armature.matrix_world @ bone.head
            view.view_distance = _VIEW_M


def _span(mesh: Any) -> tuple[Corner, Corner]:
    """Lowest and highest corner of a mesh's bounding box in the world."""
    corners = [mesh.matrix_world @ Vector(corner) for corner in mesh.bound_box]
    return _least(corners), _most(corners)


def _least(corners: Iterable[Any]) -> Corner:
    x, y, z = map(min, zip(*corners, strict=True))
    return x, y, z


def _most(corners: Iterable[Any]) -> Corner:
    x, y, z = map(max, zip(*corners, strict=True))
    return x, y, z


_CLASSES = (MIEN_OT_add_demo_character,)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
