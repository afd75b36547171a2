"""The report's plots as PNG: mouths beside captured ones, confusion, intensity, offsets between systems."""

from __future__ import annotations

import io
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from .control import SLIDER, WORDS

_INK, _MADE, _TRUE = "#22303c", "#3d8fb3", "#e07a3f"


def all_of(report: dict[str, Any], name: str) -> list[tuple[str, bytes]]:
    """Draw what a system's results allow: pairs of title and PNG."""
    found = report["systems"].get(name, {})
    drawn: list[tuple[str, Figure]] = []
    if "captured" in found:
        drawn.append(("Gap between the lips, made and captured", _mouths(found["captured"]["curves"])))
    if "intensity" in found:
        drawn.append(("What shows of what is asked for", _intensity(found["intensity"]["emotions"])))
    for title, part in (("taught", "taught"), ("never taught", "unheard")):
        if part in found.get("emotions", {}):
            table, labels = found["emotions"][part]["confusion"], found["emotions"]["labels"]
            drawn.append((f"Emotions read from faces, words {title}", _confusion(table, labels)))
    if "reference" in found:
        drawn.append(
            (
                "Emotions taken over from references",
                _confusion(found["reference"]["confusion"], found["reference"]["labels"]),
            )
        )
    if "head" in found:
        drawn.append(("Head", _head(found)))
    if "languages" in found:
        drawn.append(("p b m closed, by language", _languages(found["languages"])))
    return [(title, _png(figure)) for title, figure in drawn]


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    plt.close(figure)
    return file.getvalue()


def _mouths(clips: dict[str, dict[str, list[float]]]) -> Figure:
    figure, grid = plt.subplots(len(clips), 1, figsize=(9, 1.7 * len(clips)), layout="constrained", squeeze=False)
    for axes, (clip, pair) in zip(grid[:, 0], clips.items(), strict=True):
        for name, color in (("captured", _TRUE), ("made", _MADE)):
            axes.plot(np.arange(len(pair[name])) / 50, pair[name], color=color, label=name, lw=1.4)
        axes.set_ylabel(clip, fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    grid[0, 0].legend(frameon=False, fontsize=8, ncols=2)
    grid[-1, 0].set_xlabel("seconds")
    return figure


def _confusion(table: list[list[int]], labels: list[str]) -> Figure:
    counts = np.array(table, float)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    size = 2.2 + 0.27 * len(labels)
    figure, axes = plt.subplots(figsize=(size, size), layout="constrained")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=8)
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.set(xlabel="read", ylabel="asked for")
    for i, j in zip(*np.nonzero(counts), strict=True):
        axes.text(
            j,
            i,
            str(int(counts[i, j])),
            ha="center",
            va="center",
            fontsize=7,
            color="white" if shares[i, j] > 0.5 else _INK,
        )
    return figure


def _intensity(emotions: dict[str, dict]) -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained", sharey=True)
    for emotion, row in emotions.items():
        left.plot(range(len(WORDS)), row["curve_words"], marker="o", ms=3, lw=1.3, label=emotion)
        right.plot(SLIDER, row["curve_slider"], marker="o", ms=3, lw=1.3, label=emotion)
    left.set_xticks(range(len(WORDS)), WORDS)
    left.set(title="by words", ylabel="mean of the emotion's own channels")
    right.set(title="by the slider", xlabel="strength")
    right.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _head(found: dict[str, Any]) -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    gestures = found["head"]["gestures"]
    left.barh(list(gestures), [max(row["ratio"], 1e-2) for row in gestures.values()], color=_MADE)
    left.set(xscale="log", title="power about the asked axis over the other")
    left.axvline(1, color=_INK, lw=0.8)
    left.invert_yaxis()
    groups = {"made": found["head"]["moved"]["made"], "teacher": found["head"]["moved"]["teacher"]}
    if "captured" in found:
        groups |= {
            "made (captured clips)": found["captured"]["head"]["made"],
            "captured": found["captured"]["head"]["captured"],
        }
    keys = ("pitch_speed", "yaw_speed", "roll_speed")
    for i, (name, row) in enumerate(groups.items()):
        right.bar(np.arange(3) + 0.2 * i, [row[k] for k in keys], 0.2, label=name)
    right.set_xticks(np.arange(3) + 0.3, ("pitch", "yaw", "roll"))
    right.set(title="mean speed, degrees a second")
    right.legend(frameon=False, fontsize=7)
    return figure


def _languages(found: dict[str, dict]) -> Figure:
    names = [k for k in found if k != "all" and "closed" in found[k]]
    figure, axes = plt.subplots(figsize=(9, 2.6), layout="constrained")
    axes.bar(names, [found[k]["closed"] for k in names], color=_MADE, label="p b m closed")
    axes.bar(names, [found[k].get("false", 0) for k in names], color=_TRUE, width=0.3, label="open vowels closed")
    axes.axhline(0.98, color=_INK, lw=0.8)
    axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2)
    axes.spines[["top", "right"]].set_visible(False)
    return figure
