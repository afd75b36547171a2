"""Commands of training: `python -m inference_backend train | export | evaluate`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from ..generator.networks import WEIGHTS

app = typer.Typer(no_args_is_help=True, help="Train, export and measure the style generator.")


# What several commands ask for alike.
Shards = Annotated[Path, typer.Argument(help="Folder of shards, made by `data run` or `data pack`.")]
SameShards = Annotated[Path, typer.Argument(help="Folder of shards, as for `train`.")]
Minutes = Annotated[float, typer.Option(help="Length of the whole run, over all its stops.")]
Device = Annotated[str, typer.Option(help="cpu, cuda, cuda:1 ...; a GPU where there is one.")]
Seed = Annotated[int, typer.Option(help="Another seed is another run.")]


@app.command()
def train(
    corpus: Shards,
    out: Annotated[Path, typer.Option(help="Folder for checkpoints, logs and curves.")] = Path("runs"),
    minutes: Minutes = 60.0,
    listen_minutes: Annotated[float, typer.Option(help="Before it, with nothing to start from: the listener.")] = 20.0,
    batch: Annotated[int, typer.Option(help="Excerpts of 2.9 s in each process's batch.")] = 16,
    device: Device = "auto",
    seed: Seed = 0,
    recordings: Annotated[
        Path | None, typer.Option(help="Folder with grid_s1: captured faces, for a mouth that is learned from nothing.")
    ] = None,
    ray_workers: Annotated[int, typer.Option(help="Train on a Ray cluster, in so many processes.")] = 0,
) -> None:
    """Train the style generator from a corpus; the same command goes on where a run was stopped."""
    from .act import ActConfig, act
    from .checkpoints import SHIPPED
    from .listen import ListenConfig, listen
    from .loop import Team

    team = Team(device)
    _log(team.leads)
    out.mkdir(parents=True, exist_ok=True)
    if not ((out / "listener.pt").exists() or SHIPPED.exists()):
        listen(corpus, out / "listener.pt", ListenConfig(minutes=listen_minutes))
    config = ActConfig(minutes=minutes, batch=batch, seed=seed)
    if ray_workers:
        from .cluster import train_on_cluster

        train_on_cluster(corpus, WEIGHTS, out, config, ray_workers, use_gpus=team.device.type == "cuda")
    else:
        act(corpus, WEIGHTS, out, config, team, recordings)


@app.command("fit-mouth")
def fit_mouth(
    corpus: SameShards,
    recordings: Annotated[Path | None, typer.Option(help="Folder with grid_s1: captured faces as they are.")] = None,
    checkpoint: Annotated[Path, typer.Option(help="The model whose mouth is trained on.")] = Path("runs/generator.pt"),
    out: Annotated[Path, typer.Option(help="Folder for mouth.pt, its state and its log.")] = Path("runs"),
    minutes: Minutes = 30.0,
    device: Device = "auto",
    seed: Seed = 0,
) -> None:
    """Train the mouth of a model on and nothing else; the same command goes on where a run was stopped."""
    from .checkpoints import load
    from .loop import Team
    from .mouth import MouthConfig
    from .mouth import fit_mouth as fit

    team = Team(device)
    _log(team.leads)
    out.mkdir(parents=True, exist_ok=True)
    fit(*load(checkpoint), corpus, recordings, out, MouthConfig(minutes=minutes, seed=seed), team)


@app.command("fit-reader")
def fit_reader(
    encoder: Annotated[Path, typer.Argument(help="Folder of the sentence encoder to read with from now on.")],
    checkpoint: Annotated[Path, typer.Option(help="The model whose style reader is trained.")] = Path(
        "runs/generator.pt"
    ),
    weights: Annotated[Path, typer.Option(help="Folder of the sentence encoder that it reads with now.")] = WEIGHTS,
    out: Annotated[Path, typer.Option(help="Checkpoint to write.")] = Path("runs/reader.pt"),
    minutes: Annotated[float, typer.Option(help="Length of the run, after captions are read.")] = 8.0,
) -> None:
    """Train the style reader of a model for another sentence encoder and further words, and nothing else."""
    from ..generator.style_text import SentenceEncoder
    from .checkpoints import load, save
    from .reading import ReadingConfig
    from .reading import fit_reader as fit

    _log()
    model, step = load(checkpoint)
    before, after = (SentenceEncoder(folder, threads=1) for folder in (weights, encoder))
    fit(model, before, after, ReadingConfig(minutes=minutes))
    save(model, out, step)


@app.command()
def distil(
    corpus: SameShards,
    checkpoint: Annotated[Path, typer.Option(help="The teacher.")] = Path("runs/generator.pt"),
    out: Annotated[Path, typer.Option(help="Folder for the student, its state and its log.")] = Path("runs"),
    minutes: Minutes = 30.0,
    steps: Annotated[int, typer.Option(help="Network evaluations that the student acts in: 1, 2 or 4.")] = 4,
    batch: Annotated[int, typer.Option(help="Excerpts in each process's batch.")] = 8,
    device: Device = "auto",
    seed: Seed = 0,
) -> None:
    """Teach a student to act in few steps; the same command goes on where a run was stopped."""
    from .distillation.distil import DistilConfig
    from .distillation.distil import distil as teach
    from .loop import Team

    team = Team(device)
    _log(team.leads)
    out.mkdir(parents=True, exist_ok=True)
    teach(checkpoint, corpus, WEIGHTS, out, DistilConfig(minutes=minutes, steps=steps, batch=batch, seed=seed), team)


@app.command()
def blend(
    first: Annotated[Path, typer.Argument(help="Checkpoint that a run began with (its begun.pt).")],
    second: Annotated[Path, typer.Argument(help="Checkpoint that it ended with.")],
    out: Annotated[Path, typer.Argument(help="Checkpoint to write.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="0 is the first's parts, 1 the second's.")] = 0.5,
    part: Annotated[list[str] | None, typer.Option(help="Parts, such as actor.  [default: listener, mouth]")] = None,
) -> None:
    """Draw parts of a checkpoint back towards where its training began."""
    from .checkpoints import blend as mix

    mix(first, second, share, tuple(part or ("listener", "mouth")), out)


@app.command()
def ship(
    checkpoint: Annotated[Path, typer.Argument(help="Checkpoint to keep, in half precision.")],
    out: Annotated[Path | None, typer.Option(help="Where to.  [default: the one that ships]")] = None,
) -> None:
    """Keep a checkpoint in half precision, as the one that ships; what is exported from it takes half the room too."""
    from .checkpoints import SHIPPED
    from .checkpoints import ship as keep

    keep(checkpoint, out or SHIPPED)


@app.command()
def export(
    checkpoint: Path = Path("runs/generator.pt"),
    out: Annotated[Path, typer.Option(help="Folder of the weights.")] = WEIGHTS,
    student: Annotated[Path | None, typer.Option(help="Who acts in its place: the student.pt of `distil`.")] = None,
    int8: Annotated[bool, typer.Option(help="Quantize the networks: a third of the size.")] = False,
) -> None:
    """Write a checkpoint as ONNX networks and check them against torch."""
    from .export import NETWORKS
    from .export import export as write

    _log()
    out.mkdir(parents=True, exist_ok=True)
    write(checkpoint, out, student, NETWORKS if int8 else ())


@app.command("sentence-encoder")
def sentence_encoder(
    model: Annotated[Path, typer.Argument(help="Folder of all-MiniLM-L6-v2 in Hugging Face form.")],
    out: Annotated[Path, typer.Option(help="Folder of the weights.")] = WEIGHTS,
    dictionary: Annotated[Path | None, typer.Option(help="Folder of WordNet, to learn rare words from.")] = None,
    minutes: Annotated[float, typer.Option(help="How long it learns from the dictionary.")] = 25.0,
) -> None:
    """Write the sentence encoder as int8 ONNX with its tokenizer; train on afterwards, for its readers go by it."""
    from .sentence_encoder import export_sentence_encoder

    _log()
    export_sentence_encoder(model, out, dictionary, minutes)


@app.command()
def evaluate(
    recordings: Annotated[
        Path | None, typer.Option(help="Folder with grid_s1, librispeech ...; what is absent is skipped.")
    ] = None,
    corpus: Annotated[Path | None, typer.Option(help="Folder of shards, for its validation and test splits.")] = None,
    weights: Path = WEIGHTS,
    out: Annotated[Path, typer.Option(help="Folder of report.json and report.html.")] = Path("runs/evaluation"),
    quick: Annotated[bool, typer.Option("--quick", help="The small version: fewer of everything.")] = False,
    long: Annotated[bool, typer.Option("--long", help="Measure the memory of an hour of sound too.")] = False,
    baselines: Annotated[bool, typer.Option(help="Measure loudness and viseme rules beside the weights.")] = True,
    trained: Annotated[Path | None, typer.Option(help="Folder of trained baselines to measure too.")] = None,
    part: Annotated[list[str] | None, typer.Option(help="Measure these parts alone.")] = None,
) -> None:
    """Measure the weights on held-out speech, captured faces and style prompts, and write a report."""
    from .baselines import lineup
    from .evaluation.run import as_text
    from .evaluation.run import evaluate as measure
    from .evaluation.stage import Stage

    _log()
    stage = Stage(out, weights, recordings, corpus, quick, long)
    rules, learned = lineup.lineup() if baselines else (), lineup.styled(trained) if trained else ()
    typer.echo(as_text(measure(stage, rules, learned, part or ())))


@app.command()
def baselines(
    corpus: Shards,
    out: Annotated[Path, typer.Option(help="Folder of the trained baselines.")] = Path("runs/baselines"),
    minutes: Annotated[float, typer.Option(help="Processor minutes of each training.")] = 20.0,
    excerpts: Annotated[int, typer.Option(help="Excerpts to learn from, held in memory.")] = 3000,
    width: Annotated[int, typer.Option(help="Width of the networks; the style generator's own is 192.")] = 192,
) -> None:
    """Train a regressor, and actors that are told a label or a reference alone; stopped, the same command goes on."""
    from .baselines.learned import train_on

    _log()
    train_on(corpus, out, minutes, excerpts, width)


@app.command()
def ablate(
    corpus: Shards,
    out: Annotated[Path, typer.Option(help="Folder of models, ablation.json and ablation.png.")] = Path(
        "runs/ablation"
    ),
    minutes: Annotated[float, typer.Option(help="Processor minutes of each training.")] = 10.0,
    excerpts: Annotated[int, typer.Option(help="Excerpts to learn from, held in memory.")] = 3000,
    recordings: Annotated[Path | None, typer.Option(help="Folder with grid_s1, for captured faces.")] = None,
    baselines: Annotated[Path | None, typer.Option(help="Folder of trained baselines, to score beside them.")] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="A whole model to sample in 1 to 25 steps.")] = None,
) -> None:
    """Train small variants of the style generator of equal cost and score them; stopped, the same command goes on."""
    from .ablation.study import AblationConfig
    from .ablation.study import ablate as study
    from .baselines.lineup import styled

    _log()
    systems = styled(baselines) if baselines else ()
    study(corpus, out, recordings, AblationConfig(minutes, excerpts), systems, checkpoint)
    typer.echo(f"{out / 'ablation.json'}, {out / 'ablation.png'}")


def _log(leads: bool = True) -> None:
    """Show how the work goes on, of several processes by the leading one; the program itself shows warnings alone."""
    logging.basicConfig(level=logging.INFO if leads else logging.WARNING, format="%(asctime)s %(message)s", force=True)
