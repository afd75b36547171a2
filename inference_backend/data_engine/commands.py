"""Commands of the data engine: python -m inference_backend data prompts | perform | ... | pack, and run for all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from . import executors, stage, stages
from .filtering.judge import JudgeConfig
from .gestures.augment import AugmentConfig
from .progress import shown
from .reconstruction import model as face_model
from .reconstruction.reconstruct import ReconstructConfig
from .shards.config import PackConfig
from .speech.recordings import CORPORA, LABELS
from .teachers.video_models import VideoModel, check

app = typer.Typer(no_args_is_help=True, help="Make what the style generator learns from, in five stages.")

Source = Annotated[Path, typer.Argument(help="Folder of the stage before.", show_default=False)]
Out = Annotated[Path, typer.Argument(help="Folder to write; a stopped run goes on in it.", show_default=False)]
Seed = Annotated[int, typer.Option(help="Another seed is another corpus.")]
Executor = Annotated[Literal["local", "ray"], typer.Option(help="This machine's cores, or a Ray cluster.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes or actors; 0 for one a core (or GPU).")]
Gpus = Annotated[float, typer.Option(min=0, help="GPUs of each Ray actor.")]
Recorded = Annotated[Path | None, typer.Option(help="Folder of recorded speech with phones.json files.")]
Model = Annotated[str, typer.Option(help="Video model, by id or folder: the diffusers teacher performs.")]
Family = Annotated[str, typer.Option(help="Its family, where a model fits several (ltx2-driven follows our speech).")]
Landmarker = Annotated[
    Path | None, typer.Option(help="The face landmarker's .task file; found or downloaded if absent.")
]


@app.command()
def prompts(out: Out, count: Annotated[int, typer.Option(min=1)] = 1000, seed: Seed = 1) -> None:
    """Stage I: draw balanced prompts."""
    _take(stages.prompting(out, stages.PromptConfig(count, seed)))


@app.command()
def perform(
    source: Annotated[Path, typer.Argument(help="Folder of prompts, or a CSV of films (file, prompt, ...).")],
    out: Out,
    model: Model = "",
    family: Family = "",
    recordings: Recorded = None,
    seed: Seed = 1,
    executor: Executor = "local",
    workers: Workers = 0,
    gpus: Gpus = 0.0,
) -> None:
    """Stage II: have a teacher perform the prompts, or take up films that are there already."""
    if source.suffix.lower() == ".csv":
        from .teachers.folder import Folder, FolderConfig

        table = FolderConfig(str(source.resolve()))
        _take(stages.Step("perform", out, lambda _: stage.write_clips("perform", table, Folder(table).clips(), out)))
        return
    config = stages.RunConfig(seed=seed, recordings=_recorded(recordings), video_model=_video(model, family, executor))
    _run(stages.performing(config.performing), source, out, _executor(executor, workers, gpus))


@app.command("filter")
def filter_clips(
    source: Source, out: Out, landmarker: Landmarker = None, executor: Executor = "local", workers: Workers = 0
) -> None:
    """Stage III: leave out what teaches nothing, each with its reason."""
    _run(stages.filtering(JudgeConfig(model=_checked(landmarker))), source, out, _executor(executor, workers))


@app.command()
def reconstruct(
    source: Source,
    out: Out,
    landmarker: Landmarker = None,
    rest: Annotated[
        Literal["speaker", "film"],
        typer.Option(help="Resting face: one for all films of a speaker, or each film's own."),
    ] = "speaker",
    executor: Executor = "local",
    workers: Workers = 0,
) -> None:
    """Stage IV: read the curves of filmed faces; exact ones pass through."""
    config = ReconstructConfig(_checked(landmarker), rest)
    _run(stages.reconstructing(config), source, out, _executor(executor, workers))


@app.command()
def augment(
    source: Source,
    out: Out,
    seed: Seed = 1,
    nod_share: Annotated[float, typer.Option(min=0, max=1, help="Share of clips that nod.")] = AugmentConfig.nod_share,
    shake_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of clips that shake the head.")
    ] = AugmentConfig.shake_share,
    executor: Executor = "local",
    workers: Workers = 0,
) -> None:
    """Stage V: add nods and shakes, in motion and in words."""
    config = AugmentConfig(seed, nod_share, shake_share)
    _run(stages.augmenting(config), source, out, _executor(executor, workers))


@app.command()
def pack(source: Source, out: Out, seed: Seed = 1) -> None:
    """Pack the clips of the last stage into shards, split by speaker and by prompt."""
    _take(stages.packing(source, out, PackConfig(seed=seed)))


@app.command()
def run(
    out: Annotated[Path, typer.Option(help="Folder of the whole corpus.", show_default=False)],
    hours: Annotated[float, typer.Option(min=0.001, help="Hours of performance to make, about.")] = 1.0,
    model: Model = "",
    family: Family = "",
    recordings: Recorded = None,
    landmarker: Landmarker = None,
    seed: Seed = 1,
    executor: Executor = "local",
    workers: Workers = 0,
    gpus: Gpus = 0.0,
) -> None:
    """Run all stages, from prompts to shards; a stopped run goes on where it was."""
    config = stages.RunConfig(hours, seed, _recorded(recordings), _video(model, family, executor), _checked(landmarker))
    for step in stages.whole_run(out, config, _executor(executor, workers, gpus)):
        _take(step)


@app.command()
def inspect(
    folder: Annotated[Path, typer.Argument(help="Folder of a stage, or of shards.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for overview.png and .html; beside the clips if absent.")
    ] = None,
) -> None:
    """Print what a folder holds and draw the overview."""
    from .inspection import inspect as draw

    typer.echo(draw(folder, out or folder).text)


@app.command()
def bench(
    minutes: Annotated[float, typer.Option(min=0.1, help="Minutes of performance to make.")] = 6.0,
    recordings: Recorded = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the measurements as JSON.")] = False,
) -> None:
    """Make a small corpus in a temporary folder and say how many hours an hour makes, stage by stage."""
    from .bench import as_json as to_json
    from .bench import as_text, measure

    result = measure(minutes, _recorded(recordings))
    typer.echo(to_json(result) if as_json else as_text(result))


@app.command("fit-lips")
def fit_lips(
    folder: Annotated[Path, typer.Argument(help="A GRID folder: audio, curves.npz, phones.json.", show_default=False)],
    steps: int = 300,
) -> None:
    """Fit the procedural teacher's lips to captured ones, and print the numbers in the manner of `visemes.py`."""
    from .procedural.fit import fit_lips as fit

    for line in fit(folder, steps):
        typer.echo(line)


def _named(path: Path | None) -> str:
    return str(path.resolve()) if path else ""


def _checked(landmarker: Path | None) -> str:
    """Name the face landmarker's file, once it is sure that it is one."""
    if landmarker:
        face_model.load(_named(landmarker))
    return _named(landmarker)


def _recorded(folder: Path | None) -> str:
    """Name the folder of recorded speech, if it holds any."""
    if folder and not any((folder / name / LABELS).is_file() for name in CORPORA):
        wanted = ", ".join(f"{name}/{LABELS}" for name in CORPORA)
        raise stage.StageFailed(f"{folder} holds no recorded speech; name a folder that holds one of {wanted}.")
    return _named(folder)


def _video(model: str, family: str, executor: str) -> VideoModel | None:
    """Name the video model, if one is asked for, once it is sure that it can work here."""
    if not model:
        return None
    check(video := VideoModel(model, family), with_device=executor == "local")  # a cluster's GPUs are elsewhere
    return video


def _executor(name: str, workers: int, gpus: float = 0.0) -> stage.Execute:
    return executors.ray(workers=workers, gpus=gpus) if name == "ray" else executors.local(workers)


def _run(what: stage.Stage, source: Path, out: Path, execute: stage.Execute) -> None:
    _take(stages.Step(what.name, out, lambda on_made: stage.run(what, source, out, execute, on_made)))


def _take(step: stages.Step) -> None:
    """Run a step with its progress and its log, and say what it came to."""
    try:
        with _logged(step.out), shown(step.name) as on_made:
            step.run(on_made)
    except KeyboardInterrupt as error:
        typer.echo("Stopped; the same command goes on where it was.", err=True)
        raise typer.Exit(130) from error
    kept = rejected = 0
    for clip in stage.clips_of(step.out):
        kept, rejected = kept + (not clip.rejected), rejected + bool(clip.rejected)
    typer.echo(f"{step.out}: {kept} clips kept, {rejected} rejected" if kept + rejected else f"{step.out}: packed")


@contextmanager
def _logged(out: Path) -> Iterator[None]:
    """Keep a log in the stage's folder, which is there once the stage has begun."""
    logger = logging.getLogger(__package__)
    handler = logging.FileHandler(out / stage.LOG, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # people see the progress
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
