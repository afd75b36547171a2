"""How a take is put on a character: where its keys go, how many there are, and of which parts."""

from __future__ import annotations

from dataclasses import dataclass

from ..rigs.parts import PARTS

ACTION, ACTIVE, STRIP, LAYER = "ACTION", "ACTIVE", "STRIP", "LAYER"


@dataclass(frozen=True)
class Manner:
    """Where and how keys are written.

    mode: ACTION is an action of its own, which becomes the active one; ACTIVE writes into the active action, between
    the take's first and last frame; STRIP puts the take's action into a strip of the NLA; LAYER does so and adds it
    to the animation that is there. max_error is by how much sparse keys may depart from the take in between (None:
    a key at every frame). blend and influence are the strip's. beside: takes that play go on playing.
    """

    mode: str = ACTION
    parts: frozenset[str] = frozenset(PARTS)
    max_error: float | None = None
    blend: str = "REPLACE"
    influence: float = 1.0
    beside: bool = False

    @property
    def in_nla(self) -> bool:
        """Tell whether the take becomes a strip."""
        return self.mode in (STRIP, LAYER)

    def described(self) -> str:
        """Tell all of it in a line that is the same for the same manner."""
        parts = "".join(sorted(self.parts))
        return f"{self.mode} {parts} {self.max_error} {self.blend} {self.influence:.4f}"


OWN_ACTION = Manner()
"""A new action with a key at every frame."""
