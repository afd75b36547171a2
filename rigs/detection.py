"""Find out what moves what on a character, from the names of its shape keys, properties and bones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from ..inference_backend.contract import CHANNELS, region
from . import names, profiles, substitutes
from .formula import Formula
from .profile import Axis, Drive, Kind, Mapping, Target
from .profiles import Profile
from .visemes import PREFIX

MANY_LIPS = 9
"""From so many channels of the mouth on, a character speaks by them and needs no visemes."""

_LIPS = frozenset(name for name in CHANNELS if region(name) == "lips")
_GAZE = frozenset(name for name in CHANNELS if region(name) == "gaze")
_ARKIT = Profile("ARKit", Mapping("ARKit"), 0.0, profiles.Group.SHAPES)


class Eyes(StrEnum):
    """What turns the eyes where a character has bones and shape keys for it."""

    AUTO = "AUTO"
    SHAPES = "SHAPES"
    BONES = "BONES"
    BOTH = "BOTH"


@dataclass(frozen=True)
class Anatomy:
    """The names that a character is made of.

    shapes: shape keys mesh by mesh. properties: (bone or "" for the armature itself, name). ruled: bones that
    constraints or drivers move. aimed: bones that others follow by tracking or stretching to them.
    """

    shapes: tuple[tuple[str, ...], ...] = ()
    bones: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    ruled: frozenset[str] = field(default=frozenset())
    aimed: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Detected:
    """A mapping, the names of the profiles it is made of, and the stand-ins in it: channel -> by what it is shown."""

    mapping: Mapping
    profiles: tuple[str, ...]
    substitutes: dict[str, str]


@lru_cache(maxsize=32)  # panels ask at every redraw
def detect(anatomy: Anatomy, eyes: Eyes = Eyes.AUTO) -> Detected:
    """Make the mapping of a character that nobody has made one for."""
    found = Mapping()
    used: list[str] = []
    parts = [(_ARKIT, _arkit(anatomy)), *_fitting(anatomy)]
    for profile, drives in parts:
        wanted = [drive for drive in drives if _adds(drive, found, eyes, profile)]
        if wanted:
            found = found.with_drives([*found.drives, *wanted])
            found = replace(found, eyes=found.eyes or _existing(profile.mapping.eyes, anatomy))
            used.append(profile.label)
    whole, told = substitutes.completed(found)
    return Detected(replace(whole, name=" + ".join(used)), tuple(used), told)


def _arkit(anatomy: Anatomy) -> list[Drive]:
    """Read ARKit's names in all spellings, each mesh by itself: its families of names may differ.

    Properties of the armature or of a bone count for channels that no shape key has.
    """
    found = {channel: Formula(((channel, 1.0),)) for channel in CHANNELS}
    maps = [names.match(shapes).keys for shapes in anatomy.shapes]
    drives = [
        Drive(Target(Kind.SHAPE, key), formula)
        for channel, formula in found.items()
        for key in dict.fromkeys(key for keys in maps for key in keys.get(channel, ()))
    ]
    shown = {drive.formula for drive in drives}
    for bone in dict.fromkeys(bone for bone, _ in anatomy.properties):
        matched = names.match(name for holder, name in anatomy.properties if holder == bone)
        if matched.is_face:
            wanted = [(key, found[c]) for c, keys in matched.keys.items() if found[c] not in shown for key in keys]
            drives += [Drive(Target(Kind.PROPERTY, key, bone), formula) for key, formula in wanted]
    return drives


def _fitting(anatomy: Anatomy) -> list[tuple[Profile, list[Drive]]]:
    """List the shipped profiles that the character fits, with the drives that it has targets for, best first.

    Of visemes and of control rigs only the best one counts: two sets would move the same lips twice.
    """
    fits: dict[profiles.Group, list[tuple[float, Profile, list[Drive]]]] = {}
    for profile in profiles.shipped():
        drives = list(_present(profile, anatomy))
        aims = {drive.target.name or drive.target.bone for drive in profile.mapping.drives}
        share = len({drive.formula for drive in drives}) / len({drive.formula for drive in profile.mapping.drives})
        if drives and (share >= profile.needs) and aims:
            fits.setdefault(profile.group, []).append((share * len(drives) ** 0.5, profile, drives))
    ordered = []
    for group in profiles.Group:
        ranked = sorted(fits.get(group, []), key=lambda fit: -fit[0])
        only_best = group in (profiles.Group.VISEMES, profiles.Group.CONTROLS)
        ordered += [(profile, drives) for _, profile, drives in (ranked[:1] if only_best else ranked)]
    return ordered


def _adds(drive: Drive, found: Mapping, eyes: Eyes, profile: Profile) -> bool:
    """Tell whether a drive shows something that is not shown yet, and is wanted."""
    if any(drive.target == other.target for other in found.drives):
        return False
    shown = set(found.sources)
    if any(name.startswith(PREFIX) for name in drive.sources):
        return len(shown & _LIPS) < MANY_LIPS
    if any(name.startswith(PREFIX) for name in shown):
        shown |= _LIPS  # visemes move the whole mouth
    if set(drive.sources) <= _GAZE and eyes is not Eyes.AUTO:
        is_bone = drive.target.kind is Kind.BONE
        return is_bone if eyes is Eyes.BONES else (not is_bone or eyes is Eyes.BOTH)
    if drive.always and any(name in shown for name in drive.sources):
        return profile.group is not profiles.Group.SKELETON
    return any(name not in shown for name in drive.sources)


def _present(profile: Profile, anatomy: Anatomy) -> Iterable[Drive]:
    """Give the profile's drives with the names that the character really uses, leaving out what it lacks."""
    shapes = {shape: None for mesh in anatomy.shapes for shape in mesh}
    held = {name: bone for bone, name in reversed(anatomy.properties)} | shapes
    spelled = {
        wanted: [(held[name], name) for name in found] for wanted, found in _spelling(profile, list(held)).items()
    }
    bones = {_plain(_bare(bone)): bone for bone in reversed(anatomy.bones)} | {bone: bone for bone in anatomy.bones}
    for drive in profile.mapping.drives:
        target = drive.target
        if target.kind is Kind.SHAPE:
            for holder, name in spelled.get(target.name, ()):
                found = Target(Kind.SHAPE, name) if holder is None else Target(Kind.PROPERTY, name, holder)
                yield replace(drive, target=found)
        elif (bone := _alternative(target.bone, bones)) and _movable(bone, drive, anatomy):
            pivot = _alternative(target.pivot, bones) if target.pivot else ""
            yield replace(drive, target=replace(target, bone=bone, pivot=pivot or ""))


def _movable(bone: str, drive: Drive, anatomy: Anatomy) -> bool:
    """Tell whether keys on a bone would be seen; one that others aim at is moved and not turned."""
    if bone in anatomy.ruled:
        return False
    if bone in anatomy.aimed:
        return drive.target.axis not in (Axis.TURN_PITCH, Axis.TURN_YAW, Axis.TURN_ROLL)
    return not drive.when_aimed


def _existing(bones: tuple[str, ...], anatomy: Anatomy) -> tuple[str, ...]:
    known = {_plain(_bare(bone)): bone for bone in reversed(anatomy.bones)}
    found = tuple(name for wanted in bones if (name := _alternative(wanted, known)))
    return found if len(found) == len(bones) else ()


def _alternative(wanted: str, known: dict[str, str]) -> str | None:
    return next((known[key] for each in wanted.split("|") for key in (each, _plain(each)) if key in known), None)


def _spelling(profile: Profile, shapes: list[str]) -> dict[str, list[str]]:
    """Find the shape keys of a profile: exactly, else in any case and punctuation and behind one common prefix."""
    wanted = list(dict.fromkeys(d.target.name for d in profile.mapping.drives if d.target.kind is Kind.SHAPE))
    if profile.exact:
        return {name: [each for each in name.split("|") if each in shapes][:1] for name in wanted}
    plain = {shape: _plain(shape) for shape in shapes}
    tails = {name: [_plain(each) for each in name.split("|")] for name in wanted}
    prefixes = Counter(
        flat.removesuffix(tail)
        for flat in plain.values()
        for ends in tails.values()
        for tail in ends
        if flat.endswith(tail)
    )
    if not prefixes:
        return {}
    prefix = min(prefixes, key=lambda each: (-prefixes[each], len(each)))
    by_name = {flat: shape for shape, flat in reversed(plain.items())}
    return {
        name: [by_name[prefix + end] for end in ends if prefix + end in by_name][:1] for name, ends in tails.items()
    }


def _bare(bone: str) -> str:
    """Drop a namespace such as mixamorig: or Hero:."""
    return bone.rpartition(":")[2]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
