"""What the user sets for exports; saved with the scene."""

from __future__ import annotations

from typing import Any, cast

import bpy
from bpy.props import BoolProperty, PointerProperty, StringProperty

from .. import blender_versions


class MIEN_PG_export(bpy.types.PropertyGroup):
    """Where one click exports to, and how."""

    folder: StringProperty(
        name="Folder",
        description="Where the buttons write; files are named after the character and its take",
        subtype="DIR_PATH",
        default="//",
        options=blender_versions.RELATIVE_PATH,
    )
    deform_only: BoolProperty(
        name="Only Deform Bones",
        description="Leave out the bones that deform nothing, such as the controls of a rig",
        default=True,
    )
    skip_armature: BoolProperty(
        name="Armature Is No Bone",
        description=(
            "Call the armature 'Armature' in files for Unreal, which then makes no bone of it; "
            "off: match a skeleton that was imported with that bone"
        ),
        default=True,
    )


def export_settings_of(scene: bpy.types.Scene) -> Any:
    """Return the settings of a scene."""
    return cast(Any, scene).mien_export


def register() -> None:
    """Add the settings to scenes."""
    bpy.utils.register_class(MIEN_PG_export)
    cast(Any, bpy.types.Scene).mien_export = PointerProperty(type=MIEN_PG_export)


def unregister() -> None:
    """Undo register."""
    del cast(Any, bpy.types.Scene).mien_export
    bpy.utils.unregister_class(MIEN_PG_export)
