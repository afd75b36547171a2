"""The command line: python -m inference_backend generate | style | serve | bench | data | train | export | evaluate."""

from __future__ import annotations

import importlib
import logging
import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import generate_command, progress_bar, style_commands
from .contract import MienError

_PROGRAM = f"python -m {__package__}"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Mien's inference backend: speech and a line of style text become facial animation.",
)


class MissingExtra(MienError):
    """A command needs packages that inference does not."""

    kind = "missing_extra"


app.command()(generate_command.generate)


@app.command()
def serve(
    address: Annotated[
        str | None, typer.Option(help="Serve other machines at HOST:PORT, such as 0.0.0.0:8765, until interrupted.")
    ] = None,
) -> None:
    """Serve on a loopback port for Blender; the token comes on stdin, a JSON hello goes to stdout.

    With --address it serves whoever has the token: that in the environment variable MIEN_TOKEN, or a new one, which
    is written on stdout. What is sent is not encrypted.
    """
    from .server import serve as run
    from .server import serve_openly

    if address is None:
        run()
    token = os.environ.get("MIEN_TOKEN", "").strip()
    if not token:
        token = secrets.token_urlsafe(32)
        typer.echo(f"token: {token}")
    serve_openly(address, token)


@app.command()
def bench(
    audio: Annotated[Path | None, typer.Argument(help="Sound to perform, cut or repeated to 10 s.")] = None,
    batch: Annotated[int, typer.Option(help="Make so many takes at once, too.", min=1, max=256)] = 1,
    hour: Annotated[bool, typer.Option("--long", help="Perform an hour of sound, too; takes minutes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the measurements as JSON.")] = False,
) -> None:
    """Measure speed, start and memory on this machine."""
    from .bench import measurement, report

    with progress_bar.shown() as on_progress:
        result = measurement.measure(audio, on_progress, batch, hour)
    typer.echo(report.as_json(result) if as_json else report.as_text(result))


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
_add_room("flame-fit", ".flame.commands", False, "data", "Fit the map from ARKit's shapes to a FLAME model.")
_add_room("train", ".training.commands", False, "train", "Train the style generator.")
_add_room("fit-mouth", ".training.commands", False, "train", "Train the mouth of a trained model on.")
_add_room("fit-reader", ".training.commands", False, "train", "Train the style reader for another sentence encoder.")
_add_room("distil", ".training.commands", False, "train", "Teach a trained model to act in few steps.")
_add_room("blend", ".training.commands", False, "train", "Draw a checkpoint back towards where its training began.")
_add_room("ship", ".training.commands", False, "train", "Keep a trained model as the one that ships.")
_add_room("export", ".training.commands", False, "train", "Write a trained model as ONNX networks.")
_add_room("evaluate", ".training.commands", False, "train", "Measure a model on held-out speech.")
_add_room("baselines", ".training.commands", False, "train", "Train the baselines that learn.")
_add_room("ablate", ".training.commands", False, "train", "Measure what each part of the method is worth.")
_add_room(
    "sentence-encoder", ".training.commands", False, "train", "Write the sentence encoder as ONNX, taught rare words."
)


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
