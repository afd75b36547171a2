"""The gallery's page: one HTML file beside its films, which plays them side by side, also from file://."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from ..data_engine.clip import replace_text
from .clip import OURS, Clip, Section

FILMS = "films"
TITLE = "Mien: the gallery"
_LEAD = (
    "Speech and a line of style text become ARKit curves and head rotation. All faces here are keyed by the curves "
    "alone, in Blender; all sounds are synthesized."
)
_KEYS = "Space plays a film, P its whole row at once, M hears another of the row, arrows move, Escape stops."
_LIMITS = (
    "Prompts are read for feeling, strength, delivery, gaze, head and a few details; what else they say is not acted.",
    "Levels lie near each other where a face speaks: a slight anger is less than a strong one, but not by much.",
    "A smile or a sob is on the face alone: the sound stays, and laughter that is not heard is not laughed.",
    "Music moves the mouth where it is sung; how the head goes with a beat is faint.",
    "Voices here are synthesizers', with less expression than a speaker's; so there is less to follow.",
    "Characters are game characters: hair does not swing, skin does not fold, tears do not fall.",
)
_STYLE = """
:root { color-scheme: dark; --back: #14171b; --card: #1d2228; --line: #343c45; --text: #e9ecef; --faint: #9aa5b1;
  --accent: #e8a87c; }
body { margin: 0 auto; max-width: 1320px; padding: 40px 24px 96px; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 34px; margin: 0 0 8px; letter-spacing: -.01em; } h2 { font-size: 21px; margin: 0; }
p { max-width: 78ch; margin: 6px 0 0; color: var(--faint); } a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 20px 0 0; font-size: 14px; }
section { margin: 52px 0 0; } header { display: flex; align-items: baseline; gap: 16px; }
.row { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 16px; margin: 16px 0 0; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden;
  outline: none; cursor: pointer; }
figure:focus-visible { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
video { display: block; width: 100%; aspect-ratio: 1; background: #555b63; }
figcaption { padding: 10px 12px 12px; font-size: 14px; } figcaption b { display: block; color: var(--accent); }
figure.heard b::after, figure.heard:not(:has(b)) figcaption::after { content: " ♪"; color: var(--accent); }
small { color: var(--faint); } kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; }
button { font: inherit; font-size: 14px; color: var(--text); background: var(--card); border: 1px solid var(--line);
  border-radius: 999px; padding: 3px 14px; cursor: pointer; } button:hover, button:focus-visible {
  border-color: var(--accent); outline: none; }
li { max-width: 78ch; margin: 6px 0; color: var(--faint); }
"""
_SCRIPT = """
const figures = [...document.querySelectorAll('figure')];
const film = figure => figure.querySelector('video');
const rowOf = figure => [...figure.closest('section').querySelectorAll('figure')];
const stop = () => figures.forEach(figure => { film(figure).pause(); figure.classList.remove('heard'); });
function hear(figure) {
  for (const other of rowOf(figure)) {
    film(other).muted = other !== figure;
    other.classList.toggle('heard', other === figure);
  }
}
function toggle(figure) {
  const playing = !film(figure).paused;
  stop();
  if (playing) return;
  hear(figure);
  film(figure).play();
}
function together(figure) {
  const row = rowOf(figure);
  stop();
  row.forEach(other => { film(other).currentTime = 0; });
  hear(figure);
  row.forEach(other => film(other).play());
}
function step(figure, by) {
  const next = figures[figures.indexOf(figure) + by];
  if (next) next.focus();
}
figures.forEach(figure => figure.addEventListener('click', () => { figure.focus(); toggle(figure); }));
document.querySelectorAll('button').forEach(button => button.addEventListener('click', () => {
  together(button.closest('section').querySelector('figure'));
}));
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const figure = event.target.closest('figure');
  if (event.key === 'Escape') return stop();
  if (event.target.tagName === 'BUTTON' && (event.key === ' ' || event.key === 'Enter')) return;
  const at = figure || figures[0];
  const act = {
    ' ': () => toggle(at), Enter: () => toggle(at), p: () => together(at), P: () => together(at),
    ArrowRight: () => step(at, 1), ArrowLeft: () => step(at, -1),
    m: () => { const row = rowOf(at); const now = row.findIndex(other => other.classList.contains('heard'));
      hear(row[(now + 1) % row.length]); },
  }[event.key];
  if (!act || !figure && event.key === ' ') return;
  event.preventDefault();
  act();
});
"""


def write(sections: Sequence[Section], folder: Path, look: str, *, partial: bool = False) -> Path:
    """Write index.html for the films that are in the folder; a whole one also deletes films that no clip asks for."""
    shown = [(section, _there(section, folder, look)) for section in sections]
    body = "".join(_section(section, films) for section, films in shown if films)
    links = "".join(f'<a href="#{section.key}">{html.escape(section.title)}</a>' for section, films in shown if films)
    limits = "".join(f"<li>{html.escape(line)}</li>" for line in _LIMITS)
    path = folder / "index.html"
    replace_text(
        path,
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{TITLE}</h1><p>{_LEAD}</p><p><small>{_KEYS}</small></p><nav>{links}</nav>{body}"
        f"<section><header><h2>Limitations</h2></header><ul>{limits}</ul></section>"
        f"<script>{_SCRIPT}</script></body></html>\n",
    )
    if not partial:
        _sweep(folder / FILMS, {film.name for _, films in shown for _, film in films})
    return path


def _there(section: Section, folder: Path, look: str) -> list[tuple[Clip, Path]]:
    films = [(clip, folder / FILMS / f"{clip.name(look)}.mp4") for clip in section.clips]
    return [(clip, film) for clip, film in films if film.exists()]


def _sweep(films: Path, wanted: set[str]) -> None:
    for film in films.glob("*.mp4"):
        if film.name not in wanted:
            film.unlink()


def _section(section: Section, films: list[tuple[Clip, Path]]) -> str:
    figures = "".join(_figure(clip, film) for clip, film in films)
    play = "<button>Play all at once</button>" if section.together and len(films) > 1 else ""
    return (
        f'<section id="{section.key}"><header><h2>{html.escape(section.title)}</h2>{play}</header>'
        f"<p>{html.escape(section.text)}</p><div class=row>{figures}</div></section>"
    )


def _figure(clip: Clip, film: Path) -> str:
    heading = f"<b>{html.escape(clip.heading)}</b>" if clip.heading else ""
    caption = html.escape(clip.caption or (clip.style if clip.by == OURS else ""))
    said = html.escape(clip.caption or clip.heading or clip.style)
    return (
        f'<figure tabindex=0 aria-label="{said}"><video src="{FILMS}/{film.name}#t=0.6" preload=metadata loop '
        f"playsinline></video><figcaption>{heading}{caption}</figcaption></figure>"
    )
