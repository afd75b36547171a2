"""The folder teacher: films that are there already, of any model or camera, with a table of their prompts."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...contract import BadSound, MienError
from ...generator import sound as sounds
from ..clip import SILENT, Clip, write_sound
from ..prompts.prompt import Attributes, Prompt
from ..prompts.words import ABSENT_LEVEL, INTENSITIES
from ..reconstruction import frames
from ..reconstruction.frames import BadVideo
from ..reconstruction.resting import AT_REST, FACE
from ..stage import CLIPS_PER_PART

NEEDED = ("file", "prompt")
_ATTRIBUTES = ("subject", "emotion", "intensity", "delivery", "gaze", "head", "vocal", "detail", "blend")
_NO = ("", "no", "n", "0", "false")


class BadTable(MienError):
    """The table of films cannot be used."""

    kind = "bad_table"


@dataclass(frozen=True)
class FolderConfig:
    """The CSV of films: columns `file` (a path, from the CSV's folder on) and `prompt`, and optional ones.

    Those are subject, emotion, intensity and the other attributes, text (the words spoken), licence, speaker, language,
    sound (a sound file instead of the film's own, such as the speech that drove the film), and rest (yes where the
    speaker does nothing in the film, so that the resting face is measured there; such a film has no sound).
    """

    csv: str


class Folder:
    """Takes up the films of a table; a film that cannot be read is a rejected clip, and the others go on."""

    name = "folder"

    def __init__(self, config: FolderConfig | Path | str):
        self._csv = Path(config.csv if isinstance(config, FolderConfig) else config)

    def clips(self) -> Iterator[Clip]:
        """Give a clip a row, in their order; sounds lie in a temporary folder until CLIPS_PER_PART more were asked for.

        Raises BadTable where there is no such table, or it lacks a column.
        """
        return _Clips(self, self._rows())

    def _rows(self) -> list[dict[str, str]]:
        try:
            text = self._csv.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise BadTable(f"The table {self._csv} cannot be read ({error.strerror}); check its path.") from error
        except UnicodeDecodeError as error:
            raise BadTable(f"The table {self._csv.name} is not text in UTF-8; save it as CSV in UTF-8.") from error
        head = text.partition("\n")[0]
        mark = max(",;\t", key=head.count)
        try:
            table = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, restval="", skipinitialspace=True)
            columns = [(name or "").strip().lower() for name in table.fieldnames or ()]
            table.fieldnames = columns
            rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in table]
        except csv.Error as error:
            raise BadTable(f"The table {self._csv.name} is not a CSV file ({error}).") from error
        for needed in NEEDED:
            if needed not in columns:
                raise BadTable(f"The table {self._csv.name} has no column `{needed}`; add it (needed: file, prompt).")
        return rows

    def clip(self, number: int, row: dict[str, str], scratch: Path) -> Clip:
        """Take up one film; its sound is written into the scratch folder."""
        film = self._csv.parent / row["file"]
        clip = Clip(
            _id(number, row),
            Prompt(row["prompt"], _attributes(row), "given"),
            text=row.get("text", ""),
            speaker=row.get("speaker", "") or self._csv.stem,
            language=row.get("language", ""),
            licence=row.get("licence", "") or row.get("license", ""),
            provenance={"teacher": self.name, "file": row["file"], "table": self._csv.name, **_face(row)},
        )
        if not row["file"]:
            return clip.replace(rejected=f"Row {number + 2} of {self._csv.name} names no file.")
        if not row["prompt"]:
            return clip.replace(rejected=f"Row {number + 2} of {self._csv.name} has no prompt.")
        try:
            length_s = frames.check(film)
            sound = self._sound(row, film, scratch / f"{clip.id}.flac")
        except (BadVideo, BadSound) as error:
            return clip.replace(rejected=str(error))
        notes = () if sound else (SILENT,)
        return clip.replace(video=film, sound=sound, duration_s=length_s, notes=notes)

    def _sound(self, row: dict[str, str], film: Path, flac: Path) -> Path | None:
        """Write the film's sound, or that of the file which the row names; None where there is neither."""
        named = row.get("sound", "")
        if _is_at_rest(row) or (not named and not frames.has_sound(film)):
            return None
        return write_sound(sounds.read(self._csv.parent / named if named else film).samples, flac)


class _Clips(Iterator[Clip]):
    """Clips made when asked for; whoever writes a part does so after its last one, and still needs all their sounds."""

    def __init__(self, folder: Folder, rows: list[dict[str, str]]):
        self._scratch = tempfile.TemporaryDirectory(prefix="mien-films-")
        self._kept: deque[Path | None] = deque()
        self._made = (folder.clip(number, row, Path(self._scratch.name)) for number, row in enumerate(rows))

    def __next__(self) -> Clip:
        clip = next(self._made)
        self._kept.append(clip.sound)
        if len(self._kept) > CLIPS_PER_PART and (sound := self._kept.popleft()) is not None:
            sound.unlink()
        return clip


def _id(number: int, row: dict[str, str]) -> str:
    """Name a clip after its file; the number and the hash tell apart what has one name."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", Path(row["file"]).stem).strip("-")[:40] or "film"
    digest = hashlib.sha256(f"{row['file']}\n{row['prompt']}".encode()).hexdigest()[:8]
    return f"{stem}-{digest}-{number:06d}"


def _face(row: dict[str, str]) -> dict[str, object]:
    """Note who is seen, where the row says it, and that this is how the person looks at rest."""
    named: dict[str, object] = {FACE: row["speaker"]} if row.get("speaker") else {}
    return {**named, AT_REST: True} if _is_at_rest(row) else named


def _is_at_rest(row: dict[str, str]) -> bool:
    return row.get("rest", "").lower() not in _NO


def _attributes(row: dict[str, str]) -> Attributes:
    given = {name: row[name] for name in _ATTRIBUTES if row.get(name)}
    known = INTENSITIES.get(given.get("intensity", ""))
    return Attributes(**{"level": known.level if known else ABSENT_LEVEL, **given})
