"""A scene of its own to film a character in: camera, light and backdrop, which leave no trace behind.

Built for processors without a screen or a graphics card. Cycles needs no OpenGL, and a single sun without bounces,
over light that the material works out by itself, is free of noise at a handful of samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from mathutils import Vector

from .preview_matter import SUN_TOWARDS, matter
from .sockets import Socket

NAME = "Mien Preview"
LENS_MM, SENSOR_MM = 85.0, 36.0
FRAMED_HEADS = 1.16
"""Height of the picture, in heights of the framed head."""
BACKDROP, BACKDROP_EDGE = (0.13, 0.15, 0.18), (0.03, 0.036, 0.046)
SUN_STRENGTH, SUN_ANGLE = 3.3, math.radians(3)


@dataclass(frozen=True)
class Quality:
    """How a picture is made: pixels a side, samples a pixel, processors (0: all of them).

    A fine one subdivides the meshes, mottles the skin and lights the hair.
    """

    px: int
    samples: int
    fine: bool = False
    threads: int = 0


@contextmanager
def preview_scene(
    context: bpy.types.Context, character_objects: Sequence[bpy.types.Object], quality: Quality
) -> Iterator[bpy.types.Scene]:
    """Lend a scene that shows the character; whatever happens, it is gone afterwards and the user's is as it was."""
    kept = [(blocks, set(blocks)) for blocks in _touched_blocks()]
    scene = bpy.data.scenes.new(NAME)
    try:
        for shown in character_objects:
            scene.collection.objects.link(shown)
        _light(scene)
        _aim_camera(context, scene, character_objects)
        _set_up_render(scene, quality)
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


def _set_up_render(scene: bpy.types.Scene, quality: Quality) -> None:
    render: Any = scene.render
    render.engine = "CYCLES"
    render.resolution_x = render.resolution_y = quality.px
    render.resolution_percentage = 100
    render.image_settings.file_format = "PNG"
    render.image_settings.compression = 15
    render.use_persistent_data = True
    render.use_simplify = not quality.fine
    render.simplify_subdivision_render = 0
    if quality.threads:
        render.threads_mode, render.threads = "FIXED", quality.threads
    render.use_compositing = render.use_sequencer = False
    cycles: Any = scene.cycles
    cycles.device = "CPU"
    cycles.samples = quality.samples
    cycles.use_adaptive_sampling = cycles.use_denoising = False
    cycles.max_bounces = 0
    cycles.seed = 1
    view: Any = scene.view_settings
    view.view_transform = "Standard"
    scene.view_layers[0].material_override = matter(NAME, fine=quality.fine)


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
    """Find the box of the head: of the mesh with most shape keys, from its top down by 1.3 times its depth."""
    face = max(character_objects, key=_keys_and_size)
    corners = [face.matrix_world @ Vector(corner) for corner in face.bound_box]
    low = Vector([min(corner[k] for corner in corners) for k in range(3)])
    high = Vector([max(corner[k] for corner in corners) for k in range(3)])
    low.z = max(low.z, high.z - 1.3 * (high - low).y)
    return low, high


def _keys_and_size(shown: bpy.types.Object) -> tuple[int, int]:
    data: Any = shown.data
    keys = getattr(data, "shape_keys", None)
    return len(keys.key_blocks) if keys else 0, len(getattr(data, "vertices", ()))


def _light(scene: bpy.types.Scene) -> None:
    sun: Any = bpy.data.lights.new(NAME, "SUN")
    sun.energy, sun.angle = SUN_STRENGTH, SUN_ANGLE
    sun.cycles.use_multiple_importance_sampling = False
    lamp = bpy.data.objects.new(f"{NAME} Sun", sun)
    lamp.rotation_euler = Vector(SUN_TOWARDS).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(lamp)
    world: Any = bpy.data.worlds.new(NAME)
    world.use_nodes = True
    _paint_backdrop(world.node_tree)
    world.cycles.sampling_method = "NONE"  # seen by the camera only: as a second light it would bring noise
    scene.world = world


def _paint_backdrop(tree: Any) -> None:
    """Let the backdrop be light behind the head and darker towards the corners."""
    where = tree.nodes.new("ShaderNodeTexCoord")
    away = Socket(tree, where.outputs["Window"]) - (0.5, 0.55, 0.0)
    shade = away.dot(away).ramp(0.0, 0.42).mixed(BACKDROP, BACKDROP_EDGE)
    tree.links.new(shade.output, tree.nodes["Background"].inputs["Color"])
