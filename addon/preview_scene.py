"""A scene of its own to film a character in: camera, light and backdrop, which leave no trace behind.

Built for processors without a screen or a graphics card. Cycles needs no OpenGL, and a single sun without bounces,
over a fill light that the material works out from the normal, is free of noise at a handful of samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from mathutils import Vector

from .demo_materials import TINT

NAME = "Mien Preview"
FINE = 6
"""Samples from which a picture counts as fine."""
LENS_MM, SENSOR_MM = 85.0, 36.0
FRAMED_HEADS = 1.42
"""Height of the picture, in heights of the framed head."""
BACKDROP, CLAY = (0.085, 0.1, 0.125), (0.45, 0.42, 0.4)
SUN_STRENGTH, SUN_ANGLE = 3.3, math.radians(3)
GLOSS, GLOSS_POWER = 0.16, 36.0
SUN_TOWARDS = Vector((0.45, 0.8, -0.62))
FILL_FROM, RIM_FROM = Vector((0.75, -0.6, 0.1)).normalized(), Vector((0.5, 0.75, 0.55)).normalized()


@contextmanager
def preview_scene(
    context: bpy.types.Context, character_objects: Sequence[bpy.types.Object], size_px: int, samples: int
) -> Iterator[bpy.types.Scene]:
    """Lend a scene that shows the character; whatever happens, it is gone afterwards and the user's is as it was.

    samples below FINE also leaves out the subdivision of the meshes.
    """
    kept = [(blocks, set(blocks)) for blocks in _touched_blocks()]
    scene = bpy.data.scenes.new(NAME)
    try:
        for shown in character_objects:
            scene.collection.objects.link(shown)
        _light(scene)
        _aim_camera(context, scene, character_objects)
        _set_up_render(scene, size_px, samples)
        yield scene
    finally:
        bpy.data.scenes.remove(scene)
        for blocks, before in kept:
            for block in set(blocks) - before:
                blocks.remove(block)
        # Rendering left the character's animated values at the last frame shown.
        context.scene.frame_set(context.scene.frame_current, subframe=context.scene.frame_subframe)


def render_frame(scene: bpy.types.Scene, frame: int, out_png: Path) -> None:
    """Render one frame to a file."""
    scene.frame_set(frame)
    scene.render.filepath = str(out_png)
    # Named as an argument only, the scene would be drawn with the animation of the user's current frame.
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
        bpy.ops.render.render(write_still=True)


def _touched_blocks() -> list[Any]:
    return [bpy.data.objects, bpy.data.cameras, bpy.data.lights, bpy.data.worlds, bpy.data.materials, bpy.data.images]


def _set_up_render(scene: bpy.types.Scene, size_px: int, samples: int) -> None:
    render: Any = scene.render
    render.engine = "CYCLES"
    render.resolution_x = render.resolution_y = size_px
    render.resolution_percentage = 100
    render.image_settings.file_format = "PNG"
    render.image_settings.compression = 15
    render.use_persistent_data = True
    render.use_simplify = samples < FINE
    render.simplify_subdivision_render = 0
    render.use_compositing = render.use_sequencer = False
    cycles: Any = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = cycles.use_denoising = False
    cycles.max_bounces = 0
    cycles.seed = 1
    view: Any = scene.view_settings
    view.view_transform = "Standard"
    scene.view_layers[0].material_override = _matter()


def _aim_camera(
    context: bpy.types.Context, scene: bpy.types.Scene, character_objects: Sequence[bpy.types.Object]
) -> None:
    low, high = _face_bounds(context, character_objects)
    height = (high - low).z
    centre = (low + high) / 2 - Vector((0.0, 0.0, 0.05 * height))
    camera = bpy.data.cameras.new(NAME)
    camera.lens, camera.sensor_width = LENS_MM, SENSOR_MM
    distance = FRAMED_HEADS * height * LENS_MM / SENSOR_MM
    camera.clip_start, camera.clip_end = distance / 100, distance * 100
    eye = bpy.data.objects.new(NAME, camera)
    eye.location = centre + Vector((0.0, -distance - (high - low).y / 2, 0.06 * height))
    eye.rotation_euler = (centre - eye.location).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(eye)
    scene.camera = eye


def _face_bounds(context: bpy.types.Context, character_objects: Sequence[bpy.types.Object]) -> tuple[Vector, Vector]:
    """Find the box of the head: of the largest mesh with shape keys, from its top down by 1.3 times its depth."""
    faces: list[Any] = [shown for shown in character_objects if getattr(shown.data, "shape_keys", None)]
    face = max(faces or list(character_objects), key=lambda shown: len(getattr(shown.data, "vertices", ())))
    corners = [face.matrix_world @ Vector(corner) for corner in face.bound_box]
    low = Vector([min(corner[k] for corner in corners) for k in range(3)])
    high = Vector([max(corner[k] for corner in corners) for k in range(3)])
    low.z = max(low.z, high.z - 1.3 * (high - low).y)
    return low, high


def _light(scene: bpy.types.Scene) -> None:
    sun: Any = bpy.data.lights.new(NAME, "SUN")
    sun.energy, sun.angle = SUN_STRENGTH, SUN_ANGLE
    sun.cycles.use_multiple_importance_sampling = False
    lamp = bpy.data.objects.new(f"{NAME} Sun", sun)
    lamp.rotation_euler = SUN_TOWARDS.to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(lamp)
    world: Any = bpy.data.worlds.new(NAME)
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (*BACKDROP, 1.0)
    world.cycles.sampling_method = "NONE"  # seen by the camera only: as a second light it would bring noise
    scene.world = world


def _matter() -> bpy.types.Material:
    """Make the one material of the preview: the baked tint (clay where there is none), lit by sun, fill and gloss."""
    material = bpy.data.materials.new(NAME)
    material.use_nodes = True
    emitter: Any = material
    emitter.cycles.emission_sampling = "NONE"  # the glow stands for light that arrives: it lights nothing itself
    tree: Any = material.node_tree
    tree.nodes.clear()
    tint = tree.nodes.new("ShaderNodeAttribute")
    tint.attribute_name = TINT
    colour = _mix(tree, tint.outputs["Alpha"], (*CLAY, 1.0), tint.outputs["Color"])
    diffuse, glow, both, surface = (
        tree.nodes.new(kind)
        for kind in ("ShaderNodeBsdfDiffuse", "ShaderNodeEmission", "ShaderNodeAddShader", "ShaderNodeOutputMaterial")
    )
    tree.links.new(colour, diffuse.inputs["Color"])
    tree.links.new(_lit(tree, colour), glow.inputs["Color"])
    tree.links.new(diffuse.outputs[0], both.inputs[0])
    tree.links.new(glow.outputs[0], both.inputs[1])
    tree.links.new(both.outputs[0], surface.inputs["Surface"])
    return material


def _mix(tree: Any, factor: Any, first: tuple[float, ...], second: Any) -> Any:
    mix = tree.nodes.new("ShaderNodeMix")
    mix.data_type = "RGBA"
    colour_a, colour_b = (socket for socket in mix.inputs if socket.type == "RGBA")
    tree.links.new(factor, mix.inputs[0])
    colour_a.default_value = first
    tree.links.new(second, colour_b)
    return next(socket for socket in mix.outputs if socket.type == "RGBA")


def _lit(tree: Any, colour: Any) -> Any:
    """Light without rays: the colour under ambient, a lamp on the shadow side and a rim, and a gloss from the sun."""
    geometry = tree.nodes.new("ShaderNodeNewGeometry")
    normal = geometry.outputs["Normal"]
    fill = _math(tree, "MULTIPLY_ADD", _towards(tree, normal, FILL_FROM), 0.13, 0.17)
    rim = _math(tree, "MAXIMUM", _towards(tree, normal, RIM_FROM), 0.0)
    total = _math(tree, "MULTIPLY_ADD", _math(tree, "POWER", rim, 2.0), 0.5, fill)
    filled = _vector_math(tree, "SCALE", colour)
    tree.links.new(total, filled.inputs["Scale"])
    # Blender reflects a ray that comes in; `Incoming` points back at the eye, so the mirrored ray comes out reversed.
    mirrored = _vector_math(tree, "REFLECT", geometry.outputs["Incoming"], normal).outputs[0]
    towards_sun = _math(tree, "MAXIMUM", _towards(tree, mirrored, SUN_TOWARDS.normalized()), 0.0)
    gloss = _math(tree, "MULTIPLY", _math(tree, "POWER", towards_sun, GLOSS_POWER), GLOSS)
    return _vector_math(tree, "ADD", filled.outputs[0], gloss).outputs[0]


def _vector_math(tree: Any, operation: str, *values: Any) -> Any:
    node = tree.nodes.new("ShaderNodeVectorMath")
    node.operation = operation
    for socket, value in zip(node.inputs, values, strict=False):
        tree.links.new(value, socket)
    return node


def _towards(tree: Any, normal: Any, direction: Vector) -> Any:
    dot = tree.nodes.new("ShaderNodeVectorMath")
    dot.operation = "DOT_PRODUCT"
    tree.links.new(normal, dot.inputs[0])
    dot.inputs[1].default_value = direction
    return dot.outputs["Value"]


def _math(tree: Any, operation: str, *values: Any) -> Any:
    node = tree.nodes.new("ShaderNodeMath")
    node.operation = operation
    for socket, value in zip(node.inputs, values, strict=False):
        if isinstance(value, float):
            socket.default_value = value
        else:
            tree.links.new(value, socket)
    return node.outputs["Value"]
