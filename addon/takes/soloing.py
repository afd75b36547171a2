"""Solo: one take plays, the strips of all others in the NLA are muted; and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .. import blender_versions, characters, keying
from ..blender_types import Context
from ..tracks import owners_of
from . import applying, storage
from .storage import Owner, StoredTake


def solo(context: Context, owner: Owner, item: StoredTake) -> None:
    """Let only this take play, of all of the character's; raises MienError."""
    uid = item.uid
    unsolo(context, owner)
    character = characters.find(owner, context.scene)
    item = storage.at(owner, uid)
    was_playing = storage.playing(owner)
    keying.check_free(owners_of(character))
    before = [(*place, strip.mute) for place, strip in _named_strips(owner)]
    if any(strip.action in _actions(item) for *_, strip in _strips(owner)):
        _leave_actions(owner)  # they would lie over the strip
        applying.mark_playing(owner, item)
    else:
        applying.apply(context.scene, owner, item)
    _mute(owner, item)
    item.solo = True
    item.muted = json.dumps({"strips": before, "playing": was_playing.uid if was_playing else ""})
    applying.show(context.scene)


def unsolo(context: Context, owner: Owner) -> None:
    """Let everything play again that solo silenced."""
    soloed = next((item for item in storage.takes_of(owner) if item.solo), None)
    if soloed is None:
        return
    before: dict[str, Any] = json.loads(soloed.muted or "{}")
    soloed.solo, soloed.muted = False, ""
    if played := storage.find(owner, before.get("playing", "")):
        applying.apply(context.scene, owner, played)
    was_muted = {tuple(place): mute for *place, mute in before.get("strips", ())}
    for place, strip in _named_strips(owner):
        strip.mute = was_muted.get(place, strip.mute)
    applying.show(context.scene)


def _mute(owner: Owner, item: StoredTake) -> None:
    """Mute strips of other takes, unmute those of this one."""
    mine = _actions(item)
    for _, strip in _named_strips(owner):
        strip.mute = strip.action not in mine


def _leave_actions(owner: Owner) -> None:
    """Take the actions of all takes off the character."""
    ours = {action for item in storage.takes_of(owner) for action in _actions(item)}
    for animated in _animated(owner):
        data: Any = animated.animation_data
        if data and data.action in ours:
            blender_versions.Assignment(animated).keep()
            data.action = None


def _named_strips(owner: Owner) -> Iterator[tuple[tuple[str, str, str, str], Any]]:
    """Go through the NLA strips of all takes, with names that find them again."""
    ours = {action for item in storage.takes_of(owner) for action in _actions(item)}
    for animated, track, strip in _strips(owner):
        if strip.action in ours:
            yield (animated.id_type, animated.name, track.name, strip.name), strip


def _strips(owner: Owner) -> Iterator[tuple[Any, Any, Any]]:
    for animated in _animated(owner):
        for track in animated.animation_data.nla_tracks if animated.animation_data else ():
            for strip in track.strips:
                yield animated, track, strip


def _animated(owner: Owner) -> list[Any]:
    """List all data-blocks that the takes of an object animate."""
    found = [applying.animated_by(part) for item in storage.takes_of(owner) for part in item.parts]
    return [animated for animated in dict.fromkeys(found) if animated]


def _actions(item: StoredTake) -> set[Any]:
    return {part.action for part in item.parts if part.action}
