"""What takes back all that was done to a character's animation, and knows who edited actions meanwhile."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import bpy


class Rollback(ExitStack):
    """Steps that undo what was done so far, for where it fails or is left early; pop_all() where all went well."""

    def __init__(self) -> None:
        super().__init__()
        self.edited: set[Any] = set()
        """The actions that were edited since it was entered."""

    def __enter__(self) -> Rollback:
        """Begin to look for edits."""
        bpy.app.handlers.depsgraph_update_post.append(self._look)
        super().__enter__()
        return self

    def __exit__(self, *details: Any) -> bool | None:
        """Undo what was not popped."""
        if self._look in bpy.app.handlers.depsgraph_update_post:  # opening a file has taken it away
            bpy.app.handlers.depsgraph_update_post.remove(self._look)
        return super().__exit__(*details)

    def _look(self, _scene: bpy.types.Scene, depsgraph: Any) -> None:
        found = (update.id.original for update in depsgraph.updates)
        self.edited.update(block for block in found if isinstance(block, bpy.types.Action))
