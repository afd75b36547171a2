"""A day with the add-on in one Blender window, with all panels open; test_day.py starts Blender with this file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from blender_window import (
    CLOCK,
    FOLDER,
    LONGEST,
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
    time_everything,
)

Seen = dict[str, Any]
MODAL_S: list[float] = []
"""Seconds of the processor that the operators took which wait and key, tick by tick; the last one ends the keying."""
STYLE = "a weary teacher, a smile between phrases, nodding"


def session(seen: Seen, asked: dict[str, str]) -> Iterator[Wait]:
    """Go through everything; each yield gives the window back until the condition holds."""
    open_panels()
    seen["enabled"] = install(asked["package"])
    time_the_operators()
    time_everything()
    yield from show_sidebar()
    yield from begin(seen, asked["sound"])
    for part in (generate, regenerate, switch, shape, undo):
        yield from part(seen)
    settings().sound_path = f"//{Path(asked['minute']).name}"
    yield from minute(seen)
    settings().sound_path = f"//{Path(asked['long_sound']).name}"
    for part in (cancel, save_and_open, export, lose_the_character, quit_midway):
        yield from part(seen)
    seen["longest"] = dict(sorted(LONGEST.items(), key=lambda item: -item[1][0]))


def begin(seen: Seen, sound: str) -> Iterator[Wait]:
    """Bring in the demo character and say what is wanted."""
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    seen["reason_without_character"] = module("generation").disabled_reason(bpy.context)
    press("add_demo_character")
    draw_lightly()
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "scene.blend"))
    seen["demo_speaks"] = Path(settings().sound_path).is_file()
    settings().sound_path = f"//{Path(sound).name}"
    settings().style = STYLE
    yield from picture("before")
    start = len(CLOCK.stalls_s)
    yield pause(2.0)
    seen["idle"] = CLOCK.since(start)
    start = time.perf_counter()
    with here():
        bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
    seen["redraw_s"] = time.perf_counter() - start


def generate(seen: Seen) -> Iterator[Wait]:
    """Make the first take, the backend's start included."""
    seen["generate"] = {"pressed_s": press("generate")}
    yield until_done(seen["generate"])
    seen["generate"] |= {"said": progress().message, "failed": progress().failed}
    seen["takes"], seen["jaw"] = names(), jaw()
    yield from picture("after")


def regenerate(seen: Seen) -> Iterator[Wait]:
    """Make the take again with another seed, with the backend warm."""
    seen["regenerate"] = {"pressed_s": press("regenerate_take")}
    yield until_done(seen["regenerate"])
    yield pause(0.5)
    seen["regenerate"] |= {"takes": names(), "seeds": [take.seed for take in takes()]}
    seen["regenerate"]["another"] = jaw() != seen["jaw"]
    yield from picture("takes")


def switch(seen: Seen) -> Iterator[Wait]:
    """Play the first take again, and swap the two."""
    owner().mien_take_index = 0
    seen["switched_in_s"] = press("switch_take")
    yield pause(0.2)
    seen["switch"] = {"first_again": jaw() == seen["jaw"]}
    press("toggle_take")
    seen["switch"]["swapped"] = playing() == names()[1]
    press("toggle_take")
    seen["switch"]["back"] = playing() == names()[0]


def shape(seen: Seen) -> Iterator[Wait]:
    """Halve the mouth; the keys follow: within the change where that is quick, else in a step of their own."""
    start = len(CLOCK.stalls_s)
    with here():
        bpy.ops.ed.undo_push(message="Before the gain")
        takes()[0].shaping.mouth = 0.5
        bpy.ops.ed.undo_push(message="Gain")
    seen["steps"] = 1 if jaw() != seen["jaw"] else 2
    yield lambda: jaw() != seen["jaw"] and not progress().running
    yield pause(1.0)
    seen["shape"] = CLOCK.since(start) | {"jaw": jaw()}
    yield from picture("shape")
    with here():
        bpy.ops.view2d.scroll_down(page=True)
    yield from picture("lower")
    with here():
        bpy.ops.view2d.scroll_up(page=True)


def undo(seen: Seen) -> Iterator[Wait]:
    """Take the gain back, bring it on again."""
    for _ in range(seen["steps"]):
        with here():
            bpy.ops.ed.undo()
    yield pause(0.5)
    seen["undo"] = {"gain": takes()[0].shaping.mouth, "jaw_as_before": jaw() == seen["jaw"]}
    for _ in range(seen["steps"]):
        with here():
            bpy.ops.ed.redo()
    yield pause(0.5)
    seen["redo"] = {"gain": takes()[0].shaping.mouth, "jaw_as_shaped": jaw() == seen["shape"]["jaw"]}


def minute(seen: Seen) -> Iterator[Wait]:
    """Let a take of a minute land, noting what keying it takes at a stretch and in all, and undo it in one step."""
    before = names(), len(bpy.data.actions)
    seen["minute"] = {"keyed_s": []}
    press("generate")

    def keyed() -> bool:
        if progress().running and progress().phase == "keying":
            seen["minute"]["keyed_s"] = MODAL_S[seen["minute"].setdefault("ticks_before", len(MODAL_S)) :]
            seen["minute"]["stalls_s"] = seen["minute"].get("stalls_s", []) + CLOCK.stalls_s[-1:]
        return not progress().running

    MODAL_S.clear()
    yield keyed
    seen["minute"]["keyed_s"] = MODAL_S[seen["minute"].get("ticks_before", 0) :]
    seen["minute"]["said"] = progress().message
    yield pause(0.5)
    with here():
        bpy.ops.ed.undo()
    yield pause(0.5)
    seen["minute"]["undone"] = before == (names(), len(bpy.data.actions))


def cancel(seen: Seen) -> Iterator[Wait]:
    """Wait a while for a long take, and press Escape."""
    before = names(), len(bpy.data.actions)
    press("generate")
    seen["cancel"], end = {}, pause(3.0)
    yield until_done(seen["cancel"], or_when=lambda: end() and seen["cancel"]["ticks"] > 3)  # where drawing is slow
    yield from picture("during")
    start = time.perf_counter()
    bpy.context.window_manager.windows[0].event_simulate(type="ESC", value="PRESS", x=50, y=50)
    yield lambda: not progress().running
    seen["cancel"] |= {"said": progress().message, "after_s": time.perf_counter() - start}
    seen["cancel"]["nothing_changed"] = before == (names(), len(bpy.data.actions))


def save_and_open(seen: Seen) -> Iterator[Wait]:
    """Open the saved file while a take is made: that is cancelled, and all takes are there."""
    file = str(FOLDER / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=file)
    press("generate")
    yield pause(0.3)
    bpy.ops.wm.open_mainfile(filepath=file)
    yield pause(0.5)
    yield from show_sidebar()
    yield pause(1.0)
    seen["opened"] = {"takes": names(), "gain": takes()[0].shaping.mouth, "running": progress().running}
    seen["opened"] |= {"jaw_as_shaped": jaw() == seen["shape"]["jaw"], "bytes": Path(file).stat().st_size}


def export(seen: Seen) -> Iterator[Wait]:
    """Write the character for an engine, and open nothing."""
    bpy.context.scene.mien_export.folder = str(FOLDER)
    seen["export_s"] = press("export_for", engine="UNREAL")
    yield pause(0.2)


def lose_the_character(seen: Seen) -> Iterator[Wait]:
    """Delete the character while its take is made."""
    press("generate")
    yield pause(0.2)
    for item in [item for item in bpy.data.objects if item.name.startswith("Mien Demo")]:
        bpy.data.objects.remove(item)
    yield lambda: not progress().running
    seen["lost"] = {"said": progress().message}
    yield from picture("lost")


def quit_midway(seen: Seen) -> Iterator[Wait]:
    """Quit Blender, which the runner does next, while a take is made."""
    press("add_demo_character")
    press("generate")
    yield pause(0.3)
    seen["running_at_the_end"] = progress().running
    seen["backend_url"] = module("service").running().url


def until_done(seen: Seen, or_when: Wait = lambda: False) -> Wait:
    """Wait for the take, noting the longest stall meanwhile, and the one in which the take is keyed and drawn."""
    seen |= {"ticks": 0, "longest_stall_s": 0.0}
    MODAL_S.clear()

    def done() -> bool:
        if progress().running:
            seen["ticks"] += 1
            seen["longest_stall_s"] = max(seen["longest_stall_s"], CLOCK.stalls_s[-1])
            seen["longest_tick_s"] = max([0.0, *MODAL_S])
            return or_when()
        seen.update(keyed_in_s=MODAL_S[-1], keyed_and_drawn_in_s=CLOCK.stalls_s[-1])
        return True

    return done


def time_the_operators() -> None:
    """Measure what the operators take for themselves that wait for takes and key them, apart from the drawing."""
    for of_them in (module("operators").Waiting, module("slicing").Sliced):
        of_them.modal = timed(of_them.modal)


def timed(modal: Any) -> Any:
    """Note what each call takes."""

    def noted(self: Any, context: Any, event: Any) -> Any:
        start = time.thread_time()
        try:
            return modal(self, context, event)
        finally:
            MODAL_S.append(time.thread_time() - start)

    return noted


def settings() -> Any:
    """Return the settings of the next take."""
    return bpy.context.scene.mien


def progress() -> Any:
    """Return what the panel says of the take that is made."""
    return bpy.context.window_manager.mien


def owner() -> Any:
    """Return the object that holds the takes."""
    return next(item for item in bpy.data.objects if len(item.mien_takes))


def takes() -> Any:
    """Return the takes of the character."""
    return owner().mien_takes


def names() -> list[str]:
    """List the names of all takes, of whatever object."""
    return [take.name for item in bpy.data.objects for take in item.mien_takes]


def playing() -> str:
    """Name the take that plays."""
    return next(take.name for take in takes() if take.playing)


def jaw() -> list[float]:
    """Read how far the jaw is open along the first seconds, by its keys."""
    key = next(
        mesh.shape_keys for mesh in bpy.data.meshes if mesh.shape_keys and "jawOpen" in mesh.shape_keys.key_blocks
    )
    curves = module("blender_versions").action_curves(key)
    curve = next(curve for curve in curves if curve.data_path == 'key_blocks["jawOpen"].value')
    return [round(curve.evaluate(frame), 5) for frame in range(1, 120, 2)]


if __name__ == "__main__":
    run(session)
