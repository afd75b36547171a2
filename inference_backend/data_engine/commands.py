"""Commands of the data engine: `python -m inference_backend data sounds | perform`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from .captures import Captures
from .procedural import performances
from .speech import sounds, voices

app = typer.Typer(no_args_is_help=True, help="Make what the style generator learns from.")

Corpus = Annotated[Path, typer.Argument(help="Folder of the corpus; made if absent.")]
# Corpora with phone labels: folder of the sounds inside the corpus' own folder, and the sounds' suffix.
_RECORDINGS = {
    "grid_s1": ("audio", ".opus"),
    "librispeech": ("", ".opus"),
    "coffee_orders": ("", ".opus"),
    "ljspeech": ("", ".flac"),
}


@app.command("sounds")
def make_sounds(
    corpus: Corpus,
    hours: Annotated[int, typer.Option(help="Hours of synthesized speech.")] = 5,
    recordings: Annotated[Path | None, typer.Option(help="Folder of recorded corpora with phones.json each.")] = None,
    seed: int = 1,
) -> None:
    """Synthesize speech with phone timings, and take in recordings with aligned phones."""
    folder = corpus / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    names = voices.available()
    typer.echo(f"{len(names)} voices: {', '.join(names) or 'none; install flite, espeak-ng or festival'}")
    makers = {f"tts{seed + i}": sounds.synthesized(1.0, seed + i) for i in range(hours)}
    makers["wordless"] = sounds.wordless(250, seed)
    for name, (inside, suffix) in _RECORDINGS.items():
        if recordings is None:
            break
        labels = sounds.read_labels(recordings / name / "phones.json")
        makers[name] = sounds.recorded(recordings / name / inside, labels, suffix, name)
    for name, maker in track(makers.items(), "sounds", total=len(makers)):
        _keep(folder / f"{name}.npz", maker)
    if recordings:
        curves = (recordings / "grid_s1" / "curves.npz").read_bytes()
        (corpus / "grid_curves.npz").write_bytes(curves)


@app.command()
def perform(corpus: Corpus, variants: int = 2, seed: int = 1) -> None:
    """Act every sound of a corpus in several styles with the procedural teacher."""
    folder = corpus / "performances"
    folder.mkdir(parents=True, exist_ok=True)
    curves = corpus / "grid_curves.npz"
    captures = Captures(curves) if curves.is_file() else None
    banks = sorted((corpus / "sounds").glob("*.npz"))
    for i, path in enumerate(track(banks, "performances")):
        out = folder / path.name
        if not out.exists():
            taught = [s for s in sounds.load(path) if not s.held_out]
            performances.save(list(performances.act(taught, variants, seed + i, captures)), out)


def _keep(path: Path, maker: Iterator[sounds.LabelledSound]) -> None:
    """Write a bank unless it is there: a stopped run goes on where it was."""
    if not path.exists():
        part = path.with_suffix(".part.npz")
        sounds.save(list(maker), part)
        part.replace(path)
