"""An evening with the panels beside the takes: mapping, keys in the NLA, gestures, a batch, the preferences."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from blender_window import (
    FOLDER,
    MODULE,
    Wait,
    draw_lightly,
    here,
    install,
    module,
    open_panels,
    pause,
    picture,
    press,
    run,
    show_sidebar,
    sidebar,
)

Seen = dict[str, Any]
RIG = "Mien Demo"
NODS, SHAKES = 20, 60
"""Frames of gestures."""


def session(seen: Seen, asked: dict[str, str]) -> Iterator[Wait]:
    """Go through the panels, each with the sidebar to itself as far as it can."""
    install(asked["package"])
    press("add_demo_character")
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    draw_lightly()
    for mesh in [item for item in bpy.data.objects if item.type == "MESH"]:
        mesh.hide_set(True)  # panels are looked at here
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "scene.blend"))
    for part in (mapping, keys, layer, gestures, batch, preferences):
        yield from part(seen)


def show_panels(*names: str) -> Iterator[Wait]:
    """Enable the add-on anew, with these panels alone."""
    bpy.ops.preferences.addon_disable(module=MODULE)
    assert swap_keys() == [], "a key outlived the add-on"
    open_panels(*names)
    bpy.ops.preferences.addon_enable(module=MODULE)
    yield from show_sidebar()


def mapping(seen: Seen) -> Iterator[Wait]:
    """Check the character, make a table of what was found, and switch the jaw off."""
    yield from show_panels("MIEN_PT_take", "MIEN_PT_mapping")
    pressed_s = press("preflight")
    text = bpy.data.texts["Mien Preflight"].as_string()
    seen["mapping"] = {"checked_in_s": pressed_s, "report": text}
    yield from picture("mapping_found")
    press("mapping_edit")
    group = bpy.data.objects[RIG].mien_mapping
    jaw = next(index for index, row in enumerate(group.drives) if row.formula == "jawOpen")
    group.active = jaw
    group.drives[jaw].enabled = False
    yield from picture("mapping_table")
    seen["mapping"] |= {"rows": len(group.drives), "off": module("chosen").character(bpy.context).unmapped}
    path = str(FOLDER / "demo.mien-mapping.json")
    with here():
        bpy.ops.mien.mapping_save(filepath=path)
    press("mapping_reset")
    seen["mapping"]["reset"] = len(group.drives), module("chosen").character(bpy.context).unmapped
    with here():
        bpy.ops.mien.mapping_load(filepath=path)
    seen["mapping"]["loaded"] = len(group.drives), module("chosen").character(bpy.context).unmapped
    press("mapping_reset")


def keys(seen: Seen) -> Iterator[Wait]:
    """Generate with a style's amounts, and put the take into a strip of the NLA at half influence."""
    yield from show_panels("MIEN_PT_take", "MIEN_PT_takes", "MIEN_PT_keys")
    bpy.context.scene.mien.style = "strong happy, nodding"
    press("generate")
    yield lambda: not progress().running
    yield pause(0.3)
    seen["keys"] = {"whole": jaw(), "said": progress().message}
    group = take().shaping
    group.influence, group.mode = 0.5, "STRIP"
    yield lambda: bool(strips())  # a slower take is keyed once the hand rests
    seen["keys"] |= {"half": jaw(), "strips": strips(), "action": active_actions()}
    yield from picture("keys_strip")


def layer(seen: Seen) -> Iterator[Wait]:
    """Turn the neck by hand, and lay the take over it."""
    rig = bpy.data.objects[RIG]
    group = take().shaping
    group.influence, group.mode = 1.0, "ACTION"
    yield lambda: bool(active_actions())
    alone = head_yaw()
    with here():
        bpy.ops.mien.clear()
    bone = rig.pose.bones["neck"]
    bone.rotation_mode = "QUATERNION"
    bone.rotation_quaternion = (0.924, 0.0, 0.383, 0.0)  # 45 degrees
    bone.keyframe_insert("rotation_quaternion", frame=1)
    by_hand = head_yaw()
    group.mode = "LAYER"
    press("key_take")
    yield lambda: module("slices").current is None
    seen["layer"] = {"alone": alone, "by_hand": by_hand, "both": head_yaw(), "strips": strips()}
    yield from picture("keys_layer")
    press("clear")
    seen["layer"] |= {"cleared": head_yaw(), "strips_left": strips()}
    rig.animation_data_clear()
    bone.rotation_quaternion = (1, 0, 0, 0)


def gestures(seen: Seen) -> Iterator[Wait]:
    """Place a nod at the cursor and shakes at markers, remove one of them, then all."""
    yield from show_panels("MIEN_PT_head")
    scene = bpy.context.scene
    scene.frame_set(NODS)
    still = turns()
    press("add_gesture", where="CURSOR")
    nodded = turns()
    scene.mien_gesture.kind = "shake"
    scene.timeline_markers.new("shake no", frame=SHAKES)
    scene.timeline_markers.new("weary", frame=SHAKES + 60)
    for marker in scene.timeline_markers:
        marker.select = False
    press("add_gesture", where="MARKERS")
    both = turns()
    yield from picture("head")
    scene.frame_set(NODS + 5)
    press("remove_gestures", which="HERE")
    seen["gestures"] = {"still": still, "nodded": nodded, "both": both, "shake_left": turns()}
    with here():
        bpy.ops.ed.undo()
    yield pause(0.3)
    seen["gestures"]["undone"] = turns()  # undo exchanges the scene
    frame = bpy.context.scene.frame_current
    press("remove_gestures", which="ALL")
    seen["gestures"] |= {"none": turns(), "same_frame": bpy.context.scene.frame_current == frame}


def batch(seen: Seen) -> Iterator[Wait]:
    """Perform strips of the sequencer, or a table where this Blender has no sound; stop midway, go on."""
    scene = bpy.context.scene
    scene.timeline_markers.clear()
    settings, seen["batch"] = scene.mien_batch, {}
    lines = {"anna_01": 101, "anna_02 (furious)": 301, "music": 501}
    seen["batch"]["by_strips"] = add_strips(lines)
    if seen["batch"]["by_strips"]:
        settings.pattern = "{character}_*"
    else:
        rows = [f"speech.wav,{RIG},{name},{frame}" for name, frame in list(lines.items())[:2]]
        (FOLDER / "lines.csv").write_text("\n".join(["sound,character,name,start_frame", *rows]))
        settings.source, settings.table_path = "TABLE", "//lines.csv"
    yield from show_panels("MIEN_PT_batch")
    settings = scene.mien_batch  # the add-on came back with another
    yield from picture("batch_empty")
    press("find_lines")
    yield from picture("batch_found")
    for speaker in settings.speakers:
        speaker.character = bpy.data.objects[RIG]
    settings.forms = {"csv"}
    scene.mien_export.folder = str(FOLDER / "missing")
    seen["batch"]["reason"] = module("batch.session").disabled_reason(bpy.context)
    scene.mien_export.folder = str(FOLDER)
    press("check_lines")
    seen["batch"]["checked"] = said()
    before = len(takes())
    started = time.perf_counter()
    press("run_batch")
    yield lambda: len(takes()) > before
    yield from picture("batch_running")
    yield lambda: not scene_progress().running
    seen["batch"] |= {"took_s": time.perf_counter() - started, "said": said(), "states": states(), "strips": strips()}
    seen["batch"]["takes"] = [item.name for item in list(takes())[before:]]
    yield from picture("batch_done")
    press("run_batch")
    yield lambda: not scene_progress().running
    seen["batch"]["again"] = said()
    settings.only_new = False
    press("run_batch")
    press("cancel_batch")  # at once: a machine at rest ends a line in less than any pause
    yield pause(0.3)
    seen["batch"] |= {"cancelled": said(), "takes_in_the_end": len(takes()) - before}


def preferences(seen: Seen) -> Iterator[Wait]:
    """Look at the preferences, and change the key that swaps takes."""
    place = sidebar()
    area, manager = place["area"], bpy.context.window_manager
    area.type = "PREFERENCES"
    bpy.context.preferences.active_section = "ADDONS"
    manager.addon_search = "Mien"
    yield pause(0.5)
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=place["window"], area=area, region=region):
        bpy.ops.preferences.addon_expand(module=MODULE)
        bpy.ops.mien.check_backend()
    yield lambda: module("waiting.check").last.health is not None
    yield from picture("preferences", {"window": place["window"], "area": area, "region": region})
    seen["keys_of_swap"], swap = [key_name()], module("takes.keymap")
    swap._users_item(bpy.context).type = "J"
    seen["keys_of_swap"].append(key_name())
    area.type = "VIEW_3D"
    yield pause(0.5)


def add_strips(lines: dict[str, int]) -> bool:
    """Put the speech into the sequencer under these names; tell whether this Blender can."""
    editor = bpy.context.scene.sequence_editor_create()
    try:
        for name, frame in lines.items():
            path = str(FOLDER / "speech.wav")
            module("blender_versions").new_sound(editor, name, path, 1, frame)
    except RuntimeError:
        bpy.context.scene.sequence_editor_clear()
        return False
    return True


def takes() -> Any:
    """Return the takes of the character, wherever they are kept."""
    return next((item.mien_takes for item in bpy.data.objects if len(item.mien_takes)), ())


def take() -> Any:
    """Return the first take."""
    return takes()[0]


def progress() -> Any:
    """Return what the panel says of the take that is made."""
    return bpy.context.window_manager.mien


def scene_progress() -> Any:
    """Return what the panel says of the batch."""
    return bpy.context.window_manager.mien_batch


def said() -> str:
    """Return what the batch says."""
    return scene_progress().message


def states() -> list[str]:
    """List the states of the batch's lines."""
    return [line.state for line in bpy.context.scene.mien_batch.lines]


def at_frames(value: Any, frames: range) -> list[float]:
    """Evaluate something at frames, leaving the frame as it is."""
    scene, found = bpy.context.scene, []
    before = scene.frame_current
    for frame in frames:
        scene.frame_set(frame)
        found.append(round(value(), 4))
    scene.frame_set(before)
    return found


def face() -> Any:
    """Return the shape keys of the face."""
    return next(
        mesh.shape_keys for mesh in bpy.data.meshes if mesh.shape_keys and "jawOpen" in mesh.shape_keys.key_blocks
    )


def jaw() -> list[float]:
    """Read how far the jaw is open as it is seen."""
    return at_frames(lambda: face().key_blocks["jawOpen"].value, range(1, 100, 7))


def head_turn() -> Any:
    """Return how the head's bone is turned in the world, as Euler angles in radians."""
    return bpy.data.objects[RIG].pose.bones["head"].matrix.to_euler()


def head_yaw() -> list[float]:
    """Read how far the head is turned aside."""
    rest = bpy.data.objects[RIG].data.bones["head"].matrix_local.to_quaternion()
    bone = bpy.data.objects[RIG].pose.bones["head"]
    return at_frames(lambda: (bone.matrix.to_quaternion() @ rest.inverted()).to_euler().z, range(1, 100, 7))


def turns() -> list[float]:
    """Read how far from rest the head is turned around the places of the gestures."""
    rest = bpy.data.objects[RIG].data.bones["head"].matrix_local.to_quaternion()
    bone = bpy.data.objects[RIG].pose.bones["head"]

    def angle() -> float:
        return rest.rotation_difference(bone.matrix.to_quaternion()).angle

    return [max(at_frames(angle, range(frame, frame + 30, 2))) for frame in (NODS, SHAKES, SHAKES + 60)]


def strips() -> list[Any]:
    """List the NLA strips of the rig: track, name (without Blender's number), start, influence, blending, muted."""
    data = bpy.data.objects[RIG].animation_data
    return [
        (track.name, strip.name.partition(".")[0], strip.frame_start, strip.influence, strip.blend_type, strip.mute)
        for track in (data.nla_tracks if data else ())
        for strip in track.strips
    ]


def active_actions() -> list[str]:
    """Name the active actions of rig and face."""
    owners = [bpy.data.objects[RIG], face()]
    return [o.animation_data.action.name for o in owners if o.animation_data and o.animation_data.action]


def swap_keys() -> list[str]:
    """List the keys that the add-on brought."""
    config = bpy.context.window_manager.keyconfigs.addon
    return [item.type for keymap in config.keymaps for item in keymap.keymap_items if item.idname.startswith("mien.")]


def key_name() -> str:
    """Name the key that swaps takes."""
    return module("takes.keymap").key_name(bpy.context)


if __name__ == "__main__":
    run(session)
