"""The ablation's table as a picture: a row for each model, a column of bars for each measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Measure -> its title, and whether more of it is better.
COLUMNS = {
    "aperture_r": ("aperture r\n(captured)", True),
    "closed": ("p b m closed", True),
    "false_closures": ("false closures", False),
    "taught_words": ("emotion read,\ntaught words", True),
    "unheard_words": ("emotion read,\nunheard words", True),
    "upper_motion": ("upper face\nmotion / teacher", True),
    "upper_jitter": ("upper face\njitter", False),
}
GROUPS = ("all", "data", "conditioning", "scale", "steps", "systems")


def draw(report: dict[str, Any], path: Path) -> None:
    """Draw the rows of a report group by group, the plain variant's value as a line through all."""
    from matplotlib.figure import Figure

    rows = [row for group in GROUPS for row in report["rows"] if row["group"] == group]
    if not rows:
        return
    labels = [
        f"{row['name']} step{'s' * (row['name'] != '1')}" if row["group"] == "steps" else row["name"] for row in rows
    ]
    figure = Figure(figsize=(3.2 + 1.35 * len(COLUMNS), 1.1 + 0.27 * len(rows)), layout="constrained")
    axes = figure.subplots(1, len(COLUMNS), sharey=True)
    plain = next((row for row in rows if row["group"] == "all"), {})
    for axis, (key, (title, is_more_better)) in zip(axes, COLUMNS.items(), strict=True):
        values = [row.get(key) for row in rows]
        colours = [f"C{GROUPS.index(row['group'])}" for row in rows]
        axis.barh(range(len(rows)), [v or 0.0 for v in values], color=colours)
        for at, value in enumerate(values):
            axis.text(0, at, " -" if value is None else f" {value:.2f}", va="center", fontsize=7)
        if plain.get(key) is not None:
            axis.axvline(plain[key], color="0.3", linewidth=0.8, linestyle=":")
        axis.set_xlim(0, 1.1 * max([v or 0.0 for v in values] + [0.1]))
        axis.set_title(f"{title} {'↑' if is_more_better else '↓'}", fontsize=8)
        axis.tick_params(labelsize=7)
        axis.set_yticks(range(len(rows)), labels)
    axes[0].invert_yaxis()
    figure.savefig(path, dpi=80)
