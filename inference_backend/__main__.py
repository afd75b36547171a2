"""The command line: python -m inference_backend generate | style | serve | bench | data | train | export | evaluate."""

from __future__ import annotations

import dataclasses
import importlib
import logging
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from . import progress_bar, style_commands
from .contract import MienError, Progress, Request

_PROGRAM = f"python -m {__package__}"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Mien's inference backend: speech and a line of style text become facial animation.",
)

Audio = Annotated[Path, typer.Argument(help="Sound or movie file.", show_default=False)]


class MissingExtra(MienError):
    """A command needs packages that inference does not."""

    kind = "missing_extra"


@app.command()
def generate(
    audio: Audio,
    style: Annotated[str, typer.Option(help="How to act, in words.")] = "",
    seed: Annotated[int, typer.Option(help="Another seed is another take.")] = 0,
    fps: Annotated[float, typer.Option(help="Frames a second.")] = 30.0,
    strength: Annotated[float, typer.Option(help="Strength of the style: 0 neutral, 1 as written, up to 2.")] = 1.0,
    head_motion: Annotated[float, typer.Option(help="Amount of head motion, 0 to 2.")] = 1.0,
    start_s: Annotated[float, typer.Option(help="Start of the excerpt in seconds.")] = 0.0,
    duration_s: Annotated[float | None, typer.Option(help="Length of the excerpt; to the end if not given.")] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(help="File to write: .npz, .csv (Live Link Face) or .json (Audio2Face); may be repeated."),
    ] = None,
) -> None:
    """Perform a sound in a style and write the take."""
    from . import formats

    request = Request(style, seed, fps, strength, head_motion, start_s, duration_s)
    targets = out or [audio.parent / f"{audio.stem or 'take'}.npz"]
    for target in targets:
        formats.check_target(target)
    started = time.perf_counter()
    with progress_bar.shown() as on_progress:
        on_progress(Progress(0.0, "reading the sound"))
        # Imported here: `--help` and mistakes in the arguments should not wait for the runtime.
        from .generator import pipeline, sound

        heard = sound.read(audio, start_s, duration_s)
        on_progress(Progress(0.0, "loading the model"))
        take = pipeline.load().generate(heard, request, on_progress)
    take = dataclasses.replace(take, meta={**take.meta, "sound": audio.name})
    for target in targets:
        formats.write(take, target)
        took_s = time.perf_counter() - started
        typer.echo(f"{target}: {len(take)} frames, {heard.duration_s:.2f} s at {fps:g} fps, made in {took_s:.1f} s")


@app.command()
def serve() -> None:
    """Serve on a loopback port for Blender; the token comes on stdin, a JSON hello goes to stdout."""
    from .server import serve as run

    run()


@app.command()
def bench(
    audio: Annotated[Path | None, typer.Argument(help="Sound to perform, cut or repeated to 10 s.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the measurements as JSON.")] = False,
) -> None:
    """Measure speed, start and memory on this machine."""
    from . import bench as measuring

    with progress_bar.shown() as on_progress:
        result = measuring.measure(audio, on_progress)
    typer.echo(measuring.as_json(result) if as_json else measuring.as_text(result))


app.add_typer(style_commands.app, name="style")


def _delegate(name: str, module: str, arguments: list[str], extra: str) -> None:
    """Run a command of another room, which is imported only now."""
    try:
        commands = typer.main.get_command(importlib.import_module(module, __package__).app)
        is_group = arguments[:1] != [name]
        commands.main(arguments, prog_name=f"{_PROGRAM} {name}" if is_group else _PROGRAM)
    except ModuleNotFoundError as error:
        raise _missing(error, extra) from error


def _missing(error: ModuleNotFoundError, extra: str) -> Exception:
    """Say which package is missing and which extra of pyproject.toml has it; our own modules are no such case."""
    package = (error.name or "").partition(".")[0]
    if package in ("", __package__):
        return error
    return MissingExtra(f"The package {package} is missing; install it with: pip install '.[{extra}]'")


def _add_room(name: str, module: str, is_group: bool, extra: str, summary: str) -> None:
    """Add a command that another room answers, whose packages inference does without."""
    passed_on = {"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": False}

    @app.command(name, help=summary, add_help_option=False, context_settings=passed_on)
    def run(context: typer.Context) -> None:
        _delegate(name, module, [*([] if is_group else [name]), *context.args], extra)


_add_room("data", ".data_engine.commands", True, "data", "Make what the style generator learns from.")
_add_room("train", ".training.commands", False, "train", "Train the style generator.")
_add_room("export", ".training.commands", False, "train", "Write a trained model as ONNX networks.")
_add_room("evaluate", ".training.commands", False, "train", "Measure a model on held-out speech.")
_add_room("sentence-encoder", ".training.commands", False, "train", "Write the frozen sentence encoder as ONNX.")


def main() -> None:
    """Run the command line; errors that a user can meet become one sentence on stderr and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        try:
            app(prog_name=_PROGRAM)
        except ModuleNotFoundError as error:
            raise _missing(error, "cpu") from error
    except MienError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
