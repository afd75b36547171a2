"""Strips of the sequencer: their names changed in 4.4 and 5.0, their handles in 5.1."""

from __future__ import annotations

from typing import Any

import bpy

from ..blender_types import Context


def strips(scene: bpy.types.Scene) -> list[Any]:
    """List all sequencer strips of a scene, those inside meta strips included."""
    editor: Any = scene.sequence_editor
    if editor is None:
        return []
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def strip_collection_name(scene: bpy.types.Scene) -> str:
    """Name the property of the sequence editor that holds its strips, for a search field."""
    return "strips" if hasattr(scene.sequence_editor, "strips") else "sequences"


def strip_handles(strip: Any) -> tuple[float, float]:
    """Frames of a strip's left and right handle."""
    if bpy.app.version >= (5, 1, 0) and hasattr(strip, "left_handle"):
        return strip.left_handle, strip.right_handle
    return strip.frame_final_start, strip.frame_final_end


def strip_content_start(strip: Any) -> float:
    """Return the frame at which the strip's sound itself begins, under the left handle or before it."""
    if bpy.app.version >= (5, 1, 0) and hasattr(strip, "content_start"):
        return strip.content_start
    return strip.frame_start


def is_retimed(strip: Any) -> bool:
    """Tell whether the strip plays its sound at another speed than recorded."""
    return len(getattr(strip, "retiming_keys", ())) > 2 or getattr(strip, "speed_factor", 1.0) != 1.0


def sequencer_scene(context: Context) -> bpy.types.Scene:
    """Return the scene whose sequencer the user sees: from 5.0 on it need not be the active one."""
    return getattr(context, "sequencer_scene", None) or context.scene


def sound_start(strip: Any) -> float:
    """Return the frame at which the first sample of a strip's sound file would be heard."""
    scene_fps = bpy.context.scene.render.fps / bpy.context.scene.render.fps_base
    return strip_content_start(strip) - strip.animation_offset_start + getattr(strip, "sound_offset", 0.0) * scene_fps


def new_sound(editor: Any, name: str, path: str, channel: int, frame: int) -> Any:
    """Add a sound strip; raises RuntimeError where this Blender cannot."""
    strips_of = editor.strips if hasattr(editor, "strips") else editor.sequences
    return strips_of.new_sound(name, path, channel, frame)


def trim(strip: Any, first: int, last: int) -> None:
    """Let a strip play only what lies between two frames; its sound stays where it is."""
    if bpy.app.version >= (5, 1, 0) and hasattr(strip, "left_handle"):
        strip.left_handle, strip.right_handle = max(first, int(strip.left_handle)), min(last, int(strip.right_handle))
        return
    strip.frame_final_start = max(first, strip.frame_final_start)
    strip.frame_final_end = min(last, strip.frame_final_end)
