"""Where saved and recent styles lie on this machine."""

from __future__ import annotations

from pathlib import Path

import bpy

from .. import preferences
from . import library


def own_folder() -> Path:
    """Folder of the user's styles: the one in the preferences, which a team may share, or Mien's own."""
    chosen = preferences.chosen("styles_folder")
    return Path(bpy.path.abspath(chosen)) if chosen else preferences.user_folder() / "styles"


def recent_file() -> Path:
    """File of the recent styles."""
    return preferences.user_folder() / "recent_styles.json"


def entries() -> list[library.Entry]:
    """List all saved styles."""
    return library.entries(own_folder())


def entry(name: str) -> library.Entry:
    """Find a saved style; raises NoStyle."""
    return library.find(name, entries())
