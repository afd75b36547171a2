"""The page: the overview with tables, prompts, sounds and stills in one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path

import soundfile

from ...generator.features import SAMPLE_RATE
from ..clip import replace_text
from .rows import Row
from .tally import Group, Tally

_HEARD_S = 8.0  # of each sound; a page stays under about a megabyte
_TITLES = {"source": "Source", "speakers": "Speakers", "language": "Language", "vocal": "Voice", "emotion": "Emotion",
           "split": "Split", "licence": "Licence"}  # fmt: skip
_STYLE = """
:root { color: #22303c; background: #f4f6f8; font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
body { max-width: 1500px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 28px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 40px 0 12px; } p { margin: 0 0 16px; }
.faint { color: #7b8794; } .out { color: #b4502f; }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0; }
.tile { background: white; border-radius: 10px; padding: 14px 22px; min-width: 96px; box-shadow: 0 1px 2px #22303c1f; }
.tile b { display: block; font-size: 24px; line-height: 1.2; color: #3d8fb3; }
.card { background: white; border-radius: 10px; padding: 16px 20px; box-shadow: 0 1px 2px #22303c1f; }
.card { overflow: auto; } .columns .card { max-height: 420px; }
.picture { min-width: 900px; overflow: hidden; } .picture img { width: 100%; margin-top: -6.8%; } /* its own heading */
img { max-width: 100%; display: block; border-radius: 6px; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 16px; align-items: start; }
.cards { align-items: stretch; } .cards .card { display: flex; flex-direction: column; max-height: none; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; border-bottom: 1px solid #d9e0e6; padding: 4px 0; }
td { border-bottom: 1px solid #eef1f4; padding: 4px 0; vertical-align: top; } tr:last-child td { border: 0; }
.n { text-align: right; font-variant-numeric: tabular-nums; padding-left: 16px; white-space: nowrap; }
ul { margin: 0; padding-left: 18px; columns: 2 380px; column-gap: 40px; } li { margin: 0 0 6px; break-inside: avoid; }
audio { width: 100%; height: 36px; margin-top: auto; padding-top: 8px; flex: none; box-sizing: content-box; }
"""


def write(total: Tally, title: str, picture: Path, path: Path) -> Path:
    """Write the page of a tally around its picture."""
    tables = [_groups(_TITLES[name], rows) for name, rows in total.groups.items() if rows]
    rejects = [(reason, f"{count:,}") for reason, count in total.rejects.most_common()]
    sounds = [card for card in map(_sound, total.samples) if card]
    stills = [card for card in map(_still, total.films) if card]
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f"<div class=tiles>{''.join(_tile(*t) for t in _tiles(total))}</div>",
        f"<div class=card><div class=picture>{_image(picture.read_bytes(), 'image/png', 'Overview')}</div></div>",
        _section("Listen", f'<div class="columns cards">{"".join(sounds)}</div>' if sounds else ""),
        _section("Films", f'<div class="columns cards">{"".join(stills)}</div>' if stills else ""),
        _section("Prompts", _prompts(total.prompts)),
        _section(
            "Left out, and why", f"<div class=card>{_table(('reason', 'clips'), rejects)}</div>" if rejects else ""
        ),
        _section("Totals", f"<div class=columns>{''.join(tables)}</div>" if tables else ""),
    ]
    head = f"<title>{html.escape(title)}</title><style>{_STYLE}</style>"
    view = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    body = "".join(parts)
    replace_text(path, f'<!doctype html><html lang="en"><head>{view}{head}</head><body>{body}</body></html>\n')
    return path


def _tiles(total: Tally) -> list[tuple[str, str]]:
    languages = len(set(total.groups["language"]) - {"none"})
    counts = {"clips": total.clips, "speakers": len(total.speakers), "languages": languages, "left out": total.rejected}
    length = (f"{total.hours:,.2f}", "hours") if total.hours >= 0.1 else (f"{total.hours * 60:.1f}", "minutes")
    return [length, *((f"{count:,}", what) for what, count in counts.items())]


def _tile(number: str, what: str) -> str:
    return f"<div class=tile><b>{number}</b>{what}</div>"


def _section(title: str, body: str) -> str:
    return f"<h2>{title}</h2>{body}" if body else ""


def _groups(title: str, rows: dict[str, Group]) -> str:
    ordered = sorted(rows.items(), key=lambda item: (-item[1].hours, -item[1].clips, item[0]))
    cells = [(name, f"{group.clips:,}", f"{group.hours:.2f}") for name, group in ordered]
    return f"<div class=card>{_table((title, 'clips', 'hours'), cells)}</div>"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    line = lambda tag, cells: "<tr>" + "".join(  # noqa: E731
        f"<{tag}{' class=n' if i else ''}>{html.escape(cell)}</{tag}>" for i, cell in enumerate(cells)
    ) + "</tr>"  # fmt: skip
    return f"<table>{line('th', head)}{''.join(line('td', row) for row in rows)}</table>"


def _prompts(prompts: list[str]) -> str:
    items = "".join(f"<li>{html.escape(prompt)}</li>" for prompt in prompts)
    return f"<div class=card><ul>{items}</ul></div>" if prompts else ""


def _sound(row: Row) -> str:
    samples = row.media().samples
    if samples is None or not len(samples):
        return ""
    file = io.BytesIO()
    soundfile.write(file, samples[: round(_HEARD_S * SAMPLE_RATE)], SAMPLE_RATE, format="MP3")
    said = ", ".join(filter(None, (row.attributes.vocal, row.speaker, row.language)))
    return (f"<div class=card>{html.escape(row.caption or row.id)}<small class=faint>{html.escape(said)}</small>"
            f'<audio controls preload="none" src="{_data(file.getvalue(), "audio/mpeg")}"></audio></div>')  # fmt: skip


def _still(row: Row) -> str:
    picture = _middle_frame(row.video)
    if picture is None:
        return ""
    said, of = row.rejected or row.caption or row.id, " class=out" if row.rejected else ""
    return f"<div class=card>{_image(picture, 'image/jpeg')}<small{of}>{html.escape(said)}</small></div>"


def _middle_frame(video: Path | None) -> bytes | None:
    """JPEG of the frame in the middle of a film; None where none can be read."""
    try:
        import av.error
    except ImportError:
        return None
    if video is None:
        return None
    try:
        with av.open(str(video)) as film:
            stream = film.streams.video[0]
            if stream.duration:
                film.seek(stream.duration // 2, stream=stream)
            image = next(film.decode(stream)).to_image()
    except (av.error.FFmpegError, OSError, IndexError, StopIteration):  # broken films are part of what is inspected
        return None
    image.thumbnail((480, 360))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def _image(content: bytes, kind: str, alt: str = "") -> str:
    return f'<img alt="{alt}" src="{_data(content, kind)}">'


def _data(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
