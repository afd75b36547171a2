"""The command that performs a sound: python -m inference_backend generate."""

from __future__ import annotations

import dataclasses
import math
import time
from pathlib import Path
from typing import Annotated

import typer

from . import formats, mixes, progress_bar
from .contract import BadRequest, Cue, OnProgress, Progress, Request, Take, need_variations
from .style_commands import (
    FlameMapFile,
    ReferenceDuration,
    References,
    ReferenceStart,
    ReferenceWeights,
    StyleFiles,
    StyleFileWeights,
    flame_map_of,
)


def generate(
    audio: Annotated[Path, typer.Argument(help="Sound or movie file.", show_default=False)],
    style: Annotated[str, typer.Option(help="How to act, in words.")] = "",
    style_weight: Annotated[float, typer.Option(help="Weight of these words beside references and files.")] = 1.0,
    references: References = None,
    reference_weights: ReferenceWeights = None,
    reference_start_s: ReferenceStart = 0.0,
    reference_duration_s: ReferenceDuration = None,
    style_files: StyleFiles = None,
    style_file_weights: StyleFileWeights = None,
    cue: Annotated[
        list[str] | None, typer.Option(help='Another style from a time on, as "3.2: furious"; may be repeated.')
    ] = None,
    fade: Annotated[float, typer.Option(help="Seconds in which one style becomes the next.")] = 0.5,
    seed: Annotated[int, typer.Option(help="Another seed is another take.")] = 0,
    variations: Annotated[int, typer.Option(help="Takes to make, of this seed and those after it.")] = 1,
    fps: Annotated[float, typer.Option(help="Frames a second.")] = 30.0,
    strength: Annotated[float, typer.Option(help="Strength of the style: 0 neutral, 1 as written, up to 2.")] = 1.0,
    lips: Annotated[float, typer.Option(help="How strongly the sound moves the lips, 0 to 2.")] = 1.0,
    upper: Annotated[float, typer.Option(help="Amount of brows, lids, cheeks and nose, 0 to 2.")] = 1.0,
    gaze: Annotated[float, typer.Option(help="Amount of gaze, 0 to 2.")] = 1.0,
    blinks: Annotated[float, typer.Option(help="How far blinks shut the eyes, 0 to 2.")] = 1.0,
    head_motion: Annotated[float, typer.Option(help="Amount of head motion, 0 to 2.")] = 1.0,
    start_s: Annotated[float, typer.Option(help="Start of the excerpt in seconds.")] = 0.0,
    duration_s: Annotated[float | None, typer.Option(help="Length of the excerpt; to the end if not given.")] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            help="File to write: .npz, .flame.npz, .csv (Live Link Face) or .json (Audio2Face); may be repeated."
        ),
    ] = None,
    flame: FlameMapFile = None,
) -> None:
    """Perform a sound in a style and write the take."""
    request = Request(
        style, seed, fps, strength, head_motion, start_s, duration_s, cues=tuple(map(cue_of, cue or [])),
        fade_s=fade, lips=lips, upper=upper, gaze=gaze, blinks=blinks,
    )  # fmt: skip
    need_variations(variations)
    performances = mixes.weighed(references, reference_weights, "--reference")
    files = mixes.weighed(style_files, style_file_weights, "--style-file")
    flame_map = flame_map_of(flame)
    targets = [numbered(path, variations) for path in out or [audio.parent / f"{audio.stem or 'take'}.npz"]]
    for target in (path for paths in targets for path in paths):
        formats.check_target(target, flame_map)
    started = time.perf_counter()
    with progress_bar.shown() as on_progress:
        excerpt = (reference_start_s, reference_duration_s)
        mix = mixes.read([], performances, files, excerpt, on_progress, flame_map).ingredients
        if style.strip() and style_weight != 1:
            mix, style = (*mixes.of_text(style, style_weight).ingredients, *mix), ""
        takes = _performed(audio, dataclasses.replace(request, style=style, mix=mix), variations, on_progress)
    for paths in targets:
        for take, path in zip(takes, paths, strict=True):
            formats.write(take, path, flame_map)
            took_s = time.perf_counter() - started
            typer.echo(f"{path}: {len(take)} frames, {take.duration_s:.2f} s at {fps:g} fps, made in {took_s:.1f} s")


def cue_of(text: str) -> Cue:
    """Read a cue as people write it, "3.2: furious"; raises BadRequest."""
    start, colon, style = text.partition(":")
    try:
        start_s = float(start)
    except ValueError:
        start_s = math.nan
    if not colon or not math.isfinite(start_s):
        raise BadRequest(f'The cue "{text}" needs a time in seconds and a style, as in "3.2: furious".')
    return Cue(start_s, style.strip())


def numbered(path: Path, count: int) -> list[Path]:
    """Name the files of so many takes: the path itself for one, NAME-1.ext and so on for more."""
    if count == 1:
        return [path]
    stem, suffix = formats.stem_and_suffix(path)
    return [path.with_name(f"{stem}-{k + 1}{suffix}") for k in range(count)]


def _performed(audio: Path, request: Request, variations: int, on_progress: OnProgress) -> list[Take]:
    on_progress(Progress(0.0, "reading the sound"))
    # Imported here: `--help` and mistakes in the arguments should not wait for the runtime.
    from .generator import pipeline, sound

    heard = sound.read(audio, request.start_s, request.duration_s)
    on_progress(Progress(0.0, "loading the model"))
    takes = pipeline.load().variations(heard, request, variations, on_progress)
    return [dataclasses.replace(take, meta={**take.meta, "sound": audio.name}) for take in takes]
