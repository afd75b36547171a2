"""Progress of one piece of work, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from .contract import OnProgress, Progress


@contextmanager
def shown() -> Iterator[OnProgress]:
    """Show progress on stderr: a bar on a terminal, one line for each phase elsewhere."""
    if not sys.stderr.isatty():
        yield _phase_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def show(progress: Progress) -> None:
            # A phase may be over before the bar is next drawn by itself.
            new = progress.phase != bar.tasks[0].description
            bar.update(task, completed=progress.fraction, description=progress.phase, refresh=new)

        yield show


def _phase_lines() -> OnProgress:
    phase = ""

    def show(progress: Progress) -> None:
        nonlocal phase
        if progress.phase != phase:
            phase = progress.phase
            typer.echo(f"{progress.fraction:4.0%} {phase}", err=True)

    return show
