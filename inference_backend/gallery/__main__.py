"""Plan the gallery, make its sounds and takes, and write its page: what `build.py gallery` calls.

`plan` writes plan.json, a list of jobs for the renderer, and the takes of those that have no film yet; `page` writes
index.html for the films that are there.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import zip_longest
from pathlib import Path

from ..contract import MienError
from . import page, prompts, sections
from .clip import Section

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run one of the two; return the exit status."""
    options = _parse()
    try:
        chosen = _chosen(options.only, sections.plan(prompts.read(prompts.shared_data(ROOT)), options.most))
        if options.command == "plan":
            _plan(chosen, options)
        else:
            written = page.write(chosen, options.out, options.look, partial=bool(options.only))
            print(f"{written}: {len(chosen)} sections", flush=True)
    except MienError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["plan", "page"])
    parser.add_argument("--out", type=Path, required=True, help="the gallery's folder")
    parser.add_argument("--work", type=Path, help="a folder for sounds and takes")
    parser.add_argument("--look", default="", help="what the films look like, as a word: another one is another film")
    parser.add_argument("--fps", type=float, default=25.0)
    parser.add_argument("--most", type=int, default=6, help="clips a section")
    parser.add_argument("--only", action="append", help="only this section")
    return parser.parse_args()


def _chosen(keys: list[str] | None, planned: list[Section]) -> list[Section]:
    known = [section.key for section in planned]
    if wrong := [key for key in keys or [] if key not in known]:
        raise MienError(f"The gallery has no section {wrong[0]}; it has {', '.join(known)}.")
    return [section for section in planned if not keys or section.key in keys]


def _plan(chosen: list[Section], options: argparse.Namespace) -> None:
    from . import performances  # it loads the runtime

    options.work.mkdir(parents=True, exist_ok=True)
    stage, jobs = performances.Stage(options.fps), []
    # The first of each section, then the second: a run that is stopped leaves something of everything.
    turns = [clip for turn in zip_longest(*(section.clips for section in chosen)) for clip in turn if clip]
    clips = {clip.name(options.look): clip for clip in turns}
    for name, clip in clips.items():
        film = options.out / page.FILMS / f"{name}.mp4"
        if film.exists():
            continue
        wav, npz = stage.prepare(clip, options.work, name)
        jobs.append({"film": str(film), "sound": str(wav), "take": str(npz), "member": clip.member})
    (options.work / "plan.json").write_text(json.dumps(jobs, indent=1), encoding="utf-8")
    print(f"{len(clips)} films, {len(jobs)} to render", flush=True)


if __name__ == "__main__":
    sys.exit(main())
