"""A user's first session with the extension, run by test_extension.py in a Python that has what Blender's has.

Installs a zip into the empty user folder that BLENDER_USER_RESOURCES names, performs a sound, disables the
extension, and prints what it saw as one JSON object on the last line.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import bpy

MODULE = "bl_ext.user_default.mien"


def main(package: str, sound: str, exported: str) -> None:
    """Do what a user does, and print what came of it."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    bpy.ops.extensions.package_install_files(filepath=package, repo="user_default", enable_on_install=True)
    seen = {"enabled": MODULE in bpy.context.preferences.addons}
    bpy.ops.mien.add_demo_character()
    scene = bpy.context.scene
    scene.mien.sound_path = sound
    scene.mien.style = "happy, nodding"
    seen["generated"] = list(bpy.ops.mien.generate())
    addon = importlib.import_module(f"{MODULE}.addon")
    backend = importlib.import_module(f"{MODULE}.addon.service").running()
    seen["source"] = addon.__file__
    seen["backend_pid"] = backend.pid
    seen["libraries"] = loaded_libraries(backend.pid)
    seen["jaw"] = jaw_over_time(scene)
    seen["exported"] = list(bpy.ops.mien.export(filepath=exported))
    bpy.ops.preferences.addon_disable(module=MODULE)
    seen["operators_left"] = [name for name in dir(bpy.types) if name.startswith("MIEN_")]
    print(json.dumps(seen))


def loaded_libraries(pid: int) -> list[str]:
    """List the compiled libraries that a process has loaded."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return sorted({line.split(maxsplit=5)[5] for line in lines if ".so" in line})


def jaw_over_time(scene: bpy.types.Scene) -> list[float]:
    """Read the character's evaluated jaw at every second frame of the take."""
    keys = [mesh.shape_keys for mesh in bpy.data.meshes if mesh.shape_keys]
    face = next(key for key in keys if "jawOpen" in key.key_blocks)
    jaw = []
    for frame in range(1, 150, 2):
        scene.frame_set(frame)
        jaw.append(face.key_blocks["jawOpen"].value)
    return jaw


if __name__ == "__main__":
    main(*sys.argv[1:])
