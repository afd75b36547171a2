"""Commands on saved styles: python -m inference_backend style save | show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import mixes, progress_bar
from .contract import BadRequest, OnProgress, Progress, Request
from .formats import style_file
from .formats.style_file import Part, SavedStyle
from .mixes import Mix

app = typer.Typer(no_args_is_help=True, help="Keep styles as small files, and look into them.")

_REPEAT = "may be repeated"


@app.command()
def save(
    out: Annotated[Path, typer.Argument(help=f"File to write, *{style_file.EXTENSION}.", show_default=False)],
    text: Annotated[list[str] | None, typer.Option(help=f"A style text; {_REPEAT}.")] = None,
    text_weight: Annotated[list[float] | None, typer.Option(help="Weight of each text, in order.")] = None,
    reference: Annotated[
        list[Path] | None, typer.Option(help=f"A performance of 2 to 30 s: .npz, .csv, .json or a film; {_REPEAT}.")
    ] = None,
    reference_weight: Annotated[list[float] | None, typer.Option(help="Weight of each reference, in order.")] = None,
    start_s: Annotated[float, typer.Option(help="Start of the excerpt of each reference in seconds.")] = 0.0,
    duration_s: Annotated[float | None, typer.Option(help="Length of the excerpt of each reference.")] = None,
    style_file_: Annotated[list[Path] | None, typer.Option("--style-file", help=f"A saved style; {_REPEAT}.")] = None,
    style_file_weight: Annotated[list[float] | None, typer.Option(help="Weight of each saved style, in order.")] = None,
    name: Annotated[str, typer.Option(help="Name of the style; the file's if not given.")] = "",
) -> None:
    """Mix texts, references and saved styles into one saved style."""
    style_file.check_target(out)
    texts = mixes.weighed(text, text_weight, "--text")
    performances = mixes.weighed(reference, reference_weight, "--reference")
    files = mixes.weighed(style_file_, style_file_weight, "--style-file")
    if not (texts or performances or files):
        raise BadRequest("A style needs something to be made of; give --text, --reference or --style-file.")
    with progress_bar.shown() as on_progress:
        # Imported here: `--help` and mistakes in the arguments should not wait for the runtime.
        from .generator import style_space

        model = style_space.installed()
        mix = sum((mixes.of_text(*each) for each in texts), Mix())
        mix = sum((mixes.of_style_file(*each, model) for each in files), mix)
        for path, weight in performances:
            mix += mixes.of_reference(path, weight, start_s, duration_s, on_progress=on_progress)
        style = _made(name or out.stem, model, mix, on_progress)
    style_file.write(style, out)
    typer.echo(f"{out}: {told(style)}")


@app.command()
def show(file: Annotated[Path, typer.Argument(help="A saved style.", show_default=False)]) -> None:
    """Say what a saved style is made of, and whether the installed model knows it."""
    from .generator import style_space

    style = style_file.read(file)
    typer.echo(f"{style.name}: {told(style)}")
    typer.echo(f"saved by the model {style.model}: {_use(style, style_space.installed())}")


def told(style: SavedStyle) -> str:
    """Say what a style is made of: 70 % "weary", 30 % talk.mp4, 12.0 s."""
    return ", ".join(f"{part.weight:.0%} {_what(part)}" for part in style.made_of)


def _what(part: Part) -> str:
    return f'"{part.text}"' if part.text else f"[{part.reference}]"


def _use(style: SavedStyle, model: str) -> str:
    if style.model == model:
        return "used as it is"
    if style.is_of_texts:
        return f"its texts are read again by {model}"
    return f"of no use to {model}; save it again from its references"


def _made(name: str, model: str, mix: Mix, on_progress: OnProgress) -> SavedStyle:
    """Have the model mix a style."""
    request = Request(mix=mix.ingredients)
    on_progress(Progress(0.0, "loading the model"))
    from .generator import pipeline

    return SavedStyle.of(name, model, pipeline.load().style_of(request), mix.parts)
