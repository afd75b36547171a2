"""The page: bars, tables and plots of an evaluation in one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any

from ...data_engine.clip import replace_text
from . import plots

_STYLE = """
:root { color: #22303c; background: #f4f6f8; font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
body { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 40px 0 10px; }
h3 { font-size: 15px; margin: 0 0 8px; }
.faint { color: #7b8794; } .missed { color: #a33b12; } .met { color: #2c7a4b; }
.card { background: white; border-radius: 10px; padding: 14px 20px; margin: 0 0 16px; overflow-x: auto;
  box-shadow: 0 1px 2px #22303c1f; }
img { max-width: 100%; display: block; }
table { border-collapse: collapse; font-size: 14px; width: 100%; }
th { text-align: left; font-weight: 600; border-bottom: 1px solid #d9e0e6; padding: 4px 14px 4px 0; }
td { border-bottom: 1px solid #eef1f4; padding: 4px 14px 4px 0; vertical-align: top;
  font-variant-numeric: tabular-nums; }
"""
_TITLES = {
    "captured": "Lips beside captured faces", "spoken": "Lips on held-out sentences, exact times",
    "strangers": "Lips beside captured faces of other speakers",
    "recorded": "Lips on held-out recordings, aligned times", "stillness": "Stillness",
    "matching": "Prompts and motions",
    "emotions": "Emotion probe", "intensity": "Intensity", "effects": "Prompt effect size and diversity",
    "swaps": "One word changed", "reference": "Reference transfer", "spoken under style": "Lips under strong styles",
    "captured under style": "Captured lips under strong styles", "head": "Head", "song": "Song and music",
    "manner": "Whisper, laughter, crying", "languages": "Other languages", "seams": "Seams", "speed": "Speed",
    "hour": "An hour of sound",
}  # fmt: skip
_NOT_IN_TABLES = ("confusion", "labels", "curve_words", "curve_slider", "curves")


def write(report: dict[str, Any], path: Path) -> Path:
    """Write the page of a report."""
    about = ", ".join(f"{key}: {value}" for key, value in report["about"].items())
    first = next(iter(report["systems"]), "")
    parts = [
        f"<h1>Evaluation</h1><p class=faint>{escape(about)}</p>",
        f"<h2>Bars</h2>{_card(_bars(report['bars']))}",
        *(f"<h3>{escape(title)}</h3>{_card(_picture(png))}" for title, png in plots.all_of(report, first)),
    ]
    names = [name for name in _TITLES if any(name in found for found in report["systems"].values())]
    for name in names:
        shown = {system: found[name] for system, found in report["systems"].items() if name in found}
        parts.append(f"<h2>{_TITLES[name]}</h2>{_card(_side_by_side(shown))}")
    parts.append(_left_out(report["skipped"]))
    seconds = {k: f"{v:g} s" for k, v in report["seconds"].items()}
    parts.append(f"<h2>Time taken</h2>{_card(_table(('part', 'seconds'), list(seconds.items())))}")
    head = f'<meta charset="utf-8"><title>Evaluation</title><style>{_STYLE}</style>'
    replace_text(path, f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n')
    return path


def _bars(rows: list[dict[str, Any]]) -> str:
    cells = []
    for row in rows:
        if row["measured"] is None:
            verdict = '<span class="faint">not measured</span>'
        elif row["missed_by"]:
            verdict = f'<span class="missed">missed by {row["missed_by"]:g}</span>'
        else:
            verdict = '<span class="met">met</span>'
        value = "" if row["measured"] is None else f"{row['measured']:g}"
        cells.append(
            f"<tr><td>{escape(row['bar'])}</td><td>{row['wanted']}</td><td>{value}</td><td>{verdict}</td></tr>"
        )
    return f"<table><tr><th>bar</th><th>wanted</th><th>measured</th><th></th></tr>{''.join(cells)}</table>"


def _side_by_side(shown: dict[str, Any]) -> str:
    """Table of a part: a row for each number, a column for each system."""
    if isinstance(next(iter(shown.values())), list):
        return "".join(_rows(rows) for rows in shown.values())
    flat = {system: dict(_flat(found)) for system, found in shown.items()}
    keys = list(dict.fromkeys(key for row in flat.values() for key in row))
    rows = [(key.replace("/", " / "), *(_said(row.get(key)) for row in flat.values())) for key in keys]
    return _table(("", *flat), rows)


def _rows(rows: list[dict[str, Any]]) -> str:
    return _table(tuple(rows[0]), [tuple(_said(v) for v in row.values()) for row in rows])


def _flat(found: Any, path: str = "") -> list[tuple[str, Any]]:
    if not isinstance(found, dict):
        return [(path, found)]
    return [
        pair
        for key, value in found.items()
        if key not in _NOT_IN_TABLES
        for pair in _flat(value, f"{path}/{key}".strip("/"))
    ]


def _said(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)


def _left_out(skipped: dict[str, str]) -> str:
    return f"<h2>Left out, and why</h2>{_card(_table(('part', 'reason'), list(skipped.items())))}" if skipped else ""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    line = lambda tag, cells: "<tr>" + "".join(f"<{tag}>{escape(c)}</{tag}>" for c in cells) + "</tr>"  # noqa: E731
    return f"<table>{line('th', head)}{''.join(line('td', row) for row in rows)}</table>"


def _card(body: str) -> str:
    return f"<div class=card>{body}</div>"


def _picture(png: bytes) -> str:
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
