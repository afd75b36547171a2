"""The command line: blender -b scene.blend --command mien takes.csv."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import bpy

from ...inference_backend.contract import MienError
from . import record, table, targets
from .delivery import ACTIVE, LIST, STRIPS
from .record import DONE, FAILED, KEPT, WAITING, Entry
from .runner import Batch, Where

ALL_GOOD, SOME_FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130
"""Exit codes."""
_POLL_S = 0.02
_PLACES = {"active": ACTIVE, "strips": STRIPS, "list": LIST}


def main(argv: Sequence[str], out: TextIO = sys.stdout) -> int:
    """Run the command; return its exit code."""
    try:
        options = _parser().parse_args(list(argv))
    except SystemExit as end:  # argparse has said why
        return BAD_INPUT if end.code else ALL_GOOD
    try:
        batch = _prepared(options, out)
        if options.check:
            return _checked(batch, out)
        return _performed(batch, options, out)
    except MienError as error:
        print(f"mien: {error}", file=out, flush=True)
        return BAD_INPUT


def run(
    table_path: str | Path,
    *,
    out: str | Path | None = None,
    export: Sequence[str] = (),
    scene: str = "",
    place: str = "active",
    resume: bool = False,
    by_markers: bool = False,
) -> Batch:
    """Perform a table of lines, waiting for all of it; return the batch, whose record tells each line's result.

    out: folder of the files (default: the table's own). export: forms such as "unreal", "glb" or "csv". place:
    "active", "strips" of the NLA, or the "list" of takes alone. by_markers: lines without cues change their style
    at the scene's markers. Raises MienError where the whole table is of no use.
    """
    batch, _ = _batch(Path(table_path), out, export, scene, place, resume, into_file=True, by_markers=by_markers)
    _waited(batch)
    return batch


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="blender -b SCENE.blend --command mien",
        description="Perform a table of dialogue lines on the characters of the scene.",
        epilog="Exit codes: 0 all lines are done, 1 some failed, 2 the table or an option is wrong, 130 interrupted.",
    )
    parser.add_argument("table", help="CSV with columns sound (or strip) and any of: " + ", ".join(table.COLUMNS))
    parser.add_argument("--out", help="folder for files and the record (default: the table's folder)")
    parser.add_argument("--export", default="", help="forms to write, by commas: " + ", ".join(targets.FORMS))
    parser.add_argument("--scene", default="", help="scene of the file (default: its active one)")
    parser.add_argument("--place", choices=_PLACES, default="active", help="where takes go on the character")
    parser.add_argument(
        "--markers", action="store_true", help="change styles at the scene's markers, in lines without cues"
    )
    parser.add_argument("--resume", action="store_true", help="leave out lines that a run before has done")
    parser.add_argument("--check", action="store_true", help="look for mistakes in all lines and perform none")
    parser.add_argument(
        "--save", nargs="?", const="", metavar="FILE.blend", help="save the scene, as another file if given"
    )
    return parser


def _batch(
    path: Path,
    out: Any,
    export: Sequence[str],
    scene: str,
    place: str,
    resume: bool,
    *,
    into_file: bool,
    by_markers: bool,
) -> tuple[Batch, table.Table]:
    path = path.expanduser().absolute()
    read = table.read(path)
    if unknown := [form for form in export if form not in targets.FORMS]:
        raise table.BadTable(f"There is no form '{unknown[0]}'; choose among {', '.join(targets.FORMS)}.")
    folder = Path(out).expanduser().absolute() if out else path.parent
    targets.check_folder(folder)
    chosen = bpy.data.scenes.get(scene) if scene else bpy.context.scene
    if chosen is None:
        raise table.BadTable(f"The file has no scene '{scene}'.")
    where = Where(chosen.name, path.parent, _PLACES[place], into_file, by_markers)
    planned = targets.plan(read.lines, folder, export)
    kept = folder / f"{path.stem}.record.json"
    return Batch(planned, where, kept, record.done_before(kept) if resume else {}), read


def _prepared(options: argparse.Namespace, out: TextIO) -> Batch:
    export = [form.strip().lower() for form in options.export.split(",") if form.strip()]
    if options.save == "" and not bpy.data.filepath:
        raise table.BadTable("The scene was never saved; name a file after --save.")
    batch, read = _batch(
        Path(options.table), options.out, export, options.scene, options.place, options.resume,
        into_file=options.save is not None, by_markers=options.markers,
    )  # fmt: skip
    if read.ignored:
        print(f"mien: columns that are not read: {', '.join(read.ignored)}", file=out)
    kept = batch.record.count(KEPT)
    before = f", {kept} of them done before" if kept else ""
    print(f"mien: {len(read.lines)} lines on '{batch.where.scene}'{before}", file=out, flush=True)
    return batch


def _checked(batch: Batch, out: TextIO) -> int:
    problems = batch.problems(bpy.context)
    for entry, problem in problems:
        print(f"row {entry.number} {entry.name}: {problem}", file=out)
    print(f"mien: {len(problems)} of {len(batch.record.entries)} lines have a problem", file=out, flush=True)
    return SOME_FAILED if problems else ALL_GOOD


def _performed(batch: Batch, options: argparse.Namespace, out: TextIO) -> int:
    started = time.perf_counter()
    total, width = len(batch.record.entries), len(str(len(batch.record.entries)))

    def tell(entry: Entry) -> None:
        ended = batch.record.count(DONE, FAILED, KEPT)
        print(f"[{ended:{width}}/{total}] {_told(entry)}{_left(batch, started)}", file=out, flush=True)

    batch.on_line = tell
    try:
        _waited(batch)
    except KeyboardInterrupt:
        batch.cancel()
        print("mien: interrupted; go on with --resume", file=out, flush=True)
    if options.save is not None:
        path = Path(options.save or bpy.data.filepath).expanduser().absolute()
        bpy.ops.wm.save_as_mainfile(filepath=str(path))
    print(_summary(batch, time.perf_counter() - started), file=out, flush=True)
    if batch.gave_up:
        return SOME_FAILED
    return STOPPED if batch.record.count(WAITING) else SOME_FAILED if batch.record.count(FAILED) else ALL_GOOD


def _waited(batch: Batch) -> None:
    batch.begin()
    while not batch.finished:
        if not batch.step(bpy.context):
            time.sleep(_POLL_S)


def _told(entry: Entry) -> str:
    if entry.state == FAILED:
        return f"{entry.name}: FAILED: {entry.message}"
    files = f" -> {', '.join(Path(output).name for output in entry.outputs)}" if entry.outputs else ""
    notes = f" ({entry.message})" if entry.message else ""
    return f"{entry.name}: {entry.sound_s:.1f} s on {entry.character}{files}{notes}"


def _left(batch: Batch, started: float) -> str:
    done = batch.record.count(DONE, FAILED)
    waiting = batch.record.count(WAITING)
    if not waiting or done < 3:
        return ""
    left_s = (time.perf_counter() - started) / done * waiting
    return f"  [{left_s / 60:.0f} min left]" if left_s >= 90 else f"  [{left_s:.0f} s left]"


def _summary(batch: Batch, took_s: float) -> str:
    results = batch.record
    failed = [
        f"  row {entry.number} {entry.name}: {entry.message}" for entry in results.entries if entry.state == FAILED
    ]
    sound_s = sum(entry.sound_s for entry in results.entries if entry.state == DONE)
    counts = [(DONE, "done"), (KEPT, "done before"), (FAILED, "failed"), (WAITING, "not begun")]
    told = ", ".join(f"{results.count(state)} {word}" for state, word in counts if results.count(state))
    gave_up = [f"mien: {batch.gave_up}"] if batch.gave_up else []
    return "\n".join([
        *failed, *gave_up, f"mien: {told}; {sound_s:.0f} s of sound in {took_s:.0f} s; record: {results.path}"
    ])  # fmt: skip


_handle: Any = None


def _run(arguments: list[str]) -> int:
    """Answer Blender, which calls commands without a window, though files have one and exporters need one."""
    windows = [window for manager in bpy.data.window_managers for window in manager.windows]
    if bpy.context.window or not windows:
        return main(arguments, sys.stdout)
    with bpy.context.temp_override(window=windows[0]):
        return main(arguments, sys.stdout)


def register() -> None:
    """Add `mien` to Blender's commands."""
    global _handle
    _handle = bpy.utils.register_cli_command("mien", _run)


def unregister() -> None:
    """Undo register."""
    global _handle
    if _handle is not None:
        bpy.utils.unregister_cli_command(_handle)
        _handle = None
