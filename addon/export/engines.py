"""What each engine wants of a file: scale, names, bones, where the clip begins. No bpy here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Engine:
    """How a character is written for one engine.

    fbx_scale: Blender's name of where the factor from metres to centimetres goes. armature_name: what the armature
    must be called in the file. from_zero: a glTF clip begins at 0 s instead of at its frame. deform_only: leave out
    bones that deform nothing. smoothing: write smoothing groups, from which engines compute normals of blend shapes.
    """

    id: str
    label: str
    suffix: str
    description: str
    fbx_scale: Literal["FBX_SCALE_NONE", "FBX_SCALE_ALL"] = "FBX_SCALE_NONE"
    armature_name: str = ""
    from_zero: bool = False
    deform_only: bool = False
    smoothing: Literal["OFF", "FACE"] = "OFF"


ANY = Engine("ANY", "Any Program", ".fbx", "Frames, scale and bones as in Blender")
UNREAL = Engine(
    "UNREAL",
    "Unreal",
    ".fbx",
    "FBX for Unreal Engine: centimetres, and an armature object that does not become a bone",
    armature_name="Armature",
    deform_only=True,
    smoothing="FACE",
)
UNITY = Engine(
    "UNITY",
    "Unity",
    ".fbx",
    "FBX for Unity: objects keep the scale 1, and blend shapes get normals",
    fbx_scale="FBX_SCALE_ALL",
    deform_only=True,
    smoothing="FACE",
)
GODOT = Engine(
    "GODOT",
    "Godot",
    ".glb",
    "glTF for Godot, and for all that reads glTF: one clip of face and head that begins at 0 s",
    from_zero=True,
    deform_only=True,
)
ENGINES: dict[str, Engine] = {engine.id: engine for engine in (ANY, UNREAL, UNITY, GODOT)}
