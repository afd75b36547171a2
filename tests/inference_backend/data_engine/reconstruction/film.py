"""Film the demo character acting given curves: `python film.py ROOT TAKE.npz OUT.mp4 PIXELS SAMPLES`, where bpy is."""

from __future__ import annotations

import sys
import types
from pathlib import Path


def main(root: str, take_npz: str, out_mp4: str, size_px: str, samples: str) -> None:
    mien = types.ModuleType("mien")
    mien.__path__ = [root]
    sys.modules["mien"] = mien
    import bpy
    import numpy as np
    from mien.addon import characters, demo_character, keying, preview
    from mien.inference_backend.contract import Take

    with np.load(take_npz) as file:
        take = Take(float(file["fps"]), file["values"], file["head"])
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = bpy.context.scene
    scene.render.fps = round(take.fps)
    armature = demo_character.add(bpy.context)
    keying.key_take(characters.find(armature, scene), take, 1)
    preview.MOVIE = preview.Quality(int(size_px), int(samples))
    shown = [armature, *demo_character.meshes_of(armature)]
    preview.movie(bpy.context, shown, 1, len(take), take.fps, None, Path(out_mp4))


if __name__ == "__main__":
    main(*sys.argv[1:])
