"""The whole line once, in headless Blender through the enabled extension: `build.py demo` runs this as a script.

Writes JSON lines to standard output, {"begin": step}, {"end": step} and {"error": sentence}; what
Blender itself prints goes to demo.log. BLENDER_USER_RESOURCES names the folder that holds the extension.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TextIO, cast

EXTENSION = "bl_ext.user_default.mien"
FPS = 30
MOVIE_STEP = 2  # every second frame: a processor renders the film
MOMENTS = 12
PEAKS = {  # channel -> what its strongest moment shows
    "jawOpen": "jaw open",
    "mouthPucker": "lips rounded",
    "mouthPressLeft": "lips pressed",
    "mouthSmileLeft": "smile",
    "browInnerUp": "brows up",
    "eyeBlinkLeft": "blink",
}


class Teller:
    """Tell the caller what is being done, over a pipe that Blender's own messages do not reach."""

    def __init__(self, pipe: TextIO) -> None:
        self._pipe = pipe

    def tell(self, **message: Any) -> None:
        """Write one line."""
        print(json.dumps(message), file=self._pipe, flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Tell the begin of a step, and its end."""
        self.tell(begin=name)
        yield
        self.tell(end=name)


def main() -> int:
    """Make everything; return the exit status."""
    options = _parse()
    teller = Teller(divert_output(options.out / "demo.log"))
    try:
        _perform(options, teller)
    except RuntimeError as error:  # what an operator reported, in one sentence
        teller.tell(error=str(error).removeprefix("Error: ").strip())
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, required=True)
    parser.add_argument("--style", required=True)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def divert_output(log: Path) -> TextIO:
    """Send what this process and Blender print into a file; return the former standard output."""
    former = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    return former


def _perform(options: argparse.Namespace, teller: Teller) -> None:
    with teller.step("starting Blender"):
        import bpy

        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        bpy.ops.preferences.addon_enable(module=EXTENSION)
    scene, operators = bpy.context.scene, cast(Any, bpy.ops)
    scene.render.fps = FPS
    try:
        with teller.step("building the demo character"):
            operators.mien.add_demo_character()
        with teller.step("generating the performance"):
            take = _generate(scene, options)
        with teller.step("saving the take and the scene"):
            _save(take, options)
        with teller.step("exporting FBX and glTF"):
            operators.mien.export(filepath=str(options.out / "demo.fbx"))
            operators.mien.export(filepath=str(options.out / "demo.glb"))
        _preview(scene, take, options, teller)
    finally:
        bpy.ops.preferences.addon_disable(module=EXTENSION)


def _generate(scene: Any, options: argparse.Namespace) -> Any:
    import bpy

    scene.mien.sound_path = str(options.audio)
    scene.mien.style = options.style
    cast(Any, bpy.ops).mien.generate()
    [take] = room("addon.generation").last.takes
    scene.frame_start = scene.mien.start_frame
    scene.frame_end = scene.frame_start + len(take) - 1
    scene.sequence_editor_create().strips.new_sound("speech", str(options.audio), 1, scene.frame_start)
    return take


def _save(take: Any, options: argparse.Namespace) -> None:
    import bpy

    formats = room("inference_backend.formats")
    formats.write(take, options.out / "take.npz")
    formats.write(take, options.out / "take.csv")
    bpy.ops.wm.save_as_mainfile(filepath=str(options.out / "demo.blend"))


def _preview(scene: Any, take: Any, options: argparse.Namespace, teller: Teller) -> None:
    import bpy

    preview = room("addon.preview")
    shown = room("addon.demo_character").meshes_of(scene.mien.character)
    moments = _moments(take)
    with teller.step("rendering the contact sheet"):
        frames = [scene.frame_start + row for row in moments]
        preview.contact_sheet(bpy.context, shown, frames, options.out / "preview.png", list(moments.values()))
    with teller.step("rendering the movie"):
        film = options.out / "preview.mp4"
        preview.movie(bpy.context, shown, scene.frame_start, scene.frame_end, FPS, options.audio, film, step=MOVIE_STEP)


def _moments(take: Any) -> dict[int, str]:
    """Choose rows of a take that show what it does, with captions: each feature's peak, and moments in between."""
    chosen = {}
    for channel, caption in PEAKS.items():
        chosen.setdefault(int(take.channel(channel).argmax()), caption)
    for share in range(1, 2 * MOMENTS, 2):  # evenly, as long as there is room
        row = len(take) * share // (2 * MOMENTS)
        if len(chosen) < MOMENTS and all(abs(row - other) > 2 for other in chosen):
            chosen[row] = ""
    return {row: f"{row / take.fps:.2f} s  {chosen[row]}".strip() for row in sorted(chosen)}


def room(name: str) -> Any:
    """Import a module of the extension."""
    return importlib.import_module(f"{EXTENSION}.{name}")


def leave(status: int) -> NoReturn:
    """End without Blender's own ending, which can hang where Blender is a module."""
    import bpy

    shutil.rmtree(bpy.app.tempdir, ignore_errors=True)
    os._exit(status)


if __name__ == "__main__":
    leave(main())
