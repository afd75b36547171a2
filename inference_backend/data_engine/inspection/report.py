"""The report of a folder: text for the terminal, overview.png and overview.html."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...contract import MienError
from . import page
from .rows import left_out, rows, stage_name
from .tally import Tally, tally


@dataclass(frozen=True)
class Report:
    """What was found, as text and as files."""

    total: Tally
    text: str
    picture: Path
    page: Path


class NotDrawn(MienError):
    """The overview cannot be written."""

    kind = "not_drawn"


def inspect(folder: Path, out: Path) -> Report:
    """Count a stage's folder or a folder of shards and draw it into `out`; raises NothingThere and NotDrawn."""
    from . import overview  # matplotlib, which only who draws needs

    total = tally(rows(folder))
    total.rejects.update(left_out(folder))
    title, text = _title(folder), _text(total)
    try:
        out.mkdir(parents=True, exist_ok=True)
        picture = overview.draw(total, title, out / "overview.png")
        html = page.write(total, title, picture, out / "overview.html")
    except OSError as error:
        raise NotDrawn(
            f"The overview cannot be written into {out}: {error.strerror}; choose another folder."
        ) from error
    return Report(total, text, picture, html)


def _title(folder: Path) -> str:
    name, stage = folder.resolve().name, stage_name(folder)
    if stage == "pack":  # its folder is called shards, most times; the corpus has a name
        return f"{folder.resolve().parent.name} · {name}"
    return name if stage in ("", name) else f"{name} · {stage}"


def _text(total: Tally) -> str:
    """Totals in lines, widest groups first."""
    lines = [f"{total.clips:,} clips, {total.hours:.2f} hours, {len(total.speakers):,} speakers, "
             f"{total.rejected:,} left out"]  # fmt: skip
    titles = {"split": "split", "source": "source", "speakers": "speakers", "language": "language", "vocal": "voice",
              "emotion": "emotion"}  # fmt: skip
    for name, title in titles.items():
        groups = sorted(total.groups[name].items(), key=lambda item: (-item[1].clips, item[0]))
        if groups:
            lines += ["", f"{title:<28}{'clips':>9}{'hours':>10}"]
            lines += [f"  {value[:25]:<26}{group.clips:>9,}{group.hours:>10.2f}" for value, group in groups]
    if total.rejects:
        lines += ["", "left out"]
        lines += [f"  {count:>7,}  {reason}" for reason, count in total.rejects.most_common()]
    return "\n".join(lines)
