"""Control: intensity by words and by the slider, the size of a prompt's effect, one word changed, other seeds."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ...contract import CHANNELS, HEAD, INDEX, Take, region
from ...data_engine.procedural.emotions import EMOTIONS
from ...data_engine.prompts.prompt import Attributes
from ...data_engine.prompts.words import INTENSITIES
from . import curves, lines
from .performances import EIGHT, act
from .stage import Stage
from .system import Line, System, perform

REGIONS = ("lips", "upper", "gaze", "blinks", "head")
WORDS = ("faint", "slight", "moderate", "strong", "extreme")
SLIDER = (0.0, 0.5, 1.0, 1.5, 2.0)
EFFECTS = ("strong happy", "strong sad", "strong angry", "surprised", "weary", "disgusted", "nods", "neutral")
SWAPS = (
    ("a man speaks with a happy expression", "a man speaks with a sad expression", "upper"),
    ("a woman speaks with a slight angry expression", "a woman speaks with an extreme angry expression", "upper"),
    ("she is calm and looks up", "she is calm and looks down", "gaze"),
    ("he speaks, looking forward", "he speaks, looking aside", "gaze"),
    ("she speaks and nods her head", "she speaks and tilts her head", "head"),
    ("calm, blinking a lot", "calm, blinking rarely", "blinks"),
    ("a woman speaks happily", "a man speaks happily", ""),
)
_COLUMNS = {name: [i for i, c in enumerate(CHANNELS) if region(c) == name] for name in REGIONS[:-1]} | {
    "head": [len(CHANNELS) + i for i in range(len(HEAD))]
}


def intensity(system: System, stage: Stage) -> dict:
    """Rank correlation of the level asked for, by words and by the slider, with how much of it shows.

    What shows is the mean of the upper face, and ("own") of the channels of the teacher's prototype of the emotion.
    """
    line, found = lines.one(), {}
    for emotion in EIGHT:
        by_words = [perform(system, line, f"{_article(word)} {word} {emotion} expression") for word in WORDS]
        by_slider = [perform(system, line, f"{_article(emotion)} {emotion} expression", strength=s) for s in SLIDER]
        levels = [INTENSITIES[word].level for word in WORDS]
        acted = [
            act(line, Attributes(emotion=emotion, intensity=w, level=v), 3) for w, v in zip(WORDS, levels, strict=True)
        ]
        found[emotion] = {
            "words": _rank(levels, [t.values for t in by_words], "upper"),
            "words_own": _rank(levels, [t.values for t in by_words], emotion),
            "slider": _rank(SLIDER, [t.values for t in by_slider], "upper"),
            "slider_own": _rank(SLIDER, [t.values for t in by_slider], emotion),
            "teacher_words": _rank(levels, acted, "upper"),
            "teacher_words_own": _rank(levels, acted, emotion),
            "curve_words": [round(_shown(t.values, emotion), 4) for t in by_words],
            "curve_slider": [round(_shown(t.values, emotion), 4) for t in by_slider],
        }
        stage.told("intensity", len(found), len(EIGHT))
    keys = [k for k in found[EIGHT[0]] if not k.startswith("curve")]
    least = {k: min(row[k] for row in found.values()) for k in keys}
    mean = {k: round(float(np.mean([row[k] for row in found.values()])), 4) for k in keys}
    return {"emotions": found, "least": least, "mean": mean}


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _rank(levels, motions, what: str) -> float:
    return round(curves.spearman(np.array(levels), np.array([_shown(m, what) for m in motions])), 4)


def _shown(motion: np.ndarray, what: str) -> float:
    """Mean over time of the upper face, or of an emotion's own channels."""
    if what == "upper":
        return float(motion[:, _COLUMNS["upper"]].mean())
    units = EMOTIONS[what].units
    names = [n for unit in units for n in ((unit,) if unit in INDEX else (f"{unit}Left", f"{unit}Right"))]
    return float(motion[:, [INDEX[n] for n in names]].mean())


def effects(system: System, stage: Stage) -> dict:
    """Distance of two prompts' mean faces in units of the spread over seeds, and how much seeds differ."""
    line, seeds = lines.one(), stage.some(4, 3)
    takes = {p: [_motion(perform(system, line, p, s)) for s in range(seeds)] for p in EFFECTS}
    means = {p: np.stack([m[:, : len(CHANNELS)].mean(0) for m in row]) for p, row in takes.items()}
    within = np.sqrt(np.mean([((m - m.mean(0)) ** 2).sum(1).mean() * seeds / (seeds - 1) for m in means.values()]))
    faces = [p for p in EFFECTS if p != "nods"]  # whose face is neutral
    pairs = {f"{a} / {b}": round(float(np.linalg.norm(means[a].mean(0) - means[b].mean(0)) / within), 2)
             for a, b in combinations(faces, 2)}  # fmt: skip
    acted = _teachers(line)
    natural = np.sqrt(np.var([m[:, : len(CHANNELS)].mean(0) for m in acted], axis=0, ddof=1).sum())
    return {
        "within_std": round(float(within), 4),
        "least": min(pairs.values()),
        "least_by_teachers_std": round(min(pairs.values()) * float(within / natural), 2),
        "median": round(float(np.median(list(pairs.values()))), 2),
        "pairs": pairs,
        "diversity": {r: round(float(np.mean([_apart(row, r) for row in takes.values()])), 5) for r in REGIONS},
        "teacher_diversity": {r: round(_apart(acted, r), 5) for r in REGIONS},
    }


def _apart(motions: list[np.ndarray], where: str) -> float:
    """Mean absolute difference of motions of one prompt, over pairs, frames and a region's columns."""
    columns = _COLUMNS[where]
    return float(np.mean([np.abs(a[:, columns] - b[:, columns]).mean() for a, b in combinations(motions, 2)]))


def swaps(system: System, stage: Stage) -> list[dict]:
    """Change one word: how far each region's mean and spread move, in units of the teacher's own spread over seeds."""
    line, seeds, table = lines.one(), stage.some(3, 2), []
    spread = {where: _spread(_teachers(line), where) for where in REGIONS}
    for before, after, expected in SWAPS[: stage.some(len(SWAPS), 3)]:
        a, b = ([_motion(perform(system, line, text, s)) for s in range(seeds)] for text in (before, after))
        moved = {
            w: round(float(np.linalg.norm(_rows(a, w).mean(0) - _rows(b, w).mean(0))) / spread[w], 2) for w in REGIONS
        }
        table.append({"before": before, "after": after, "named": expected or "none", **moved})
        stage.told("swaps", len(table), len(SWAPS))
    return table


def _teachers(line: Line, count: int = 6) -> list[np.ndarray]:
    """Act one line in one mood as the teacher does, some times: by their spread changes are measured."""
    return [act(line, Attributes(emotion="happy", level=0.6), seed) for seed in range(count)]


def _rows(motions: list[np.ndarray], where: str) -> np.ndarray:
    """Mean and standard deviation over time of a region's columns, a row for each motion."""
    return np.array([np.concatenate([m[:, _COLUMNS[where]].mean(0), m[:, _COLUMNS[where]].std(0)]) for m in motions])


def _spread(motions: list[np.ndarray], where: str) -> float:
    rows = _rows(motions, where)
    return float(np.sqrt(((rows - rows.mean(0)) ** 2).sum(1).sum() / (len(rows) - 1)))


def _motion(take: Take) -> np.ndarray:
    return np.concatenate([take.values, take.head], 1)
