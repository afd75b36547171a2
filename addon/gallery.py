"""Film the gallery in headless Blender through the enabled extension: `build.py gallery` runs this as a script.

Reads a list of jobs (film, sound, take, member) and tells, as JSON lines like the demo, each film that is made; a film
is moved to its place when it is whole, so whatever stops this, the next run goes on with the films that are missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from demo import EXTENSION, Teller, divert_output, leave, room


def main() -> int:
    """Make every film of the list; return the exit status."""
    options = _parse()
    teller = Teller(divert_output(options.jobs.with_suffix(".log")))
    jobs = json.loads(options.jobs.read_text(encoding="utf-8"))
    try:
        with teller.step("starting Blender"):
            import bpy

            bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
            bpy.ops.preferences.addon_enable(module=EXTENSION)
        for done, job in enumerate(jobs):
            with teller.step(f"film {done + 1} of {len(jobs)}: {Path(job['film']).stem}"):
                _film(job, options)
    except RuntimeError as error:  # what an operator reported, in one sentence
        teller.tell(error=str(error).removeprefix("Error: ").strip())
        return 1
    except room("inference_backend.contract").MienError as error:
        teller.tell(error=str(error))
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", type=Path)
    parser.add_argument("--cast", type=Path, required=True, help="the folder of the baked characters")
    parser.add_argument("--size", type=int, required=True, help="pixels")
    parser.add_argument("--samples", type=int, required=True)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are processors")
    return parser.parse_args()


def _film(job: dict[str, str], options: argparse.Namespace) -> None:
    import bpy

    preview = room("addon.preview")
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene: Any = bpy.context.scene
    take = room("inference_backend.formats").read(Path(job["take"]))
    scene.render.fps = round(take.fps)
    armature = room("addon.demo_character").add(bpy.context, options.cast / f"{job['member']}.npz")
    character = room("addon.characters").find(armature, scene)
    room("addon.keying").key_take(character, take, 1)
    shown = [armature, *room("addon.demo_character").meshes_of(armature)]
    film = Path(job["film"])
    unfinished = film.with_name(f"unfinished-{film.name}")
    quality = preview.Quality(options.size, options.samples, fine=True, threads=options.threads)
    preview.movie(bpy.context, shown, 1, len(take), take.fps, Path(job["sound"]), unfinished, quality=quality)
    os.replace(unfinished, film)


if __name__ == "__main__":
    leave(main())
