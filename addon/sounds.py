"""The sound that the user chose: a file, or a sequencer strip as far as it is trimmed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..inference_backend.contract import BadSound
from . import blender_versions
from .blender_types import Context
from .properties import settings_of

READ_BY_BACKEND = {".wav", ".flac", ".ogg", ".oga", ".mp3", ".aif", ".aiff", ".aifc", ".caf", ".au", ".w64", ".rf64"}
"""Read everywhere; other containers are decoded by Blender first."""


@dataclass(frozen=True)
class Excerpt:
    """A part of a sound file, and the scene frame at which it begins."""

    path: Path
    start_frame: float
    start_s: float = 0.0
    duration_s: float | None = None

    @property
    def name(self) -> str:
        """Name for the take's action."""
        return self.path.stem

    @property
    def needs_decoding(self) -> bool:
        """Tell whether Blender has to decode it for the backend."""
        return self.path.suffix.lower() not in READ_BY_BACKEND


def frame_rate(scene: bpy.types.Scene) -> float:
    """Return the scene's frames per second."""
    return scene.render.fps / scene.render.fps_base


def chosen(context: Context) -> Excerpt:
    """Return the sound that the settings name; raise BadSound where there is none."""
    settings = settings_of(context.scene)
    return of_strip(context, settings.strip) if settings.source == "STRIP" else of_file(context)


def of_file(context: Context) -> Excerpt:
    """Return the whole of the file in the settings."""
    settings = settings_of(context.scene)
    if not settings.sound_path.strip():
        raise BadSound("Choose a sound file.")
    return Excerpt(_existing(settings.sound_path), settings.start_frame)


def of_strip(context: Context, name: str) -> Excerpt:
    """Return what lies between the handles of a sound strip."""
    if not name:
        raise BadSound("Choose a sound strip of the sequencer.")
    scene = strip_scene(context)
    strip = next((s for s in blender_versions.strips(scene) if s.name == name and s.type == "SOUND"), None)
    if strip is None:
        raise BadSound(f"The sequencer has no sound strip '{name}'; choose another one.")
    if blender_versions.is_retimed(strip):
        raise BadSound(f"The strip '{name}' plays at another speed; mix it down to a file and choose that.")
    path = _existing(strip.sound.filepath, strip.sound)
    return _between_handles(strip, path, frame_rate(scene), frame_rate(context.scene))


def strip_scene(context: Context) -> bpy.types.Scene:
    """Return the scene whose strips can be chosen: the active one, or else the one that the sequencer shows."""
    return context.scene if context.scene.sequence_editor else blender_versions.sequencer_scene(context)


def _between_handles(strip: Any, path: Path, strip_fps: float, scene_fps: float) -> Excerpt:
    """Turn handles into seconds of the sound; a strip that begins before its sound starts later."""
    left, right = blender_versions.strip_handles(strip)
    skipped = left - blender_versions.strip_content_start(strip) + strip.animation_offset_start
    start_s = skipped / strip_fps - getattr(strip, "sound_offset", 0.0)
    late_s = max(0.0, -start_s)
    start_frame = (left / strip_fps + late_s) * scene_fps
    return Excerpt(path, round(start_frame, 6), start_s + late_s, (right - left) / strip_fps - late_s)


def _existing(filepath: str, sound: Any = None) -> Path:
    """Return the path of a sound; a packed one is unpacked to a temporary file."""
    path = Path(bpy.path.abspath(filepath, library=getattr(sound, "library", None)))
    if sound is not None and sound.packed_file:
        unpacked = Path(bpy.app.tempdir or tempfile.gettempdir(), f"mien_packed_{path.name}")
        if not unpacked.is_file() or unpacked.stat().st_size != sound.packed_file.size:
            unpacked.write_bytes(sound.packed_file.data)
        return unpacked
    if not path.is_file():
        raise BadSound(f"The sound file {path} does not exist; choose another one.")
    return path
