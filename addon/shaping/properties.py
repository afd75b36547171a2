"""How a take is shaped and keyed; each stored take holds a group of these of its own."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty

from ...rigs.shaping import Shape
from ..blender_types import Context
from ..manner import Manner
from . import live

ALL_PARTS = {"mouth", "brows", "eyes", "cheeks", "tongue", "blinks", "head"}


def _changed(group: Any, _context: Context) -> None:
    live.changed(group)


def _gain(name: str, description: str) -> Any:
    return FloatProperty(
        name=name, description=description, default=1.0, min=0.0, max=2.0, subtype="FACTOR", update=_changed
    )


class MIEN_PG_shaping(bpy.types.PropertyGroup):
    """Everything that can be changed about a take without generating it again."""

    mouth: _gain("Mouth", "Amount of jaw and lips; lips that close stay closed")
    brows: _gain("Brows", "Amount of the brows")
    eyes: _gain("Eyes", "Amount of gaze, and of lids drawn wide or narrow")
    cheeks: _gain("Cheeks", "Amount of cheeks and nose")
    tongue: _gain("Tongue", "Amount of the tongue")
    blinks: _gain("Blinks", "Amount of the blinks")
    head: _gain("Head", "Amount of the head's rotation")
    smoothing_s: FloatProperty(
        name="Smoothing",
        description="Window in which jitter is averaged away; peaks, blinks and closed lips keep their height",
        default=0.0,
        min=0.0,
        max=1.0,
        soft_max=0.5,
        step=1,
        precision=3,
        subtype="TIME_ABSOLUTE",
        unit="TIME_ABSOLUTE",
        update=_changed,
    )
    offset_frames: FloatProperty(
        name="Offset",
        description="Frames by which the performance comes after the sound, or before it where negative",
        default=0.0,
        soft_min=-12.0,
        soft_max=12.0,
        step=100,
        precision=2,
        update=_changed,
    )
    use_range: BoolProperty(
        name="Frame Range", description="Key only a stretch of the take", default=False, update=_changed
    )
    first_frame: IntProperty(name="Start", description="First frame of the scene that is keyed", update=_changed)
    last_frame: IntProperty(
        name="End", description="Last frame of the scene that is keyed", default=250, update=_changed
    )
    parts: EnumProperty(
        name="Parts",
        description="Parts of the face that are keyed; the others keep what they have",
        items=[
            ("mouth", "Mouth", "Jaw and lips"),
            ("brows", "Brows", "Brows"),
            ("eyes", "Eyes", "Gaze, and lids drawn wide or narrow"),
            ("cheeks", "Cheeks", "Cheeks and nose"),
            ("tongue", "Tongue", "Tongue"),
            ("blinks", "Blinks", "Blinks"),
            ("head", "Head", "Rotation of head and neck"),
        ],
        options={"ENUM_FLAG"},
        default=ALL_PARTS,
        update=_changed,
    )
    mode: EnumProperty(
        name="Bake To",
        description="Where the keys go",
        items=[
            ("ACTION", "Own Action", "An action of the take's own, which becomes the active one", "ACTION", 0),
            ("STRIP", "NLA Strip", "A strip of the Nonlinear Animation editor", "NLA", 1),
            ("LAYER", "Layer", "A strip that adds to the animation that is there", "NLA_PUSHDOWN", 2),
            (
                "ACTIVE",
                "Active Action",
                "The active action, between the take's first and last frame; other keys in it stay",
                "KEYFRAME",
                3,
            ),
        ],
        update=_changed,
    )
    blend: EnumProperty(
        name="Blending",
        description="How the strip mixes with what lies below it",
        items=[
            ("REPLACE", "Replace", "The strip covers what is below"),
            ("ADD", "Add", "The strip is added to what is below"),
            ("SUBTRACT", "Subtract", "The strip is taken from what is below"),
            ("MULTIPLY", "Multiply", "What is below is multiplied by the strip"),
            ("COMBINE", "Combine", "Added, or multiplied, as suits each property"),
        ],
        update=_changed,
    )
    influence: FloatProperty(
        name="Influence",
        description="How much of the strip is mixed in",
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        update=_changed,
    )
    density: EnumProperty(
        name="Keys",
        description="How many keys there are",
        items=[
            ("EVERY", "Every Frame", "A key at every frame: exact, and made to be baked or exported"),
            ("SPARSE", "Sparse", "As few keys as the error allows, with curves between: made to be edited"),
        ],
        update=_changed,
    )
    max_error: FloatProperty(
        name="Error",
        description="How far sparse keys may depart from the take; closed lips and peaks are kept exactly",
        default=0.01,
        min=0.001,
        max=0.1,
        precision=3,
        step=1,
        update=_changed,
    )


def manner_of(group: Any) -> Manner:
    """Read where and how the keys of a group are written."""
    return Manner(
        mode=group.mode,
        parts=frozenset(group.parts),
        max_error=group.max_error if group.density == "SPARSE" else None,
        blend=group.blend,
        influence=group.influence,
    )


def shape_of(group: Any) -> Shape:
    """Read the numbers of a group that change the curves or where they lie."""
    gains = {part: getattr(group, part) for part in sorted(ALL_PARTS)}
    limits = (float(group.first_frame), float(group.last_frame)) if group.use_range else (None, None)
    return Shape(
        **gains,
        smoothing_s=group.smoothing_s,
        offset_frames=group.offset_frames,
        first_frame=limits[0],
        last_frame=limits[1],
    )


def register() -> None:
    """Register the group; whoever points to it registers after it."""
    bpy.utils.register_class(MIEN_PG_shaping)


def unregister() -> None:
    """Undo register."""
    bpy.utils.unregister_class(MIEN_PG_shaping)
