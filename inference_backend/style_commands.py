"""Commands on saved styles: python -m inference_backend style save | show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import mixes, progress_bar
from .contract import BadRequest, OnProgress, Progress, Request
from .formats import FlameMap, flame_map, style_file
from .formats.style_file import Part, SavedStyle
from .generator import style_space
from .mixes import Mix

app = typer.Typer(no_args_is_help=True, help="Keep styles as small files, and look into them.")

References = Annotated[
    list[Path] | None,
    typer.Option(
        "--reference", help="A performance of 2 to 30 s: .npz, FLAME's too, .csv, .json or a film; may be repeated."
    ),
]
ReferenceWeights = Annotated[
    list[float] | None, typer.Option("--reference-weight", help="Weight of each reference, in order.")
]
ReferenceStart = Annotated[float, typer.Option("--reference-start-s", help="Start of the excerpt of each reference.")]
ReferenceDuration = Annotated[
    float | None, typer.Option("--reference-duration-s", help="Length of the excerpt of each reference.")
]
FlameMapFile = Annotated[
    Path | None,
    typer.Option(
        "--flame", envvar="MIEN_FLAME_MAP", help="Map that flame-fit made, for FLAME coefficients in and out."
    ),
]
StyleFiles = Annotated[list[Path] | None, typer.Option("--style-file", help="A saved style; may be repeated.")]
StyleFileWeights = Annotated[
    list[float] | None, typer.Option("--style-file-weight", help="Weight of each saved style, in order.")
]


@app.command()
def save(
    out: Annotated[Path, typer.Argument(help=f"File to write, *{style_file.EXTENSION}.", show_default=False)],
    text: Annotated[list[str] | None, typer.Option(help="A style text; may be repeated.")] = None,
    text_weight: Annotated[list[float] | None, typer.Option(help="Weight of each text, in order.")] = None,
    references: References = None,
    reference_weights: ReferenceWeights = None,
    reference_start_s: ReferenceStart = 0.0,
    reference_duration_s: ReferenceDuration = None,
    style_files: StyleFiles = None,
    style_file_weights: StyleFileWeights = None,
    name: Annotated[str, typer.Option(help="Name of the style; the file's if not given.")] = "",
    flame: FlameMapFile = None,
) -> None:
    """Mix texts, references and saved styles into one saved style."""
    style_file.check_target(out)
    texts = mixes.weighed(text, text_weight, "--text")
    performances = mixes.weighed(references, reference_weights, "--reference")
    files = mixes.weighed(style_files, style_file_weights, "--style-file")
    if not (texts or performances or files):
        raise BadRequest("A style needs something to be made of; give --text, --reference or --style-file.")
    with progress_bar.shown() as on_progress:
        excerpt = (reference_start_s, reference_duration_s)
        mix = mixes.read(texts, performances, files, excerpt, on_progress, flame_map_of(flame))
        style = _made(name or out.stem, mix, on_progress)
    style_file.write(style, out)
    typer.echo(f"{out}: {told(style)}")


@app.command()
def show(file: Annotated[Path, typer.Argument(help="A saved style.", show_default=False)]) -> None:
    """Say what a saved style is made of, and whether the installed model knows it."""
    style = style_file.read(file)
    typer.echo(f"{style.name}: {told(style)}")
    if style.amounts:
        typer.echo("with " + ", ".join(f"{name} {amount:g}" for name, amount in style.amounts.items()))
    if style.model:
        typer.echo(f"saved by the model {style.model}: {_use(style, style_space.installed())}")
    else:
        typer.echo("made of texts alone, which any model reads")


def flame_map_of(path: Path | None) -> FlameMap | None:
    """Read the map that was named, if one was; raises BadFile."""
    return flame_map.read(path) if path else None


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


def _made(name: str, mix: Mix, on_progress: OnProgress) -> SavedStyle:
    """Have the model mix a style."""
    request = Request(mix=mix.ingredients)
    on_progress(Progress(0.0, "loading the model"))
    from .generator import pipeline  # only now: `--help` and mistakes should not wait for the runtime

    return SavedStyle.of(name, style_space.installed(), pipeline.load().style_of(request), mix.parts)
