"""Find the control that a driver listens to, and how far it has to go: keys on a driven property would not be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ...rigs.expression import Expression, NotArithmetic
from ...rigs.profile import Axis
from ...rigs.response import Response, measured
from ..blender_types import Animated
from .anatomy import driven_bones, is_ruled

_DEPTH = 4
"""So many drivers may listen to each other."""
_INDEX = re.compile(r"^(.*)\[(\d+)\]$")
_LETTER = re.compile(r"^(.*)\.([xyz])$")
_TRANSFORMS = {f"{kind}_{axis}" for kind in ("LOC", "ROT", "SCALE") for axis in "XYZ"}
_PATHS = {"LOC": "location", "ROT": "rotation_euler", "SCALE": "scale"}


@dataclass(frozen=True)
class Lever:
    """What to move instead of a driven property: a bone along an axis of its own, or a property by its path."""

    owner: Animated
    path: str
    index: int
    rest: float
    bone: str = ""
    axis: Axis | None = None

    @property
    def label(self) -> str:
        """Name it for the user."""
        return f"{self.bone} {self.axis}" if self.axis else f"{self.owner.name} {self.path}"


class NoLever(ValueError):
    """Nothing that could be moved instead was found; the text says why, to follow 'is driven'."""


def driver_of(owner: Animated, path: str, index: int = 0) -> Any:
    """Return the driver's F-curve that rules a property, or None."""
    data = owner.animation_data
    if data is None:
        return None
    return next((c for c in data.drivers if c.data_path == path and (c.array_index == index) and not c.mute), None)


def lever_of(owner: Animated, path: str) -> tuple[Lever, Response]:
    """Find what to move so that a driven property shows 0..1. Raises NoLever."""
    curve = driver_of(owner, path)
    counts = _users(owner)
    found: list[tuple[int, Lever, Response]] = []
    reasons: list[str] = []
    for lever, value_at in _levers(curve, _DEPTH, reasons):
        if response := measured(value_at):
            found.append((counts.get((lever.path, lever.index, lever.bone), 1), lever, response))
    if not found:
        raise NoLever(reasons[0] if reasons else "by an expression that no control brings from 0 to 1")
    _, lever, response = min(found, key=lambda each: each[0])
    return lever, response


def _levers(curve: Any, depth: int, reasons: list[str]) -> Iterator[tuple[Lever, Callable[[float], float]]]:
    """Give each control behind a driver, with the driven value as a function of its change from rest."""
    driver = curve.driver
    try:
        expression = Expression(driver.expression) if driver.type == "SCRIPTED" else None
    except NotArithmetic:
        reasons.append(f"by the expression '{driver.expression}', which is more than arithmetic")
        return
    if driver.use_self or not driver.variables:
        reasons.append(f"by the expression '{driver.expression}', which listens to no control")
        return
    for variable in driver.variables:
        for lever, input_at in _inputs(variable, depth, reasons):

            def value_at(change: float, name: str = variable.name, input_at: Any = input_at) -> float:
                inputs = {other.name: _resting(other) for other in driver.variables} | {name: input_at(change)}
                return _worked_out(curve, expression, inputs)

            yield lever, value_at


def _worked_out(curve: Any, expression: Expression | None, inputs: dict[str, float]) -> float:
    """Work out a driver for given inputs."""
    numbers = list(inputs.values())
    kind = curve.driver.type
    try:
        if expression:
            value = expression.value(inputs)
        elif kind == "AVERAGE":
            value = sum(numbers) / len(numbers)
        else:
            value = {"SUM": sum, "MIN": min, "MAX": max}[kind](numbers)
    except (NotArithmetic, KeyError):
        return float("nan")
    return curve.evaluate(value) if len(curve.keyframe_points) or len(curve.modifiers) else value


def _inputs(variable: Any, depth: int, reasons: list[str]) -> Iterator[tuple[Lever, Callable[[float], float]]]:
    """Give the controls behind one variable, with its value as a function of their change from rest."""
    target = variable.targets[0]
    if target.id is None:
        reasons.append("by a control that is missing from this file")
    elif variable.type == "TRANSFORMS":
        if lever := _transform_lever(target, reasons):
            yield lever, lambda change: lever.rest + change
    elif variable.type == "SINGLE_PROP":
        yield from _property_inputs(target, depth, reasons)
    else:
        reasons.append(f"by a {variable.type.replace('_', ' ').lower()}, which no single control sets")


def _transform_lever(target: Any, reasons: list[str]) -> Lever | None:
    owner, kind = target.id, target.transform_type
    if kind not in _TRANSFORMS:
        reasons.append(f"by {kind.replace('_', ' ').lower()} of '{owner.name}', which no single control sets")
        return None
    rest = 1.0 if kind.startswith("SCALE") else 0.0
    if not target.bone_target:
        return Lever(owner, _PATHS[kind.partition("_")[0]], "XYZ".index(kind[-1]), rest)
    bone = owner.pose.bones.get(target.bone_target) if owner.pose else None
    if bone is None:
        reasons.append(f"by the bone '{target.bone_target}', which is missing")
    elif target.transform_space != "LOCAL_SPACE" and bone.parent:
        reasons.append(f"by '{bone.name}' in {target.transform_space.replace('_', ' ').lower()}, not in its own")
    elif is_ruled(bone) or bone.name in driven_bones(owner):
        reasons.append(f"by '{bone.name}', which constraints or drivers move")
    else:
        return Lever(owner, "", 0, rest, bone.name, Axis(kind))
    return None


def _property_inputs(target: Any, depth: int, reasons: list[str]) -> Iterator[tuple[Lever, Callable[[float], float]]]:
    owner, (path, index) = target.id, _split(target.data_path)
    if behind := driver_of(owner, path, index):
        if depth:
            yield from _levers(behind, depth - 1, reasons)
        return
    try:
        value = owner.path_resolve(target.data_path)
    except ValueError:
        reasons.append(f"by '{target.data_path}' of '{owner.name}', which is missing")
        return
    if not isinstance(value, (int, float)):
        reasons.append(f"by '{target.data_path}' of '{owner.name}', which is not a number")
        return
    for rest in dict.fromkeys((_default(owner, target.data_path), 0.0)):
        lever = Lever(owner, path, index, rest)
        yield lever, lambda change, rest=rest: rest + change


def _resting(variable: Any) -> float:
    """Value of a variable while its control rests; a property keeps what it is, as an amplifier does."""
    target = variable.targets[0]
    if variable.type == "TRANSFORMS":
        return 1.0 if target.transform_type.startswith("SCALE") else 0.0
    if target.id is None or variable.type != "SINGLE_PROP":
        return 0.0
    try:
        value = target.id.path_resolve(target.data_path)
    except ValueError:
        return 0.0
    animated = _is_animated(target.id, target.data_path)
    return _default(target.id, target.data_path) if animated else float(value)


def _is_animated(owner: Animated, full_path: str) -> bool:
    from ..blender_versions import action_curves

    path, index = _split(full_path)
    return any(c.data_path == path and c.array_index == index for c in action_curves(owner)) or bool(
        driver_of(owner, path, index)
    )


def _default(owner: Animated, full_path: str) -> float:
    """Return where a property rests: the default of a custom one, 1 for scale, else 0."""
    path, _ = _split(full_path)
    holder_path, bracket, name = path.rpartition('["')
    if not bracket or not path.endswith('"]') or holder_path.endswith(("bones", "key_blocks")):
        return 1.0 if path.endswith("scale") else 0.0
    try:
        holder = owner.path_resolve(holder_path) if holder_path else owner
        return float(holder.id_properties_ui(name.removesuffix('"]')).as_dict().get("default", 0.0))
    except (ValueError, TypeError, KeyError):
        return 0.0


def _split(full_path: str) -> tuple[str, int]:
    """Split a path such as location[0] or location.x into an animation path and its index."""
    if (match := _INDEX.match(full_path)) and not match[1].endswith(("bones", "key_blocks")):
        return match[1], int(match[2])
    if match := _LETTER.match(full_path):
        return match[1], "xyz".index(match[2])
    return full_path, 0


def _users(owner: Animated) -> dict[tuple[str, int, str], int]:
    """Count to how many drivers each control speaks: the one with fewest is the most special."""
    counts: dict[tuple[str, int, str], int] = {}
    for curve in owner.animation_data.drivers:
        for variable in curve.driver.variables:
            target = variable.targets[0]
            bone = target.bone_target if variable.type == "TRANSFORMS" else ""
            path, index = ("", 0) if bone else _split(target.data_path)
            counts[path, index, bone] = counts.get((path, index, bone), 0) + 1
    return counts
