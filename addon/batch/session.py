"""The batch that this Blender's panel runs: one at a time, stopped by undo and by opening another file."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ...inference_backend.contract import Busy, MienError
from .. import sounds
from ..blender_types import Context
from ..export.operators import folder_of
from . import orders, sequencer, table, targets
from .lines import BadLine, Line
from .record import DONE, FAILED, KEPT, WAITING, Entry
from .runner import Batch, Where
from .settings import batch_of, progress_of

current: Batch | None = None
_started_s = 0.0


def disabled_reason(context: Context) -> str:
    """Say in one sentence why no batch can run now; empty if one can."""
    settings = batch_of(context.scene)
    if current is not None:
        return "A batch is running; wait for it, or press Cancel."
    if settings.source == "TABLE":
        return "" if settings.table_path.strip() else "Choose a table."
    if not settings.lines:
        return "Press Find Lines first."
    if not settings.speakers:
        return f"No strip is named like {settings.pattern}; change Names, for instance to {{character}} alone."
    known = {speaker.name for speaker in settings.speakers if speaker.character}
    if not any(line.use and line.speaker in known for line in settings.lines):
        return "Give the speakers their characters, and tick at least one line."
    if settings.forms:
        try:
            folder_of(context.scene)
        except MienError as error:
            return str(error)
    return ""


def find_lines(context: Context) -> int:
    """Read strips or table into the list; choices that were made for a name before stay. Raises MienError."""
    settings = batch_of(context.scene)
    if settings.source == "TABLE":
        read = table.read(_table_path(settings))
        found = [sequencer.Spoken(line.name, line.character, line.style) for line in read.lines]
        problems = [line.problem for line in read.lines]
    else:
        found = sequencer.spoken(sounds.strip_scene(context), settings.pattern)
        problems = [""] * len(found)
    _list_lines(settings, found, problems)
    _list_speakers(context, settings, found)
    return len(found)


def begin(context: Context) -> Batch:
    """Start the batch of the scene; raise MienError where it cannot be."""
    global current, _started_s
    batch, numbers = _planned(context)
    for number, entry in zip(numbers, batch.record.entries, strict=True):
        if entry.state != KEPT:
            _tell(context.scene.name, number, entry)
    current, _started_s = batch, time.perf_counter()
    return batch


def check(context: Context) -> tuple[int, int]:
    """Look for mistakes in the lines that would be performed, and show them in the list; count those and all lines."""
    batch, numbers = _planned(context)
    places = {id(entry): number for number, entry in zip(numbers, batch.record.entries, strict=True)}
    lines, found = batch_of(context.scene).lines, batch.problems(context)
    for number in numbers:
        if lines[number].state == FAILED:
            lines[number].state = lines[number].message = ""
    for entry, problem in found:
        lines[places[id(entry)]].state, lines[places[id(entry)]].message = FAILED, problem
    if found:
        batch_of(context.scene).line_index = places[id(found[0][0])]
    return len(found), len(numbers)


def _planned(context: Context) -> tuple[Batch, list[int]]:
    """Make the batch of the scene, and tell the places of its lines in the list; raise MienError where it cannot be."""
    if reason := disabled_reason(context):
        raise Busy(reason) if current else BadLine(reason)
    settings = batch_of(context.scene)
    if settings.source == "TABLE":
        find_lines(context)
    forms = sorted(settings.forms)
    path = _table_path(settings) if settings.source == "TABLE" else None
    read = list(table.read(path).lines) if path else []
    folder = folder_of(context.scene) if forms or any(line.outputs for line in read) else Path()
    numbers, lines = _chosen(settings, read)
    where = Where(context.scene.name, path.parent if path else Path(), settings.place, by_markers=settings.use_markers)
    batch = Batch(targets.plan(lines, folder, forms), where, None, _done(settings) if settings.only_new else {})
    scene_name = context.scene.name
    batch.on_line = lambda entry: _tell(scene_name, numbers[batch.record.entries.index(entry)], entry)
    return batch, numbers


def finish(context: Context) -> str:
    """Leave the batch, stopping it if it still runs; return what is to be said."""
    global current
    left, current = current, None
    if left is None:
        return progress_of(context).message
    if not left.finished:
        left.cancel()
    message = left.gave_up or _summary(left)
    show(context, None, message, failed=bool(left.gave_up or left.record.count(FAILED)))
    return message


def show(context: Context, batch: Batch | None, message: str = "", *, failed: bool = False) -> None:
    """Copy the progress to where the panel reads it, and redraw the sidebars."""
    progress = progress_of(context)
    progress.running = batch is not None
    progress.fraction = min(batch.fraction, 1.0) if batch else 0.0
    progress.text = _progress_text(batch) if batch else ""
    progress.message, progress.failed = message, failed
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


def _table_path(settings: Any) -> Path:
    return Path(bpy.path.abspath(settings.table_path))


def _list_lines(settings: Any, found: list[sequencer.Spoken], problems: list[str]) -> None:
    before = {line.name: (line.style, line.use, line.state, line.entry, line.message) for line in settings.lines}
    settings.lines.clear()
    for spoken, problem in zip(found, problems, strict=True):
        line = settings.lines.add()
        line.name, line.speaker = spoken.strip, spoken.speaker
        style, *rest = before.get(spoken.strip, ("", True, "", "", ""))
        line.style = spoken.style or style
        line.use, line.state, line.entry, line.message = rest
        if problem:
            line.state, line.message = FAILED, problem


def _list_speakers(context: Context, settings: Any, found: list[sequencer.Spoken]) -> None:
    before = {speaker.name: (speaker.character, speaker.style) for speaker in settings.speakers}
    settings.speakers.clear()
    counts: dict[str, int] = {}
    for spoken in found:
        counts[spoken.speaker] = counts.get(spoken.speaker, 0) + 1
    everyone = orders.all_in(context.scene) if counts.keys() - before.keys() else []
    names = sorted(filter(None, counts))
    for name in names:
        speaker = settings.speakers.add()
        speaker.name, speaker.lines = name, counts[name]
        guessed = everyone[0] if len(everyone) == len(names) == 1 else _guess(name, everyone)
        speaker.character, speaker.style = before.get(name) or (guessed, "")


def _guess(name: str, everyone: list[bpy.types.Object]) -> bpy.types.Object | None:
    """Find the character of that name, or the one whose name holds it."""
    wanted = name.casefold()
    exact = [o for o in everyone if o.name.casefold() == wanted]
    near = [o for o in everyone if wanted in o.name.casefold() or o.name.casefold() in wanted]
    found = exact or near
    return found[0] if len(found) == 1 else None


def _chosen(settings: Any, read: list[Line]) -> tuple[list[int], list[Line]]:
    """Pick the lines that are ticked, with their places in the list."""
    characters = {speaker.name: speaker for speaker in settings.speakers if speaker.character}
    numbers, lines = [], []
    for number, item in enumerate(settings.lines):
        speaker = characters.get(item.speaker)
        if not item.use or (settings.source == "STRIPS" and speaker is None):
            continue
        numbers.append(number)
        lines.append(read[number] if read else _of_strip(number, item, speaker, settings.seed))
    return numbers, lines


def _of_strip(number: int, item: Any, speaker: Any, seed: int) -> Line:
    style = item.style or speaker.style
    return Line(number + 1, item.name, speaker.character.name, strip=item.name, style=style, seed=seed)


def _done(settings: Any) -> dict[str, Entry]:
    entries = [Entry(**json.loads(line.entry)) for line in settings.lines if line.entry]
    return {entry.fingerprint: entry for entry in entries}


def _tell(scene_name: str, number: int, entry: Entry) -> None:
    """Show a line's result in the list."""
    scene = bpy.data.scenes.get(scene_name)
    lines = batch_of(scene).lines if scene else ()
    if number >= len(lines):
        return
    lines[number].state, lines[number].message = entry.state, entry.message
    lines[number].entry = json.dumps(asdict(entry)) if entry.state == DONE else ""


def _summary(batch: Batch) -> str:
    counts = [(DONE, "done"), (KEPT, "done before"), (FAILED, "failed"), (WAITING, "not begun")]
    return ", ".join(f"{batch.record.count(s)} {word}" for s, word in counts if batch.record.count(s)) + "."


def _progress_text(batch: Batch) -> str:
    ended, total = batch.record.count(DONE, FAILED, KEPT), len(batch.record.entries)
    made, waiting = batch.record.count(DONE, FAILED), batch.record.count(WAITING)
    if made < 2:
        return f"{ended} of {total} lines"
    left_s = (time.perf_counter() - _started_s) / made * waiting
    return (
        f"{ended} of {total} lines, {left_s / 60:.0f} min left"
        if left_s > 90
        else f"{ended} of {total} lines, {left_s:.0f} s left"
    )


@persistent
def _stop(*_: object) -> None:
    """Stop where Blender's data are exchanged under the batch; what is done is in its lists, or was undone."""
    if current is not None:
        finish(bpy.context)


_HANDLERS = (bpy.app.handlers.load_pre, bpy.app.handlers.undo_pre, bpy.app.handlers.redo_pre)


def register() -> None:
    """Begin with nothing under way."""
    for handlers in _HANDLERS:
        handlers.append(_stop)


def unregister() -> None:
    """Stop what is under way."""
    global current
    for handlers in _HANDLERS:
        handlers.remove(_stop)
    if current is not None:
        current.cancel()
        current = None
