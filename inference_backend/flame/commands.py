"""The command that fits a map to a FLAME model of the user's: python -m inference_backend flame-fit."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from .. import progress_bar
from ..contract import BadRequest, OnProgress, Progress
from ..formats import files, flame_map
from . import carrying, fitting, picture, reading, source
from .fitting import Fitted, Residual

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def room() -> None:
    """Keep the command's name needed, though it is the only one."""


@app.command("flame-fit")
def flame_fit(
    model: Annotated[Path, typer.Argument(help="FLAME's own file, .pkl or .npz.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="Map to write; NAME.map.npz beside the model if not given.")] = None,
    components: Annotated[int, typer.Option(help="Expression components to use.", min=1, max=400)] = reading.COMPONENTS,
    identity: Annotated[
        int, typer.Option(help="Components of identity that come before those of expression.", min=0)
    ] = reading.IDENTITY,
    eyelids: Annotated[
        tuple[Path, Path] | None, typer.Option(help="What shuts the left and the right eye, two .npy [V, 3].")
    ] = None,
) -> None:
    """Fit the map from ARKit's 52 shapes to a FLAME model; write it, a picture of every shape and the residuals.

    The picture and the residuals lie beside the map, as .png and .json.
    """
    out = out or model.with_suffix(".map.npz")
    if out.suffix.lower() != ".npz":
        raise BadRequest(f"{out.name} needs the extension .npz.")
    sheet, report = out.with_suffix(".png"), out.with_suffix(".json")
    for path in (out, sheet, report):
        files.check_target(path)
    with progress_bar.shown() as on_progress:
        fitted, distance_mm = _made(model, components, identity, eyelids or (), sheet, on_progress)
    flame_map.write(fitted.map, out)
    summary = summed(fitted.residuals) | {"model": model.name, "components": components, "laid_mm": distance_mm}
    document = {"summary": summary, "shapes": [asdict(residual) for residual in fitted.residuals]}
    files.write_bytes(report, json.dumps(document, indent=1).encode())
    typer.echo(table_of(fitted.residuals))
    typer.echo(f"{out}, {sheet.name}, {report.name}: {told(summary)}")


def _made(
    path: Path, components: int, identity: int, eyelids: tuple[Path, ...], sheet: Path, on_progress: OnProgress
) -> tuple[Fitted, float]:
    on_progress(Progress(0.0, "reading the model"))
    model = reading.read(path, components, identity, eyelids)
    carried = carrying.carried(source.read(), model, on_progress)
    fitted = fitting.fitted(model, carried, on_progress)
    on_progress(Progress(0.95, "drawing the shapes"))
    picture.write(model, carried, fitted, sheet)
    return fitted, 1000 * carried.distance


def summed(residuals: tuple[Residual, ...]) -> dict[str, float]:
    """Sum residuals up: means of the shapes that move anything, their error whole, and how many meet 15 %."""
    moved = [residual for residual in residuals if residual.displacement_mm > 0]
    missed, size = (sum(getattr(each, name) ** 2 for each in moved) for name in ("error_mm", "displacement_mm"))
    return {
        "landmarks_mm": float(np.mean([each.landmarks_mm for each in moved])),
        "mean_share": float(np.mean([each.share for each in moved])),
        "whole_share": float((missed / size) ** 0.5),
        "within_15_percent": sum(each.share <= 0.15 for each in moved),
        "shapes": len(moved),
    }


def told(summary: dict) -> str:
    """Say a summary in a line."""
    return (
        f"mean error of the landmarks {summary['landmarks_mm']:.2f} mm; error of the shapes "
        f"{summary['mean_share']:.0%} of their displacement, {summary['within_15_percent']} of {summary['shapes']} "
        "within 15 %"
    )


def table_of(residuals: tuple[Residual, ...]) -> str:
    """Write the residuals as a table, the worst last."""
    lines = [f"{'shape':<20} {'moves mm':>9} {'error mm':>9} {'share':>6} {'landmarks mm':>13} {'largest':>8}"]
    for each in sorted(residuals, key=lambda each: each.share):
        lines.append(
            f"{each.channel:<20} {each.displacement_mm:9.2f} {each.error_mm:9.2f} {each.share:6.0%} "
            f"{each.landmarks_mm:13.2f} {each.largest:8.2f}"
        )
    return "\n".join(lines)
