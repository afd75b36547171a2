"""The overview: one picture of a corpus, its balance, its hours, its rejects and some of its performances."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D

from ...contract import INDEX
from ...generator.features import SAMPLE_RATE
from .rows import Media, Row
from .tally import DURATION_EDGES_S, LEVEL_EDGES, Tally

INK, FAINT, RULE, BAR, WARM = "#22303c", "#7b8794", "#d9e0e6", "#3d8fb3", "#d1704f"
_LINES = {"jaw": "#d1704f", "smile": "#5a9e6f", "brows": "#8a6bb8", "lids": "#c9a227"}
_HEAD = {"nod": "#22303c", "turn": "#3d8fb3", "tilt": "#b0bac4"}
_FONT: dict[Any, Any] = {"font.family": "DejaVu Sans", "font.size": 8.5, "text.color": INK, "axes.labelcolor": INK}


def draw(total: Tally, title: str, path: Path) -> Path:
    """Draw the overview of a tally as PNG."""
    import matplotlib

    with matplotlib.rc_context({**_FONT, "xtick.color": FAINT, "ytick.color": INK, "axes.edgecolor": RULE}):
        shown = [(row, row.media()) for row in total.samples]
        rows = -(-sum(media.values is not None for _, media in shown) // 3)
        figure = Figure((15, 9.8 + 2.6 * rows), facecolor="white")
        FigureCanvasAgg(figure)
        height = figure.get_figheight()
        _heading(figure, total, title)
        grid = figure.add_gridspec(
            1, 4, left=0.085, right=0.975, top=1 - 1.45 / height, bottom=1 - 9.1 / height, wspace=0.62,
            width_ratios=(1, 0.9, 0.9, 1.15),
        )  # fmt: skip
        _attributes(figure, grid, total)
        _amounts(figure, grid, total)
        if rows:
            _performances(figure, shown, rows, height)
        figure.savefig(path, dpi=110, metadata={"Software": None})
    return path


def _heading(figure: Figure, total: Tally, title: str) -> None:
    height = figure.get_figheight()
    at = lambda inches: 1 - inches / height  # noqa: E731
    figure.text(0.03, at(0.42), title, fontsize=19, weight="bold", va="center")
    languages = len(set(total.groups["language"]) - {"none"})
    tiles = [(f"{total.clips:,}", "clips"), (_hours(total.hours), "of sound"), (f"{len(total.speakers):,}", "speakers"),
             (f"{languages}", "languages"), (f"{total.rejected:,}", "left out")]  # fmt: skip
    for i, (number, what) in enumerate(tiles):
        x = 0.975 - 0.096 * (len(tiles) - 1 - i)
        figure.text(x, at(0.36), number, fontsize=17, weight="bold", ha="right", va="center", color=BAR)
        figure.text(x, at(0.68), what, fontsize=8.5, ha="right", va="center", color=FAINT)
    figure.add_artist(Line2D([0.03, 0.975], [at(0.95)] * 2, color=RULE, lw=1))


def _hours(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{60 * hours:.1f} min"


def _attributes(figure: Figure, grid: GridSpec, total: Tally) -> None:
    _named(figure.add_subplot(grid[0]), "Emotion", total.attributes["emotion"], even=True, most=28)
    titles = {"vocal": "Voice", "intensity": "Intensity"}
    for column, names in ((1, ("vocal", "delivery", "gaze")), (2, ("head", "detail", "intensity"))):
        sizes = [max(3, min(10, len(_said(total.attributes[name])))) + 0.6 for name in names]
        inner = grid[column].subgridspec(3, 1, hspace=0.38, height_ratios=sizes)
        for k, name in enumerate(names):
            axes, even = figure.add_subplot(inner[k]), name in ("delivery", "gaze", "detail")
            _named(axes, titles.get(name, name.capitalize()), total.attributes[name], even)


def _named(axes: Axes, title: str, count: Mapping[str, int], even: bool, most: int = 10) -> None:
    said = _said(count)
    more = f"{len(said)} words" if len(said) > most else ""
    _bars(axes, title, dict(list(said.items())[:most]), ", ".join(filter(None, (more, _balance(count, even)))))


def _amounts(figure: Figure, grid: GridSpec, total: Tally) -> None:
    rejects = dict(total.rejects.most_common(6))
    kinds = {name: _heard(total, name, 8) for name in ("speakers", "language")}
    sizes = [*(max(3, len(kind)) + 0.6 for kind in kinds.values()), 5, 5, 1.6 * max(2, len(rejects))]
    inner = grid[3].subgridspec(5, 1, hspace=0.62, height_ratios=sizes)
    unit, form = _unit(total), "{:,.0f}" if total.hours == 0 else "{:,.1f}"
    for k, (name, title) in enumerate({"speakers": "Speakers", "language": "Language"}.items()):
        _bars(figure.add_subplot(inner[k]), f"{title}, {unit}", kinds[name], form=form)
    _histogram(figure.add_subplot(inner[2]), "How strong, 0 to 1", total.levels, LEVEL_EDGES)
    last = int(np.flatnonzero(total.durations).max(initial=9)) + 1
    _histogram(figure.add_subplot(inner[3]), "Length, seconds", total.durations[:last], DURATION_EDGES_S[: last + 1])
    _reasons(figure.add_subplot(inner[4]), rejects)


def _unit(total: Tally) -> str:
    if total.hours == 0:
        return "clips"
    return "hours" if total.hours >= 3 else "minutes"


def _heard(total: Tally, name: str, most: int) -> dict[str, float]:
    """Amount of each value in the unit of the whole, the least of many in one."""
    factor = {"hours": 1, "minutes": 60}.get(_unit(total))
    by = {v: g.hours * factor if factor else float(g.clips) for v, g in total.groups[name].items()}
    ordered = sorted(by.items(), key=lambda item: -item[1])
    rest = sum(amount for _, amount in ordered[most:])
    return {**dict(ordered[:most]), **({f"{len(ordered) - most} more": rest} if rest else {})}


def _said(count: Mapping[str, int]) -> dict[str, int]:
    """Order the values that prompts name by their counts."""
    return dict(sorted(((k, v) for k, v in count.items() if k), key=lambda item: (-item[1], item[0])))


def _balance(count: Mapping[str, int], even: bool) -> str:
    """Say how far values are off evenness, and how many clips have none."""
    amounts = np.array([v for k, v in count.items() if k], float)
    words = []
    if even and len(amounts) > 1:
        words.append(f"even ±{100 * np.abs(amounts / amounts.mean() - 1).max():.0f} %")
    if count.get(""):
        words.append(f"{count['']:,} not said")
    return ", ".join(words)


def _bars(axes: Axes, title: str, values: Mapping[str, float], note: str = "", form: str = "{:,.0f}") -> None:
    """Horizontal bars with their numbers, and a faint note beside the title."""
    names, amounts = list(values), list(values.values())
    axes.barh(range(len(names)), amounts, color=BAR, height=0.72)
    top = max(amounts, default=1) or 1
    for i, amount in enumerate(amounts):
        axes.text(amount + 0.02 * top, i, form.format(amount), va="center", fontsize=7, color=FAINT)
    axes.set_yticks(range(len(names)), [textwrap.shorten(str(n), 24, placeholder="…") for n in names])
    axes.set_ylim(max(len(names), 3) - 0.4, -0.6)
    axes.set_xlim(0, 1.14 * top)
    _clean(axes, title)
    axes.set_title(note, loc="right", fontsize=7, color=FAINT, pad=5)
    axes.set_xticks([])


def _histogram(axes: Axes, title: str, counts: np.ndarray, edges: np.ndarray) -> None:
    axes.bar(edges[:-1], counts, np.diff(edges) * 0.86, align="edge", color=BAR)
    axes.set_xlim(edges[0], edges[-1])
    _clean(axes, title)
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(True)
    axes.tick_params(axis="x", labelsize=7.5)


def _reasons(axes: Axes, rejects: Mapping[str, int]) -> None:
    _clean(axes, "Left out, and why")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(0, 1)
    axes.set_ylim(max(2, len(rejects)), 0)
    if not rejects:
        axes.text(0, 0.5, "Nothing.", color=FAINT, va="center")
    for i, (reason, count) in enumerate(rejects.items()):
        text = "\n".join(textwrap.wrap(reason, 46)[:2])
        axes.text(0.0, i + 0.5, f"{count:,}", weight="bold", color=WARM, va="center")
        axes.text(0.13, i + 0.5, text, va="center", fontsize=7.6, linespacing=1.15)


def _clean(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=9.5, weight="bold", color=INK, pad=5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _performances(figure: Figure, shown: list[tuple[Row, Media]], rows: int, height: float) -> None:
    top = 1 - 9.75 / height
    figure.text(0.03, top + 0.36 / height, "Performances", fontsize=12, weight="bold", va="center")
    x = 0.13
    for name, colour in {**_LINES, **{f"head {k}": c for k, c in _HEAD.items()}}.items():
        figure.text(x, top + 0.36 / height, f"— {name}", color=colour, fontsize=8.5, va="center", weight="bold")
        x += 0.03 + 0.0052 * len(name)
    grid = figure.add_gridspec(rows, 3, left=0.03, right=0.975, top=top - 0.38 / height, bottom=0.35 / height,
                               wspace=0.07, hspace=0.58)  # fmt: skip
    drawn = [(row, media) for row, media in shown if media.values is not None]
    for i, (row, media) in enumerate(drawn):
        inner = grid[i].subgridspec(2, 1, hspace=0.08, height_ratios=(1.7, 1))
        face = figure.add_subplot(inner[0])
        _face(face, row, media)
        _head(figure.add_subplot(inner[1], sharex=face), media)


def _face(axes: Axes, row: Row, media: Media) -> None:
    assert media.values is not None
    if media.samples is not None and len(media.samples):
        hop = max(1, len(media.samples) // 600)
        blocks = media.samples[: len(media.samples) // hop * hop].reshape(-1, hop)
        level = np.abs(blocks).max(1) / max(1e-3, float(np.abs(media.samples).max()))
        time = np.arange(len(level)) * hop / SAMPLE_RATE
        axes.fill_between(time, 0.5 - 0.48 * level, 0.5 + 0.48 * level, color="#e7ecf0", lw=0)
    time, pair = np.arange(len(media.values)) / media.fps, lambda name: _pair(media, name)
    curves = {"jaw": media.values[:, INDEX["jawOpen"]], "smile": pair("mouthSmile"),
              "brows": media.values[:, INDEX["browInnerUp"]] - pair("browDown"), "lids": pair("eyeBlink")}  # fmt: skip
    for name, curve in curves.items():
        axes.plot(time, curve, color=_LINES[name], lw=1.1, alpha=0.55 if name == "lids" else 1)
    lines = textwrap.wrap(row.caption or row.id, 66)
    _clean(axes, "\n".join([*lines[:1], textwrap.shorten(" ".join(lines[1:]), 66, placeholder=" …")]).rstrip())
    axes.set_title(axes.get_title("left"), loc="left", fontsize=8.2, linespacing=1.25)
    axes.set_xlim(0, max(float(time[-1]), 0.1))
    axes.set_ylim(-0.35, 1.02)
    axes.set_yticks([])
    axes.tick_params(labelbottom=False)


def _pair(media: Media, name: str) -> np.ndarray:
    assert media.values is not None
    return (media.values[:, INDEX[f"{name}Left"]] + media.values[:, INDEX[f"{name}Right"]]) / 2


def _head(axes: Axes, media: Media) -> None:
    assert media.head is not None
    degrees = np.degrees(media.head)
    time = np.arange(len(degrees)) / media.fps
    for i, colour in ((2, _HEAD["tilt"]), (1, _HEAD["turn"]), (0, _HEAD["nod"])):
        axes.plot(time, degrees[:, i], color=colour, lw=1.1)
    reach = max(6.0, float(np.abs(degrees).max()) * 1.1)
    axes.set_ylim(reach, -reach)  # down is down: the chin drops where pitch is positive
    _clean(axes, "")
    axes.axhline(0, color=RULE, lw=0.8, zorder=0)
    axes.set_yticks([])
    axes.text(0.995, 0.03, f"±{reach:.0f}°", transform=axes.transAxes, ha="right", fontsize=6.5, color=FAINT)
    axes.tick_params(axis="x", labelsize=7)
