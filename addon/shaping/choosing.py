"""What of a take its shape sets, and that none plays any more."""

from __future__ import annotations

from ..characters import Character
from ..takes import storage

GAINS = ("mouth", "brows", "eyes", "cheeks", "tongue", "blinks", "head")
TIMING = ("smoothing_s", "offset_frames", "use_range", "first_frame", "last_frame")
SHAPE_NAMES = (*GAINS, *TIMING)


def stop_playing(character: Character) -> None:
    """Note that no take plays any more."""
    for item in storage.takes_of(storage.owner_of(character)):
        item.playing = False
