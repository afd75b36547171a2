"""Where the backend runs: in Blender's own Python by default, or in one of the user's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..inference_backend.contract import BackendFailed
from .blender_types import Context
from .service import Elsewhere, Launch

PACKAGE = (__package__ or "mien.addon").rpartition(".")[0]
"""The extension's own name within Blender, such as bl_ext.user_default.mien."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


class MIEN_preferences(bpy.types.AddonPreferences):
    """The user's choices for the backend."""

    bl_idname = PACKAGE

    backend: EnumProperty(
        name="Backend",
        items=[
            ("BUILT_IN", "Built-in", "Blender's own Python and the packages that come with Mien; runs on the CPU"),
            ("OWN", "Own Python", "A Python environment of yours, for instance with onnxruntime-gpu"),
            ("SERVER", "Server", "A Mien server that runs already, on this machine or another"),
        ],
    )
    python_path: StringProperty(
        name="Python", description="The python program of your environment", subtype="FILE_PATH"
    )

    styles_folder: StringProperty(
        name="Styles Folder",
        description="Where saved styles lie, for instance a folder that a team shares; empty: Mien's own",
        subtype="DIR_PATH",
    )

    server_url: StringProperty(name="Address", description="Where the server listens", default="http://127.0.0.1:8765")
    server_token: StringProperty(
        name="Token", description="The secret that the server wrote when it started", subtype="PASSWORD"
    )
    show_log: BoolProperty(name="Log", description="Show the end of the backend's log")

    def draw(self, context: Context) -> None:
        """Draw the preferences."""
        from .waiting import preferences_panel  # the buttons that it draws are registered after these settings

        preferences_panel.draw(self, context)


def launch_of(context: Context) -> Launch | Elsewhere:
    """Say how to start or reach the backend that the preferences name; raise BackendFailed where that cannot work."""
    addon: Any = context.preferences.addons.get(PACKAGE)
    if addon and addon.preferences.backend == "SERVER":
        return elsewhere(addon.preferences.server_url, addon.preferences.server_token)
    root = Path(__file__).resolve().parent.parent
    if addon and addon.preferences.backend == "OWN":
        python = Path(bpy.path.abspath(addon.preferences.python_path))
        if not addon.preferences.python_path or not python.is_file():
            raise BackendFailed("The preferences name no Python of yours; choose its program there, or Built-in.")
        return Launch(str(python), root, (), log_path())
    folders = tuple(_site_packages())
    if not any((folder / "onnxruntime").is_dir() for folder in folders):
        raise BackendFailed(
            f"Mien brings nothing to run its model on the Python {_VERSION} of this Blender; take Blender from "
            "blender.org, or choose Own Python in Mien's preferences."
        )
    return Launch(_own_python(), root, folders, log_path())


def elsewhere(address: str, token: str) -> Elsewhere:
    """Check the address of a server; raise BackendFailed where it is none, or where Blender may not go online."""
    parts = urlsplit(address.strip() if "//" in address else f"http://{address.strip()}")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme not in ("http", "https") or not host:
        raise BackendFailed("The address of Mien's server in the preferences must be like http://192.168.0.7:8765.")
    if host not in _LOOPBACK and not bpy.app.online_access:
        raise BackendFailed(
            f"Mien's server is at {host}, and Blender may not go online; "
            "switch on Allow Online Access in Blender's preferences (System), or choose another backend."
        )
    if not token.strip():
        raise BackendFailed("Mien's preferences lack the server's token; copy there what it wrote when it started.")
    shown = f"[{host}]" if ":" in host else host
    return Elsewhere(f"{parts.scheme}://{shown}" + (f":{port}" if port else ""), token.strip())


def chosen(name: str) -> Any:
    """Return a setting of the preferences; None where Mien runs from a working copy and has none."""
    addon: Any = bpy.context.preferences.addons.get(PACKAGE)
    return getattr(addon.preferences, name, None) if addon else None


def user_folder() -> Path:
    """Where Mien keeps what is the user's: log, recent styles, and saved ones unless the preferences say otherwise."""
    try:
        return Path(bpy.utils.extension_path_user(PACKAGE, create=True))
    except ValueError:  # run from a working copy, not installed as an extension
        return Path(bpy.app.tempdir, "mien")


def log_path() -> Path:
    """Where the backend writes its log."""
    return user_folder() / "backend.log"


def _own_python() -> str:
    """Find the Python that Blender runs; from a bpy wheel that is the environment's."""
    candidates = [Path(sys.executable or ""), *sorted(Path(sys.prefix, "bin").glob("python3*"))]
    for candidate in [*candidates, Path(sys.prefix, "bin", "python.exe")]:
        if candidate.name.lower().startswith("python") and candidate.is_file():
            return str(candidate)
    raise BackendFailed("Blender's own Python was not found; choose Own Python in Mien's preferences.")


def _site_packages() -> list[Path]:
    """List the folders of the extensions' wheels and of what Blender brings, numpy first of all."""
    wheels = Path(bpy.utils.user_resource("EXTENSIONS"), ".local", "lib", f"python{_VERSION}", "site-packages")
    return [wheels, Path(np.__file__).resolve().parents[1]]


def register() -> None:
    """Register the preferences."""
    bpy.utils.register_class(MIEN_preferences)


def unregister() -> None:
    """Undo register."""
    bpy.utils.unregister_class(MIEN_preferences)
