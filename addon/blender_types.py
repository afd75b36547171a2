"""Names for what Blender hands out where the published type stubs know less than its manual."""

from __future__ import annotations

from typing import Any

Context = Any
"""A bpy.types.Context: its member called `property` hides the decorator of all others in the stubs."""
MeshObject = Any
"""A bpy.types.Object whose data is a Mesh with shape keys."""
ArmatureObject = Any
"""A bpy.types.Object whose data is an Armature, and which therefore has a pose."""
Animated = Any
"""A data-block that can hold an action, such as a Key or an Object; the stubs' ID has no animation_data."""
