"""Lines from the sound strips of the sequencer: a strip's name says who speaks, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import bpy

from .. import blender_versions
from .lines import BadLine

DEFAULT_PATTERN = "{character}_*"
_PLACES = re.compile(r"\{(character|style)\}|\*|\s+")


@dataclass(frozen=True)
class Spoken:
    """A sound strip, and what its name says; speaker is empty where it does not fit the pattern."""

    strip: str
    speaker: str
    style: str


def rule(pattern: str) -> re.Pattern[str]:
    """Turn a pattern such as `{character} ({style}) *` into an expression; raises BadLine."""
    places = [match[1] for match in _PLACES.finditer(pattern) if match[1]]
    if places.count("character") != 1 or places.count("style") > 1:
        raise BadLine("The pattern of strip names needs {character} once, and may have {style} once.")
    parts, end = [], 0
    for match in _PLACES.finditer(pattern):
        parts += [re.escape(pattern[end : match.start()]), _part(match)]
        end = match.end()
    return re.compile("".join([*parts, re.escape(pattern[end:])]), re.IGNORECASE)


def spoken(scene: bpy.types.Scene, pattern: str) -> list[Spoken]:
    """List the sound strips that are heard, in the order of time; raises BadLine where the pattern is none."""
    expression = rule(pattern)
    heard = [strip for strip in blender_versions.strips(scene) if strip.type == "SOUND" and not strip.mute]
    heard.sort(key=lambda strip: (blender_versions.strip_handles(strip)[0], strip.channel))
    return [_of(strip, expression) for strip in heard]


def _of(strip: Any, expression: re.Pattern[str]) -> Spoken:
    match = expression.fullmatch(_stem(strip.name)) or expression.fullmatch(strip.name)
    said = match.groupdict() if match else {}
    return Spoken(strip.name, said.get("character", "").strip(), (said.get("style") or "").strip())


def _part(match: re.Match[str]) -> str:
    if match[1]:
        return f"(?P<{match[1]}>.+?)"
    return ".*" if match[0] == "*" else r"\s+"


def _stem(name: str) -> str:
    """Drop an extension, and the number that Blender gives to strips of one name."""
    return PurePath(re.sub(r"\.\d{3}$", "", name)).stem
