"""What moves what as the user edits it: a table that is kept with the character."""

from __future__ import annotations

from typing import Any, cast

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ...inference_backend.contract import MienError
from ...rigs import formula
from ...rigs.detection import Eyes
from ...rigs.profile import Axis, Drive, Kind, Mapping, Target

_KEPT: set[Any] = {"LIBRARY_OVERRIDABLE"}
_LIST: set[Any] = {"LIBRARY_OVERRIDABLE", "USE_INSERTION"}


class MIEN_PG_drive(bpy.types.PropertyGroup):
    """One row: a target, and the sum of channels that it follows."""

    enabled: BoolProperty(name="Enabled", description="Let this row move its target", default=True, override=_KEPT)
    kind: EnumProperty(
        name="Target",
        items=[
            (Kind.SHAPE, "Shape Key", "A shape key, on every mesh of the character that has it", "SHAPEKEY_DATA", 0),
            (Kind.PROPERTY, "Property", "A custom property of the armature, or of one of its bones", "PROPERTIES", 1),
            (Kind.BONE, "Bone", "A bone that is turned, moved or scaled", "BONE_DATA", 2),
        ],
        override=_KEPT,
    )
    target: StringProperty(name="Name", description="Name of the shape key or custom property", override=_KEPT)
    bone: StringProperty(name="Bone", description="Bone that moves, or that has the custom property", override=_KEPT)
    axis: EnumProperty(
        name="Motion",
        description="How the bone moves",
        items=[
            (Axis.TURN_PITCH, "Nod", "Turn the front down, in degrees, whatever the bone's own axes"),
            (Axis.TURN_YAW, "Turn", "Turn to the character's left, in degrees, whatever the bone's own axes"),
            (Axis.TURN_ROLL, "Tilt", "Tip onto the character's right side, in degrees, whatever the bone's own axes"),
            (Axis.MOVE_LEFT, "Left", "Move to the character's left, in distances between the eyes"),
            (Axis.MOVE_UP, "Up", "Move up, in distances between the eyes"),
            (Axis.MOVE_OUT, "Out", "Move out of the face, in distances between the eyes"),
            *((axis, axis.replace("LOC_", "Location "), "Along the bone's own axis") for axis in Axis if "LOC" in axis),
            *(
                (axis, axis.replace("ROT_", "Rotation "), "About the bone's own axis, in degrees")
                for axis in Axis
                if "ROT" in axis
            ),
            *(
                (axis, axis.replace("SCALE_", "Scale "), "Added to the bone's scale")
                for axis in Axis
                if "SCALE" in axis
            ),
        ],
        override=_KEPT,
    )
    pivot: StringProperty(
        name="Pivot",
        description="Bone that aims at this one, as an eye at its gaze target; moves are parts of their distance",
        override=_KEPT,
    )
    formula: StringProperty(
        name="Formula",
        description="Channels that it follows, such as jawOpen - mouthClose or 0.5*browInnerUp or viseme.aa",
        override=_KEPT,
    )
    factor: FloatProperty(
        name="Factor", description="How far it goes when the formula is 1", default=1.0, override=_KEPT
    )
    use_limits: BoolProperty(name="Limit", description="Keep the formula between these values", override=_KEPT)
    low: FloatProperty(name="Minimum", default=0.0, override=_KEPT)
    high: FloatProperty(name="Maximum", default=1.0, override=_KEPT)


class MIEN_PG_mapping(bpy.types.PropertyGroup):
    """What moves what on a character; kept on the object that stands for it."""

    made: BoolProperty(name="Own Mapping", description="The table below rules, and not what Mien finds", override=_KEPT)
    label: StringProperty(name="Name", override=_KEPT)
    drives: CollectionProperty(type=MIEN_PG_drive, override=_LIST)
    active: IntProperty(name="Active Row", override=_KEPT)
    head: StringProperty(
        name="Head", description="Bone that turns with the head; empty: found by its name", override=_KEPT
    )
    necks: StringProperty(
        name="Neck",
        description="Bones of the neck, from the root up, separated by commas; empty: found",
        override=_KEPT,
    )
    eyes: EnumProperty(
        name="Eyes",
        description="What turns the eyes, where the character has both",
        items=[
            (Eyes.AUTO, "Automatic", "Look shapes where there are any, else eye bones"),
            (Eyes.SHAPES, "Shapes", "Only look shapes"),
            (Eyes.BONES, "Bones", "Only eye bones"),
            (Eyes.BOTH, "Both", "Look shapes and eye bones, for shapes that move the lids alone"),
        ],
        override=_KEPT,
    )
    eye_bones: StringProperty(override=_KEPT, options={"HIDDEN"})


def group_of(owner: bpy.types.Object) -> Any:
    """Return the table of an object."""
    return cast(Any, owner).mien_mapping


def mapping_of(owner: Any) -> Mapping | None:
    """Read the mapping that the user made for a character; None where Mien is to find one."""
    group = getattr(owner, "mien_mapping", None)
    return read(group) if group is not None and group.made else None


def eyes_of(owner: Any) -> Eyes:
    """Read what is to turn the eyes."""
    group = getattr(owner, "mien_mapping", None)
    return Eyes(group.eyes) if group is not None else Eyes.AUTO


def read(group: Any) -> Mapping:
    """Make a mapping of a table; rows whose formula cannot be read are left out, and row_error says why."""
    drives = tuple(drive for row in group.drives if (drive := _drive(row)))
    return Mapping(group.label, drives, group.head, _listed(group.necks), _listed(group.eye_bones))


def write(group: Any, mapping: Mapping) -> None:
    """Fill a table."""
    group.drives.clear()
    for drive in mapping.drives:
        _fill(group.drives.add(), drive)
    group.made, group.label, group.active = True, mapping.name, 0
    group.head, group.necks, group.eye_bones = mapping.head, ", ".join(mapping.necks), ", ".join(mapping.eyes)


def clear(group: Any) -> None:
    """Give the word back to what Mien finds."""
    group.drives.clear()
    group.made, group.label, group.active = False, "", 0
    group.head = group.necks = group.eye_bones = ""


def row_error(row: Any) -> str:
    """Say what is wrong with a row; empty if nothing is."""
    try:
        formula.parse(row.formula)
    except MienError as error:
        return str(error)
    if row.kind == Kind.BONE and not row.bone:
        return "Choose a bone."
    return "" if row.kind == Kind.BONE or row.target else "Choose what it moves."


def _drive(row: Any) -> Drive | None:
    if row_error(row):
        return None
    kind = Kind(row.kind)
    target = Target(kind, row.target)
    if kind is Kind.PROPERTY:
        target = Target(kind, row.target, row.bone)
    elif kind is Kind.BONE:
        target = Target(kind, "", row.bone, Axis(row.axis), row.pivot)
    low, high = (row.low, row.high) if row.use_limits else (None, None)
    return Drive(target, formula.parse(row.formula), row.factor, low, high, enabled=row.enabled)


def _fill(row: Any, drive: Drive) -> None:
    target = drive.target
    row.kind, row.target, row.bone, row.pivot = target.kind, target.name, target.bone, target.pivot
    if target.axis:
        row.axis = target.axis
    row.formula, row.factor, row.enabled = str(drive.formula), drive.factor, drive.enabled
    row.use_limits = drive.low is not None or drive.high is not None
    if row.use_limits:
        row.low = -1e6 if drive.low is None else drive.low
        row.high = 1e6 if drive.high is None else drive.high


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


_CLASSES = (MIEN_PG_drive, MIEN_PG_mapping)


def register() -> None:
    """Give every object a table."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)
    cast(Any, bpy.types.Object).mien_mapping = PointerProperty(type=MIEN_PG_mapping, override=_KEPT)


def unregister() -> None:
    """Undo register."""
    del cast(Any, bpy.types.Object).mien_mapping
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
