"""From a mapping to what is keyed on a character: values of properties, and bones with all that moves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from ...rigs.profile import Axis, Drive, Kind
from ...rigs.profile import Mapping as RigMapping
from ...rigs.response import Response
from ..blender_types import Animated, ArmatureObject, MeshObject
from . import drivers


@dataclass(frozen=True)
class Part:
    """One drive's share in a control; with a response, what the control must be for the driven shape to show it."""

    drive: Drive
    response: Response | None = None

    def value(self, signals: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give the share [T]."""
        drive = self.drive
        value = drive.formula.value(signals)
        if drive.low is not None or drive.high is not None:
            value = np.clip(value, drive.low, drive.high)
        value = value * drive.factor
        return self.response.control_for(value) if self.response else value


@dataclass
class ValueControl:
    """A property that is keyed as a number."""

    owner: Animated
    path: str
    index: int
    rest: float = 0.0
    parts: list[Part] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Name it for the user."""
        return f"{self.owner.name}: {self.path}" + (f"[{self.index}]" if self.index else "")


@dataclass
class BoneControl:
    """A bone that is keyed: by which axes, and by what. Angles of responses are radians, of drives degrees."""

    armature: ArmatureObject
    bone: str
    parts: list[tuple[Axis, Part]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Name it for the user."""
        return f"{self.armature.name}: bone {self.bone}"


Control = ValueControl | BoneControl


@dataclass(frozen=True)
class Problem:
    """A drive that cannot move anything, and why."""

    drive: Drive
    reason: str


@dataclass(frozen=True)
class Resolved:
    """What a mapping keys, and which of its drives come to nothing."""

    controls: tuple[Control, ...]
    problems: tuple[Problem, ...]


def resolve(
    mapping: RigMapping, meshes: Sequence[MeshObject], armature: ArmatureObject | None, chain: Sequence[str] = ()
) -> Resolved:
    """Find the properties and bones that a mapping's drives move; chain: bones that the head's rotation takes."""
    finding = _Finding(meshes, armature, frozenset(chain))
    for drive in mapping.drives:
        if drive.enabled:
            finding.add(drive)
    return Resolved(tuple(finding.controls.values()), tuple(finding.problems))


class _Finding:
    """Collects controls, each once."""

    def __init__(self, meshes: Sequence[MeshObject], armature: ArmatureObject | None, chain: frozenset[str]) -> None:
        self.controls: dict[Any, Control] = {}
        self.problems: list[Problem] = []
        self._keys = list(dict.fromkeys(mesh.data.shape_keys for mesh in meshes))
        self._armature = armature
        self._chain = chain

    def add(self, drive: Drive) -> None:
        target = drive.target
        if target.kind is Kind.SHAPE:
            holders = [keys for keys in self._keys if target.name in keys.key_blocks]
            for keys in holders:
                self._add_value(drive, keys, f'key_blocks["{bpy.utils.escape_identifier(target.name)}"].value')
            if not holders:
                self._fail(drive, f"there is no shape key '{target.name}'")
        elif self._armature is None:
            self._fail(drive, "there is no armature")
        elif target.kind is Kind.PROPERTY:
            self._add_property(drive, self._armature)
        else:
            self._add_bone(drive, self._armature)

    def _add_property(self, drive: Drive, armature: ArmatureObject) -> None:
        target = drive.target
        holder = armature.pose.bones.get(target.bone) if target.bone else armature
        if holder is None or target.name not in holder.keys():  # noqa: SIM118
            self._fail(drive, f"there is no property '{target}'")
            return
        prefix = f'pose.bones["{bpy.utils.escape_identifier(target.bone)}"]' if target.bone else ""
        self._add_value(drive, armature, f'{prefix}["{bpy.utils.escape_identifier(target.name)}"]')

    def _add_value(self, drive: Drive, owner: Animated, path: str) -> None:
        """Key a property, or what drives it."""
        if drivers.driver_of(owner, path) is None:
            control = self.controls.setdefault((owner, path, 0), ValueControl(owner, path, 0))
            assert isinstance(control, ValueControl)
            control.parts.append(Part(drive))
            return
        try:
            lever, response = drivers.lever_of(owner, path)
        except drivers.NoLever as error:
            self._fail(drive, f"'{drive.target}' is driven {error}")
            return
        self._add_lever(Part(drive, response), lever)

    def _add_lever(self, part: Part, lever: drivers.Lever) -> None:
        if lever.axis:
            control = self.controls.setdefault((lever.owner, lever.bone), BoneControl(lever.owner, lever.bone))
            assert isinstance(control, BoneControl)
            if not any(axis == lever.axis and other.drive == part.drive for axis, other in control.parts):
                control.parts.append((lever.axis, part))
            return
        place = (lever.owner, lever.path, lever.index)
        value = self.controls.setdefault(place, ValueControl(*place, lever.rest))
        assert isinstance(value, ValueControl)
        if not any(other.drive == part.drive for other in value.parts):  # one control rules many meshes
            value.parts.append(part)

    def _add_bone(self, drive: Drive, armature: ArmatureObject) -> None:
        target = drive.target
        if target.bone not in armature.pose.bones:
            self._fail(drive, f"there is no bone '{target.bone}'")
        elif target.bone in self._chain:
            self._fail(drive, f"'{target.bone}' turns with the head already")
        elif target.pivot and target.pivot not in armature.pose.bones:
            self._fail(drive, f"there is no bone '{target.pivot}'")
        elif target.axis:
            control = self.controls.setdefault((armature, target.bone), BoneControl(armature, target.bone))
            assert isinstance(control, BoneControl)
            control.parts.append((target.axis, Part(drive)))

    def _fail(self, drive: Drive, reason: str) -> None:
        self.problems.append(Problem(drive, reason))


def sources_of(controls: Sequence[Control]) -> tuple[str, ...]:
    """Name all sources that the controls need, each once."""
    return tuple(dict.fromkeys(name for part in _parts(controls) for name in part.drive.formula.sources))


def parts_of(control: Control) -> list[Part]:
    """List the shares in a control."""
    return control.parts if isinstance(control, ValueControl) else [part for _, part in control.parts]


def _parts(controls: Sequence[Control]) -> Iterator[Part]:
    for control in controls:
        yield from parts_of(control)
