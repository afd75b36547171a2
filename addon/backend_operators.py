"""The buttons of the preferences: stop the backend, read its log."""

from __future__ import annotations

import bpy

from . import preferences, service
from .blender_types import Context
from .reports import Outcome


class MIEN_OT_stop_backend(bpy.types.Operator):
    """Stop the backend and free its memory; the next take starts it again."""

    bl_idname = "mien.stop_backend"
    bl_label = "Stop Backend"

    @classmethod
    def poll(cls, _context: Context) -> bool:
        """Ask for a backend that runs."""
        cls.poll_message_set("The backend does not run.")
        return service.running() is not None

    def execute(self, _context: Context) -> Outcome:
        """Stop it."""
        service.stop()
        return {"FINISHED"}


class MIEN_OT_open_log(bpy.types.Operator):
    """Open the backend's log."""

    bl_idname = "mien.open_log"
    bl_label = "Open Log"

    @classmethod
    def poll(cls, _context: Context) -> bool:
        """Ask for a log."""
        cls.poll_message_set("There is no log yet.")
        return preferences.log_path().is_file()

    def execute(self, _context: Context) -> Outcome:
        """Hand it to the system."""
        return bpy.ops.wm.path_open(filepath=str(preferences.log_path()))  # type: ignore[return-value]


_CLASSES = (MIEN_OT_stop_backend, MIEN_OT_open_log)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
