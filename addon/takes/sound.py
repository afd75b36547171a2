"""Hear a take in sync: its sound as a strip of the sequencer, playback that follows it, and its stretch of time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import bpy

from ...inference_backend.contract import MienError
from .. import blender_versions, sounds
from ..blender_types import Context
from ..reports import Outcome
from . import remaking, storage
from .operators import UNDOABLE, OnTake
from .storage import StoredTake


def strip_of(scene: bpy.types.Scene, item: StoredTake) -> Any:
    """Find a strip that plays a take's sound in sync with it; None without one."""
    request = storage.request_of(item)
    begins = item.start_frame - request.start_s * sounds.frame_rate(scene)  # of the file, not of the excerpt
    wanted = Path(bpy.path.abspath(item.sound)).name
    for strip in blender_versions.strips(scene):
        if strip.type != "SOUND" or Path(strip.sound.filepath).name != wanted or blender_versions.is_retimed(strip):
            continue
        left, right = blender_versions.strip_handles(strip)
        if abs(blender_versions.sound_start(strip) - begins) <= 0.5 and left <= item.start_frame + 0.5 < right:
            return strip
    return None


def add_strip(scene: bpy.types.Scene, item: StoredTake) -> Any:
    """Put a take's sound into the sequencer, as long as the take, where no other strip is; raise MienError."""
    path = remaking.sound_of(item)
    request, fps = storage.request_of(item), sounds.frame_rate(scene)
    first = math.floor(item.start_frame + 0.5)
    last = first + max(1, round(item.frames / item.fps * fps))
    had_editor = scene.sequence_editor is not None
    editor: Any = scene.sequence_editor or scene.sequence_editor_create()
    try:
        begins = round(item.start_frame - request.start_s * fps)
        strip = blender_versions.new_sound(editor, path.stem, str(path), _free_channel(scene, first, last), begins)
    except RuntimeError as error:
        if not had_editor:
            scene.sequence_editor_clear()
        raise MienError(f"This Blender cannot put {path.name} into the sequencer: {error}.") from error
    blender_versions.trim(strip, first, last)
    return strip


def _free_channel(scene: bpy.types.Scene, first: int, last: int) -> int:
    """Find the lowest channel without a strip between two frames."""
    taken = set()
    for strip in blender_versions.strips(scene):
        left, right = blender_versions.strip_handles(strip)
        if left < last and right > first:
            taken.add(strip.channel)
    return next(channel for channel in range(1, 1000) if channel not in taken)


class MIEN_OT_add_take_sound(OnTake, bpy.types.Operator):
    """Put the sound of the selected take into the sequencer, in sync with its keys."""

    bl_idname = "mien.add_take_sound"
    bl_label = "Add Sound to Sequencer"
    bl_options = UNDOABLE

    def act(self, context: Context, _owner: storage.Owner, item: StoredTake) -> None:
        """Add it, unless it is there."""
        scene = sounds.strip_scene(context)
        if strip := strip_of(scene, item):
            self.report({"INFO"}, f"The strip '{strip.name}' plays the sound in sync already.")
            return
        strip = add_strip(scene, item)
        self.report({"INFO"}, f"The strip '{strip.name}' plays the sound in sync.")


class MIEN_OT_sync_to_audio(bpy.types.Operator):
    """Let playback drop frames so that it stays with the sound (Sync to Audio in the timeline's playback menu)."""

    bl_idname = "mien.sync_to_audio"
    bl_label = "Sync to Audio"
    bl_options = UNDOABLE

    @classmethod
    def poll(cls, context: Context) -> bool:
        """Ask for a scene that is not in sync."""
        cls.poll_message_set("Playback is in sync with the sound already.")
        return context.scene.sync_mode != "AUDIO_SYNC"

    def execute(self, context: Context) -> Outcome:
        """Set it in the scene."""
        context.scene.sync_mode = "AUDIO_SYNC"
        return {"FINISHED"}


class MIEN_OT_preview_take(OnTake, bpy.types.Operator):
    """Let the preview range of the timeline cover the selected take; again to leave that."""

    bl_idname = "mien.preview_take"
    bl_label = "Preview Range"
    bl_options = UNDOABLE

    def act(self, context: Context, _owner: storage.Owner, item: StoredTake) -> None:
        """Set or clear the range."""
        scene = context.scene
        wanted = range_of(scene, item)
        if scene.use_preview_range and (scene.frame_preview_start, scene.frame_preview_end) == wanted:
            scene.use_preview_range = False
            return
        scene.use_preview_range = True
        scene.frame_preview_start, scene.frame_preview_end = wanted


def range_of(scene: bpy.types.Scene, item: StoredTake) -> tuple[int, int]:
    """Return the first and the last frame of a take in a scene."""
    frames = item.frames / item.fps * sounds.frame_rate(scene)
    return math.floor(item.start_frame), math.ceil(item.start_frame + frames - 1)


_CLASSES = (MIEN_OT_add_take_sound, MIEN_OT_sync_to_audio, MIEN_OT_preview_take)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
