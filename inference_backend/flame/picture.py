"""A picture of every shape: the carried shape and what the map makes of it, face by face."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from ..contract import CHANNELS
from ..formats import files
from .carrying import Carried
from .fitting import Fitted
from .model import FlameModel

_COLUMNS = 8
_LIGHT = np.array([0.3, 0.4, 0.85])
_YAW = 0.35
_SKIN = np.array([0.82, 0.70, 0.62])
_MISSED_MM = 3.0  # what is missed by so much is wholly red


def write(model: FlameModel, carried: Carried, fitted: Fitted, path: Path) -> None:
    """Draw the 52 shapes as the model shows them, what is missed in red, with each one's share of error."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = -(-len(CHANNELS) // _COLUMNS)
    figure, axes = pyplot.subplots(rows, _COLUMNS, figsize=(2.1 * _COLUMNS, 2.5 * rows), dpi=80)
    rest = model.template[carried.skin]
    bounds = _bounds(rest)
    opened = carried.shapes[CHANNELS.index("jawOpen")]
    for index, axis in enumerate(axes.ravel()):
        axis.axis("off")
        if index >= len(CHANNELS):
            continue
        residual = fitted.residuals[index]
        wanted = rest + carried.shapes[index] + (opened if residual.channel == "mouthClose" else 0)
        missed = 1000 * np.linalg.norm(fitted.meshes[index] - wanted, axis=1) * carried.visible
        _draw(axis, fitted.meshes[index], carried.faces, missed / _MISSED_MM, bounds)
        axis.set_title(f"{residual.channel}\n{residual.error_mm:.2f} mm, {residual.share:.0%}", fontsize=8)
    figure.suptitle(f"{model.name}: ARKit's shapes in {model.count} components; red: missed by {_MISSED_MM:g} mm")
    figure.tight_layout(rect=(0, 0, 1, 0.98))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    pyplot.close(figure)
    files.write_bytes(path, buffer.getvalue())


def _bounds(rest: np.ndarray) -> tuple[float, float, float, float]:
    turned = rest @ _turn().T
    front = rest[:, 2] > np.percentile(rest[:, 2], 60)
    low, high = turned[front].min(axis=0), turned[front].max(axis=0)
    middle, half = (low + high) / 2, 0.55 * max(high[0] - low[0], high[1] - low[1])
    return middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half


def _turn() -> np.ndarray:
    cos, sin = np.cos(_YAW), np.sin(_YAW)
    return np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])


def _draw(
    axis: object, vertices: np.ndarray, faces: np.ndarray, missed: np.ndarray, bounds: tuple[float, float, float, float]
) -> None:
    from matplotlib.collections import PolyCollection

    corners = (vertices @ _turn().T)[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    order = np.argsort(corners[:, :, 2].mean(axis=1))
    order = order[normals[order, 2] > 0]
    light = 0.1 + 0.9 * np.clip(normals[order] @ _LIGHT, 0, 1)[:, None]
    red = np.clip(missed[faces[order]].mean(axis=1), 0, 1)[:, None]
    colours = np.clip(light * ((1 - red) * _SKIN + red * np.array([0.9, 0.1, 0.1])), 0, 1)
    drawn = PolyCollection(corners[order][:, :, :2].tolist(), facecolors=colours, edgecolors="face", linewidths=0.2)
    axis.add_collection(drawn)  # type: ignore[attr-defined]
    axis.set(xlim=bounds[:2], ylim=bounds[2:], aspect="equal")  # type: ignore[attr-defined]
