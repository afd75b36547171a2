"""Progress of a stage: clips done, hours made per hour, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .stage import Made, OnMade

_EVERY_S = 10.0  # between lines where there is no terminal to draw on


@contextmanager
def shown(name: str) -> Iterator[OnMade]:
    """Show a stage's parts as they are done, on stderr: a bar on a terminal, a line now and then elsewhere."""
    console, started = Console(stderr=True), time.monotonic()
    columns = (TextColumn(f"{name:12s}"), BarColumn(), MofNCompleteColumn(), TextColumn("parts  {task.fields[rate]}"),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=None, rate="")
        clips, sound_s, done, told = 0, 0.0, 0, started

        def on_made(part: Made, total: int) -> None:
            nonlocal clips, sound_s, done, told
            clips, sound_s, done = clips + part.clips, sound_s + part.sound_s, done + 1
            passed_s = time.monotonic() - started
            rate = f"{clips} clips, {sound_s / max(passed_s, 1e-9):.0f} x real time"
            bar.update(task, completed=done, total=total, rate=rate)
            if not console.is_terminal and (time.monotonic() - told > _EVERY_S or done == total):
                told = time.monotonic()
                left_s = passed_s / done * (total - done)
                print(f"{name}: {done} of {total} parts, {rate}, {left_s:.0f} s left", file=sys.stderr, flush=True)

        yield on_made
