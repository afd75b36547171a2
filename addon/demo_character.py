"""Build the demo character from its baked file: an armature, and meshes that carry the 52 ARKit keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import bpy
import numpy as np

from ..inference_backend.contract import CHANNELS, MienError
from .demo_materials import STRAND, SURFACE, TINT, material_for

NAME = "Mien Demo"
ASSET = Path(__file__).parent / "assets" / "demo_head.npz"
SPEECH = ASSET.with_name("demo_speech.wav")
SUBDIVIDED = ("head", "teeth", "tongue", "shirt")
SHADOWLESS = ("lashes", "brows")  # their hairs are thicker than real ones, and so would be their shadows

SKULL_OVER_EYES = (0.0, 0.0, 0.02)
"""Metres."""

Arrays = dict[str, np.ndarray]


def add(context: bpy.types.Context, npz_path: Path = ASSET) -> bpy.types.Object:
    """Add the demo character to the scene, at its origin, and return its armature, selected and active.

    Raises MienError where the baked file is missing or is not one.
    """
    arrays = _read(npz_path)
    if context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    collection = bpy.data.collections.new(NAME)
    context.scene.collection.children.link(collection)
    armature = _add_armature(context, collection, arrays)
    combos = dict(zip(arrays["combo_names"].tolist(), map(tuple, arrays["combo_drivers"].tolist()), strict=True))
    for part in arrays["parts"]:
        fields = {key.split("/")[1]: value for key, value in arrays.items() if key.startswith(f"{part}/")}
        _add_part(collection, armature, str(part), fields, arrays["bone_names"], combos)
    _round_off(next(mesh for mesh in meshes_of(armature) if mesh.name.startswith(f"{NAME} Hair")), arrays)
    return armature


def meshes_of(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """List the meshes that the armature carries."""
    return [child for child in armature.children if child.type == "MESH"]


def _read(npz_path: Path) -> Arrays:
    try:
        with np.load(npz_path, allow_pickle=False) as file:
            arrays = dict(file)
    except FileNotFoundError as error:
        raise MienError(
            f"The demo character's file {npz_path} is missing; `python3 build.py demo` makes it."
        ) from error
    except (OSError, ValueError) as error:
        raise MienError(f"{npz_path} is not a demo character's file; `python3 build.py demo` makes one.") from error
    if "combo_names" not in arrays:
        raise MienError(f"{npz_path} is not a demo character's file; `python3 build.py demo` makes one.")
    return arrays


def _add_armature(context: bpy.types.Context, collection: bpy.types.Collection, arrays: Arrays) -> bpy.types.Object:
    data = bpy.data.armatures.new(NAME)
    data.display_type = "STICK"
    armature = bpy.data.objects.new(NAME, data)
    collection.objects.link(armature)
    for chosen in context.selected_objects:
        chosen.select_set(False)
    context.view_layer.objects.active = armature
    armature.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")  # bones can be made in edit mode only
    bones = data.edit_bones
    fields = ("bone_names", "bone_parents", "bone_heads", "bone_tails")
    for name, parent, head, tail in zip(*(arrays[field] for field in fields), strict=True):
        bone = bones.new(str(name))
        bone.head, bone.tail = head.tolist(), tail.tolist()
        bone.parent = bones[str(parent)] if parent else None
        bone.use_connect = str(name) in ("neck", "head")
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature


def _add_part(
    collection: bpy.types.Collection,
    armature: bpy.types.Object,
    part: str,
    fields: Arrays,
    bone_names: np.ndarray,
    combos: dict[str, tuple[str, str]],
) -> None:
    name = f"{NAME} {part.capitalize()}"
    mesh = bpy.data.meshes.new(name)
    faces = [[v for v in face if v >= 0] for face in fields["faces"].tolist()]
    mesh.from_pydata(fields["vertices"].tolist(), [], faces)
    mesh.shade_smooth()
    mesh.materials.append(material_for(part))
    _colour(mesh, TINT, fields["tint"])
    _colour(mesh, SURFACE, fields["surface"])
    if part == "hair":
        _colour(mesh, STRAND, fields["strand"])
    skinned = bpy.data.objects.new(name, mesh)
    collection.objects.link(skinned)
    skinned.parent = armature
    _skin(skinned, fields["weights"], bone_names)
    _add_keys(skinned, part, fields)
    _add_combos(skinned, fields, combos)
    bound: Any = skinned.modifiers.new("Armature", "ARMATURE")
    bound.object = armature
    skinned.visible_shadow = part not in SHADOWLESS
    if part in SUBDIVIDED:
        subdivision: Any = skinned.modifiers.new("Subdivision", "SUBSURF")
        subdivision.levels = subdivision.render_levels = 1


def _round_off(hair: bpy.types.Object, arrays: Arrays) -> None:
    """Light hair as the round shape that it has as a whole, or each of its flat ribbons would show."""
    names = [str(name) for name in arrays["bone_names"]]
    eyes = arrays["bone_heads"][[names.index("eye.L"), names.index("eye.R")]].mean(axis=0)
    skull = np.array([0.0, arrays["bone_tails"][names.index("head")][1], eyes[2]]) + SKULL_OVER_EYES
    strand = arrays["hair/strand"].astype(np.float64)
    out = arrays["hair/vertices"] - skull
    out -= (out * strand).sum(axis=1, keepdims=True) * strand
    data: Any = hair.data
    data.normals_split_custom_set_from_vertices(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9))


def _colour(mesh: bpy.types.Mesh, name: str, values: np.ndarray) -> None:
    attribute: Any = mesh.color_attributes.new(name, "FLOAT_COLOR", "POINT")
    colours = np.ones((len(values), 4), np.float32)
    colours[:, : values.shape[1]] = values
    attribute.data.foreach_set("color", colours.ravel())


def _skin(skinned: bpy.types.Object, weights: np.ndarray, bone_names: np.ndarray) -> None:
    for name, column in zip(bone_names, weights.T.astype(float), strict=True):
        if not column.any():
            continue
        group = skinned.vertex_groups.new(name=str(name))
        # One call for all vertices of one weight: most have weight one.
        for weight in np.unique(column[column > 0]):
            group.add(np.flatnonzero(column == weight).tolist(), float(weight), "REPLACE")


def _add_keys(skinned: bpy.types.Object, part: str, fields: Arrays) -> None:
    if not fields["key_counts"].any():
        return
    skinned.shape_key_add(name="Basis", from_mix=False)
    for name, moved, shape in _shapes(CHANNELS, fields, "key"):
        if moved or part == "head":  # the head carries all 52, even tongueOut, which leaves it still
            _add_key(skinned, name, shape)


def _add_combos(skinned: bpy.types.Object, fields: Arrays, combos: dict[str, tuple[str, str]]) -> None:
    """Add what pairs of keys need on top of their sum, driven by their product: arithmetic, which needs no scripts."""
    for name, moved, shape in _shapes(tuple(combos), fields, "combo"):
        if not moved:
            continue
        _add_key(skinned, name, shape)
        keys: Any = cast(Any, skinned.data).shape_keys
        driver = keys.driver_add(f'key_blocks["{name}"].value').driver
        driver.expression = "a * b"
        for letter, source in zip("ab", combos[name], strict=True):
            variable = driver.variables.new()
            variable.name = letter
            variable.targets[0].id_type, variable.targets[0].id = "KEY", keys
            variable.targets[0].data_path = f'key_blocks["{source}"].value'


def _shapes(names: Sequence[str], fields: Arrays, kind: str) -> Iterator[tuple[str, bool, np.ndarray]]:
    """Give each shape's name, whether it moves anything, and its vertices."""
    rest, counts = fields["vertices"].astype(np.float32), fields[f"{kind}_counts"]
    ends = np.cumsum(counts)
    for name, start, end in zip(names, ends - counts, ends, strict=True):
        shape = rest.copy()
        shape[fields[f"{kind}_vertices"][start:end]] += fields[f"{kind}_deltas"][start:end]
        yield name, start < end, shape


def _add_key(skinned: bpy.types.Object, name: str, shape: np.ndarray) -> None:
    key = skinned.shape_key_add(name=name, from_mix=False)
    key.data.foreach_set("co", shape.ravel())
    key.value = 0.0
