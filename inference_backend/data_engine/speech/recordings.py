"""Recorded speech with aligned phones, drawn phrase by phrase from corpora on disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from .phones import PHONE_ID, SILENCE, Phone
from .spoken import Spoken
from .track import Track, cut, from_spoken

HELD_OUT_EVERY = 10  # every tenth recorded clip is kept for measuring
TUNING_FROM = 5  # and every tenth from this one for choosing constants: neither trained on nor reported
_LEAST_S, _MOST_S = 1.5, 8.0
LABELS = "phones.json"
_PAUSE_S = 0.12  # a silence that a phrase may end in


@dataclass(frozen=True)
class Corpus:
    """A recorded corpus: where its sounds lie inside its folder, how often it is drawn, licence and attribution."""

    inside: str
    suffix: str
    weight: float
    licence: str
    attribution: str


CORPORA = {
    "grid_s1": Corpus("audio", ".opus", 0.5, "CC-BY-4.0", "GRID corpus: Cooke, Barker, Cunningham, Shao (2006)"),
    "librispeech": Corpus("", ".opus", 0.3, "CC-BY-4.0", "LibriSpeech: Panayotov, Chen, Povey, Khudanpur (2015)"),
    "coffee_orders": Corpus("", ".opus", 0.15, "Apache-2.0", "crowd-sourced spoken coffee orders (Picovoice)"),
    "ljspeech": Corpus("", ".flac", 0.05, "public domain", "LJ Speech: Ito and Johnson (2017)"),
}


@dataclass(frozen=True)
class Phrase:
    """A stretch of a recording from start_s to end_s, with its phones in the recording's time.

    split is "train", "tune" or "measure"; text is known where the phrase is the whole recording.
    """

    corpus: str
    path: Path
    start_s: float
    end_s: float
    phones: tuple[Phone, ...]
    text: str
    split: str

    @property
    def speaker(self) -> str:
        """Name the speaker; who ordered a coffee is not known, so each order stands for itself."""
        first = self.path.stem.partition("-")[0]
        return f"{self.corpus}:{ {'grid_s1': 's1', 'ljspeech': 'LJ'}.get(self.corpus, first) }".replace(" ", "")

    def track(self) -> Track:
        """Read the sound of the phrase with its phones, from zero."""
        samples, rate = soundfile.read(self.path, dtype="float32", always_2d=True)
        whole = from_spoken(Spoken(samples.mean(axis=1), rate, list(self.phones), self.speaker))
        return cut(whole, self.start_s, min(self.end_s, whole.seconds))

    def provenance(self) -> dict[str, Any]:
        """Tell where the phrase is from, as plain values."""
        corpus = CORPORA[self.corpus]
        return {"kind": "recording", "corpus": self.corpus, "file": self.path.name, "start_s": round(self.start_s, 3),
                "end_s": round(self.end_s, 3), "attribution": corpus.attribution, "split": self.split}  # fmt: skip


class Recordings:
    """The phrases of the corpora under a folder that have phones.json; absent corpora are left out."""

    def __init__(self, folder: Path) -> None:
        self.phrases: dict[str, list[Phrase]] = {}
        for name in CORPORA:
            if (folder / name / LABELS).is_file():
                self.phrases[name] = list(phrases_of(name, folder / name))

    def __len__(self) -> int:
        """Count the phrases."""
        return sum(map(len, self.phrases.values()))

    def draw(self, rng: np.random.Generator) -> Phrase:
        """Draw a phrase of any split: a corpus by its weight, then a phrase of it evenly."""
        names = [n for n, phrases in self.phrases.items() if phrases]
        weights = np.array([CORPORA[n].weight for n in names])
        phrases = self.phrases[names[rng.choice(len(names), p=weights / weights.sum())]]
        return phrases[rng.integers(len(phrases))]


def phrases_of(corpus: str, folder: Path) -> Iterator[Phrase]:
    """Cut the recordings of a corpus's own folder into phrases, in the order of their names."""
    labels = json.loads((folder / LABELS).read_text(encoding="utf-8"))
    return _phrases(corpus, folder / CORPORA[corpus].inside, labels, _texts(folder))


def _split(index: int) -> str:
    return {0: "measure", TUNING_FROM: "tune"}.get(index % HELD_OUT_EVERY, "train")


def _texts(folder: Path) -> dict[str, str]:
    words = folder / "words.json"
    if not words.is_file():
        return {}
    rows = json.loads(words.read_text(encoding="utf-8"))
    return {
        name: " ".join(str(w[2]) for w in spans if w[2] not in ("sil", "sp", "SIL")) for name, spans in rows.items()
    }


def _phrases(corpus: str, folder: Path, labels: dict, texts: dict[str, str]) -> Iterator[Phrase]:
    for index, (name, entry) in enumerate(sorted(labels.items())):
        path = folder / f"{name}{CORPORA[corpus].suffix}"
        rows = entry["phones"] if isinstance(entry, dict) else entry
        text = entry.get("text", "") if isinstance(entry, dict) else texts.get(name, "")
        if not rows or not path.is_file():
            continue
        phones = [Phone(a, b, p if p in PHONE_ID else SILENCE) for a, b, p in rows]
        spans = list(_spans(phones))
        for start, end in spans:
            inside = tuple(p for p in phones if p.end_s > start and p.start_s < end)
            yield Phrase(corpus, path, start, end, inside, text if len(spans) == 1 else "", _split(index))


def _spans(phones: list[Phone]) -> Iterator[tuple[float, float]]:
    """Cut a recording in its pauses into stretches of a few seconds; what has no pause for too long is left out."""
    end_s = phones[-1].end_s
    pauses = [(p.start_s + p.end_s) / 2 for p in phones if p.name == SILENCE and p.end_s - p.start_s >= _PAUSE_S]
    start = 0.0
    for here, after in zip([*pauses, end_s], [*pauses[1:], end_s, end_s], strict=False):
        long_enough, last = here - start >= _LEAST_S, here == end_s
        if long_enough and (after - start > 0.75 * _MOST_S or last):
            if here - start <= 1.5 * _MOST_S:
                yield start, here
            start = here
