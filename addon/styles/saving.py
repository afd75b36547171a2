"""Save the style of the next take: at once where it is made of texts, through the model where it is not."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...inference_backend import formats, references
from ...inference_backend.contract import BackendFailed, MienError
from ...inference_backend.formats import style_file
from ...inference_backend.formats.style_file import AMOUNTS, Part, SavedStyle
from .. import chosen, generation
from ..blender_types import Context
from ..preferences import launch_of
from ..properties import settings_of
from ..service import Launch
from ..waiting import background
from ..waiting.command import Command
from . import asked, library, places
from .settings import styles_of


@dataclass(frozen=True)
class _Recipe:
    """What a style is made of, as the backend's command takes it."""

    texts: list[Part]
    references: list[tuple[Any, float]]
    files: list[tuple[Path, float]]


def save(context: Context, name: str, *, with_amounts: bool) -> None:
    """Save the settings' style under a name; one with references is there some seconds later. Raises MienError."""
    asked.check(context.scene)
    settings = settings_of(context.scene)
    amounts = {amount: getattr(settings, amount) for amount in AMOUNTS} if with_amounts else {}
    recipe = _recipe(context.scene)
    if not (recipe.references or recipe.files):
        _keep(context, SavedStyle.of_texts(name, recipe.texts, amounts))
        return
    SavedStyle.of(name, "any", np.zeros(1), [Part(1.0, text="checks the name")])
    arguments = [argument for part in recipe.texts for argument in ("--text", part.text)]
    arguments += [argument for part in recipe.texts for argument in ("--text-weight", str(part.weight))]
    for path, weight in recipe.files:
        arguments += ["--style-file", str(path), "--style-file-weight", str(weight)]
    with_files = _with_references(context, recipe)
    _make(context, name, arguments, amounts, with_files, lambda entry: None)


def read_film(context: Context, part: Any) -> None:
    """Make a saved style of a film, and mix that in place of the film. Raises MienError."""
    film = Path(bpy.path.abspath(part.path))
    if not film.is_file():
        raise MienError(f"The film {film} does not exist; choose another one.")
    arguments = ["--reference", str(film), "--reference-start-s", str(part.start_s)]
    if part.duration_s:
        arguments += ["--reference-duration-s", str(part.duration_s)]
    scene, path = context.scene.name, part.path

    def put(entry: library.Entry) -> None:
        still = bpy.data.scenes.get(scene)
        for candidate in styles_of(still).parts if still else ():
            if candidate.kind == "FILE" and candidate.path == path:
                candidate.kind, candidate.style = "STYLE", entry.style.name

    _make(context, film.stem[: style_file.MAX_NAME_CHARS], arguments, {}, lambda _: [], put)


def _recipe(scene: bpy.types.Scene) -> _Recipe:
    styles, text = styles_of(scene), settings_of(scene).style.strip()
    texts = [Part(styles.text_weight, text=text)] if text and styles.text_weight > 0 else []
    performances, files = [], []
    for part in styles.parts:
        if not part.use or part.weight <= 0:
            continue
        if part.kind == "TEXT":
            texts.append(Part(part.weight, text=part.text))
        elif part.kind == "STYLE":
            entry = places.entry(part.style)
            if entry.style.is_of_texts:
                texts += [Part(part.weight * own.weight, text=own.text) for own in entry.style.made_of]
            else:
                files.append((entry.path, part.weight))
        else:
            performances.append((part, part.weight))
    return _Recipe(texts, performances, files)


def _with_references(context: Context, recipe: _Recipe) -> Callable[[Path], list[str]]:
    """Read the performances now, since Blender's data may change; give what writes them into a folder."""
    character = chosen.character(context) if recipe.references else None
    takes = []
    for part, weight in recipe.references:
        take = asked.performed(part, context, character) if character else None
        if take is not None:
            references.check(take, part.label)
            takes.append((bpy.path.clean_name(part.label) or "performance", take, weight))

    def write(folder: Path) -> list[str]:
        arguments = []
        for number, (stem, take, weight) in enumerate(takes):
            path = folder / (f"{stem}.npz" if number == 0 else f"{stem}-{number + 1}.npz")
            formats.write(take, path)
            arguments += ["--reference", str(path), "--reference-weight", str(weight)]
        return arguments

    return write


def _make(
    context: Context,
    name: str,
    arguments: list[str],
    amounts: Mapping[str, float],
    write: Callable[[Path], list[str]],
    then: Callable[[library.Entry], None],
) -> None:
    """Let the backend's command mix a style in the background; save it and go on when it is done."""
    launch = launch_of(context)
    if not isinstance(launch, Launch):
        raise BackendFailed(
            "A style with a performance in it is made on this machine; choose Built-in or Own Python in Mien's "
            "preferences while you save it."
        )
    folder = tempfile.TemporaryDirectory(prefix="mien_", ignore_cleanup_errors=True)
    made = Path(folder.name, f"made{style_file.EXTENSION}")
    arguments = ["style", "save", str(made), "--name", name, *arguments, *write(Path(folder.name))]

    def done() -> None:
        try:
            style = dataclasses.replace(style_file.read(made), amounts=dict(amounts))
        finally:
            folder.cleanup()
        then(_keep(bpy.context, style))

    background.run(context, Command(launch, arguments), f"Making the style '{name}'", done)


def _keep(context: Context, style: SavedStyle) -> library.Entry:
    library.save(style, places.own_folder())
    generation.show(context, None, f"The style '{style.name}' is saved.")
    return places.entry(style.name)
