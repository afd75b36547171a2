"""Find the neck and head bones of an armature by the names that rigs give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

_NOISE = frozenset({
    "mixamorig", "cc", "base", "bip", "b", "j", "jnt", "joint", "bone", "c", "cf", "n", "ctrl", "ctl", "control",
    "con", "fk", "m", "x", "mid", "center", "centre", "def", "rig", "skeleton", "twist", "lower", "upper", "tweak",
    "mch", "org", "armature", "valvebiped",
})  # fmt: skip
"""Words around `head` and `neck` that change nothing: makers' prefixes, kinds of bone, numbers of a chain."""
_INNER = frozenset({"mch", "org", "tweak"})
"""Bones that a rig keeps for itself and that nobody animates."""
_OTHER_LANGUAGES = {"頭": "head", "首": "neck"}


@dataclass(frozen=True)
class HeadBones:
    """Neck bones from the root up, and the head bone; either may be missing."""

    necks: tuple[str, ...]
    head: str | None

    @property
    def chain(self) -> tuple[str, ...]:
        """All of them, root first."""
        return (*self.necks, self.head) if self.head else self.necks


def find(parents: Mapping[str, str | None], driven: Set[str] = frozenset()) -> HeadBones:
    """Find head and neck among `parents` (bone name -> parent's name or None).

    `driven` bones follow constraints (the deforming bones of a control rig): free ones are preferred.
    """
    heads = _candidates(parents, "head", driven)
    head = heads[0] if heads else None
    necks = _candidates(parents, "neck", driven)
    above = _ancestors(parents, head) if head else []
    in_chain = [name for name in reversed(above) if name in necks]
    if in_chain:
        return HeadBones(tuple(in_chain), head)
    is_free = [name for name in necks if name not in driven] or necks
    return HeadBones(tuple(is_free[:1]), head)


def _candidates(parents: Mapping[str, str | None], wanted: str, driven: Set[str]) -> list[str]:
    """List the bones named `wanted`, the one to animate first: free ones, then those nearest to the root."""
    found = [name for name in parents if _meaning(name) == wanted]
    return sorted(found, key=lambda name: (name in driven, len(_ancestors(parents, name))))


def _meaning(name: str) -> str | None:
    """Reduce a bone's name to the one word that is left when noise and numbers are gone."""
    if name in _OTHER_LANGUAGES:
        return _OTHER_LANGUAGES[name]
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    left = [word for word in words if word not in _NOISE]
    return left[0] if len(left) == 1 and not _INNER & set(words) else None


def _ancestors(parents: Mapping[str, str | None], name: str | None) -> list[str]:
    """List the bones above `name`, nearest first."""
    above: list[str] = []
    while name is not None and (name := parents.get(name)) is not None:
        above.append(name)
    return above
