"""What a session in a real Blender window is made of: waiting, pressing, measuring, and pictures.

The folder that MIEN_SESSION names holds asked.json, with the package and the sound. What was seen is written there as
seen.json. A picture is asked for with NAME.wanted, and the session goes on once NAME.taken is there.
"""

from __future__ import annotations

import importlib
import json
import os
import time
import traceback
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import bpy

FOLDER = Path(os.environ["MIEN_SESSION"])
MODULE = "bl_ext.user_default.mien"
TICK_S = 0.02
LIMIT_S = 180.0

Wait = Callable[[], Any]
"""Told at each tick; the session goes on once it is true."""


class Clock:
    """Measure for how long Blender's window does not come back to its timers."""

    def __init__(self) -> None:
        self.left_s = time.perf_counter()
        self.stalls_s: list[float] = []

    def tick(self) -> None:
        """Note how much later than due this tick comes."""
        self.stalls_s.append(max(time.perf_counter() - self.left_s - TICK_S, 0.0))

    def since(self, start: int) -> dict[str, float]:
        """Sum up the ticks from a number on."""
        stalls = self.stalls_s[start:] or [0.0]
        return {"ticks": len(stalls), "longest_stall_s": max(stalls)}


CLOCK = Clock()


def sidebar() -> dict[str, Any]:
    """Name the sidebar of the 3D view, for an override of the context."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    return {"window": window, "area": area, "region": next(region for region in area.regions if region.type == "UI")}


def here() -> AbstractContextManager:
    """Act as if the mouse were in the sidebar."""
    return bpy.context.temp_override(**sidebar())


def press(name: str, **properties: Any) -> float:
    """Invoke an operator as its button does; return the seconds for which it kept the window."""
    operator = getattr(bpy.ops.mien, name)
    start = time.perf_counter()
    with here():
        operator("INVOKE_DEFAULT", True, **properties)  # with an undo step, where the operator makes one
    return time.perf_counter() - start


def pause(seconds: float) -> Wait:
    """Wait so long, with the window drawn meanwhile."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


def picture(name: str, place: dict[str, Any] | None = None) -> Iterator[Wait]:
    """Wait until a picture of a region, the sidebar's if none is named, is taken as it looks once it is drawn anew."""
    place = place or sidebar()
    for _ in range(4):
        place["area"].tag_redraw()
        yield pause(0.7)  # panels glide to their places
    region, window = place["region"], place["window"]
    box = {"left": region.x, "top": window.height - region.y - region.height}
    box |= {"width": region.width, "height": region.height}
    (FOLDER / f"{name}.wanted").write_text(json.dumps(box))
    yield (FOLDER / f"{name}.taken").exists


def install(package: str) -> bool:
    """Install the package and enable it; tell whether that went well."""
    bpy.ops.extensions.package_install_files(filepath=package, repo="user_default", enable_on_install=True)
    return MODULE in bpy.context.preferences.addons


def module(name: str) -> Any:
    """Return a module of the installed add-on."""
    return importlib.import_module(f"{MODULE}.addon.{name}")


def draw_lightly() -> None:
    """Spare a processor that draws in place of a graphics card."""
    bpy.context.scene.render.use_simplify = True
    bpy.context.scene.render.simplify_subdivision = 0
    bpy.context.preferences.system.viewport_aa = "OFF"


def open_panels(*names: str) -> None:
    """Let panels that are registered from now on begin open; where names are given, register no others."""
    WANTED[:] = names
    if bpy.utils.register_class is not _opened:
        bpy.utils.register_class, bpy.utils.unregister_class = _opened, _gone


WANTED: list[str] = []
_register, _unregister = bpy.utils.register_class, bpy.utils.unregister_class


def _opened(cls: Any) -> None:
    if issubclass(cls, bpy.types.Panel):
        cls.bl_options = set(getattr(cls, "bl_options", ())) - {"DEFAULT_CLOSED"}
        if WANTED and cls.__name__ not in WANTED:
            return
    _register(cls)


def _gone(cls: Any) -> None:
    if not issubclass(cls, bpy.types.Panel) or cls.is_registered:
        _unregister(cls)


LONGEST: dict[str, tuple[float, float]] = {}
"""For each call that Blender makes into the add-on: the longest by the processor's time, and by the clock's, in s."""
_CALLED = ("invoke", "execute", "modal", "draw", "draw_header", "draw_item", "filter_items", "poll", "description")


def time_everything() -> None:
    """Measure all operators, panels, lists, menus and timers of the add-on from now on."""
    kinds = (bpy.types.Operator, bpy.types.Panel, bpy.types.UIList, bpy.types.Menu)
    for cls in [cls for kind in kinds for cls in kind.__subclasses__() if cls.__name__.startswith("MIEN_")]:
        for name in _CALLED:
            call = getattr(cls, name, None)
            if not callable(call) or not _is_ours(call):
                continue
            if isinstance(call, types.MethodType):  # of the class
                setattr(cls, name, classmethod(_timed(f"{cls.__name__}.{name}", call.__func__)))
            else:
                setattr(cls, name, _timed(f"{cls.__name__}.{name}", call))
    for room, name in (("shaping.live", "_tick"), ("shaping.live", "_is_keyed"), ("waiting.background", "_tick")):
        setattr(module(room), name, _timed(f"{room}.{name}", getattr(module(room), name)))


def _is_ours(call: Any) -> bool:
    return str(getattr(call, "__module__", "")).startswith(MODULE)


def _timed(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Measure a function, in a function of as many arguments: Blender counts them, and gives no more than that."""

    def timed(*arguments: Any) -> Any:
        start = time.thread_time(), time.perf_counter()
        try:
            return call(*arguments)
        finally:
            took = time.thread_time() - start[0], time.perf_counter() - start[1]
            LONGEST[name] = max(LONGEST.get(name, (0.0, 0.0)), took)

    names = ", ".join(f"a{number}" for number in range(call.__code__.co_argcount))
    return eval(f"lambda {names}: timed({names})", {"timed": timed})


def show_sidebar() -> Iterator[Wait]:
    """Open the sidebar at Mien's tab."""
    sidebar()["area"].spaces.active.show_region_ui = True
    yield _tab_is_chosen


def _tab_is_chosen() -> bool:
    try:
        sidebar()["region"].active_panel_category = "Mien"
    except AttributeError:  # read-only until the region was drawn
        return False
    return True


def run(session: Callable[[dict[str, Any], dict[str, str]], Iterator[Wait]]) -> None:
    """Run a session from a timer, and write down what it saw, or where it broke."""
    bpy.context.preferences.view.show_splash = False
    bpy.context.preferences.view.use_save_prompt = False
    seen: dict[str, Any] = {"blender": bpy.app.version_string}
    steps = session(seen, json.loads((FOLDER / "asked.json").read_text()))
    state: dict[str, Any] = {"until": pause(1.0), "since": time.perf_counter()}

    def tick() -> float | None:
        CLOCK.tick()
        try:
            if state["until"]():
                state["until"], state["since"] = next(steps), time.perf_counter()
            elif time.perf_counter() - state["since"] > LIMIT_S:
                steps.throw(TimeoutError(f"Nothing came of it in {LIMIT_S:.0f} s."))
        except StopIteration:
            _end(seen)
            return None
        except Exception:
            seen["error"] = traceback.format_exc()
            _end(seen)
            return None
        CLOCK.left_s = time.perf_counter()
        return TICK_S

    bpy.app.timers.register(tick, first_interval=1.0, persistent=True)


def _end(seen: dict[str, Any]) -> None:
    (FOLDER / "seen.json").write_text(json.dumps(seen, indent=1))
    with here():
        bpy.ops.wm.quit_blender()
