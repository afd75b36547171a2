"""Captured faces: the mouth and the head beside those that really spoke, on clips left out of training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ...contract import INDEX, region
from ...data_engine.captures import LIVE, LIVE_LIPS, Captures
from ...data_engine.speech.phones import PHONE_ID, SILENCE, Phone
from ...data_engine.speech.recordings import HELD_OUT_EVERY
from ...data_engine.speech.track import Track
from ...generator import sound
from ...generator.aperture import aperture
from . import curves, head
from .lips import Contacts, contacts
from .stage import Skipped, Stage
from .system import FPS, Line, System, perform

_REACH = 10  # frames: 200 ms
_SOUND_REACH = 20
_DRAWN = 4  # clips whose curves the report shows
STRONG = ("strong happy", "strong sad", "strong angry", "surprised")
_LIPS = [INDEX[name] for name in LIVE_LIPS]
_UPPER = [INDEX[name] for name in LIVE if region(name) == "upper"]


def clips(stage: Stage) -> tuple[Captures, dict[str, Line]]:
    """Held-out clips of the folder of captured faces, with their phones; raises Skipped."""
    folder = stage.recordings / "grid_s1" if stage.recordings else None
    if folder is None or not (folder / "curves.npz").is_file():
        raise Skipped("captured faces are absent: give --recordings a folder with grid_s1")
    if "captured" not in stage.prepared:
        captures = Captures(folder / "curves.npz")
        names = sorted(captures.clips)[:: HELD_OUT_EVERY * stage.some(1, 7)]
        stage.prepared["captured"] = captures, {name: _line(folder, name) for name in names}
    return stage.prepared["captured"]


def _line(folder: Path, name: str) -> Line:
    labels = (
        json.loads((folder / "phones.json").read_text(encoding="utf-8")) if (folder / "phones.json").exists() else {}
    )
    entry = labels.get(name, [])
    rows = entry["phones"] if isinstance(entry, dict) else entry
    phones = [Phone(a, b, p if p in PHONE_ID else SILENCE) for a, b, p in rows]
    return Line(Track(sound.read(folder / "audio" / f"{name}.opus").samples, phones), "grid_s1")


def measure(system: System, stage: Stage) -> dict:
    """Agreement with captured mouths, contacts at aligned times, the head's and the upper face's dynamics."""
    captures, lines = clips(stage)
    rows, lags, heard_lags, margins, tally, heads, true_heads = [], [], [], [], Contacts(), [], []
    levels = {name: _level(line) for name, line in lines.items()}
    drawn: dict[str, dict[str, list[float]]] = {}
    for i, (name, line) in enumerate(lines.items()):
        take = perform(system, line)
        raw = captures.raw(name)
        rows.append(agreement(take.values, raw))
        ours, theirs = aperture(take.values), aperture(raw)
        lags.append(curves.lagged(theirs, ours, _REACH))
        heard_lags.append(curves.lagged(levels[name], ours, _SOUND_REACH))
        others = [level for other, level in levels.items() if other != name]
        margins.append(_margin(ours, levels[name], others))
        tally += contacts(take, line.phones)
        if len(drawn) < _DRAWN:
            drawn[name] = {"made": ours.round(3).tolist(), "captured": theirs.round(3).tolist()}
        heads.append(take.head)
        true_heads.append(captures.curves(name)[1])
        stage.told("captured faces", i, len(lines))
    found = _mean(rows) | {"lag_ms": _lag_ms(lags), "sound_to_lips_ms": _lag_ms(heard_lags)}
    found["shuffle_margin"] = round(float(np.mean(margins)), 4)
    moved = {"made": head.statistics(heads), "captured": head.statistics(true_heads)}
    return found | {"clips": len(rows), "contacts": tally.summary(), "head": moved, "curves": drawn}


def strangers(system: System, stage: Stage) -> dict:
    """Agreement with every other folder of captured faces, none of whose speakers training heard, by folder."""
    folders = sorted(path.parent for path in stage.recordings.glob("*/curves.npz")) if stage.recordings else []
    found: dict[str, dict] = {}
    for folder in (f for f in folders if f.name != "grid_s1"):
        captures, rows, lags = Captures(folder / "curves.npz"), [], []
        for name in sorted(captures.clips)[: stage.some(40, 6)]:
            raw, made = captures.raw(name), perform(system, _line(folder, name)).values
            rows.append(agreement(made, raw))
            lags.append(curves.lagged(aperture(raw), aperture(made), _REACH))
        found[folder.name] = _mean(rows) | {"clips": len(rows), "lag_ms": _lag_ms(lags)}
    if not found:
        raise Skipped("no faces of other speakers: give each a folder like grid_s1 beside it")
    return {"all": _mean(list(found.values()))} | found


def agreement(made: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Compare made curves [T, 52] with captured ones: correlations, ranges, and the errors that papers report."""
    frames = min(len(made), len(true))
    made, true = made[:frames], true[:frames]
    pairs = {
        "aperture": (aperture(made), aperture(true)),
        "corrective": (aperture(made, True), aperture(true, True)),
        "jaw": (made[:, INDEX["jawOpen"]], true[:, INDEX["jawOpen"]]),
    }
    found: dict[str, float] = {}
    for name, (ours, theirs) in pairs.items():
        found[f"{name}_r"] = curves.correlation(ours, theirs)
        found[f"{name}_range"] = curves.spread(ours) / max(curves.spread(theirs), 1e-6)
    error = np.abs(made[:, _LIPS] - true[:, _LIPS])
    lips = made[:, [i for n, i in INDEX.items() if region(n) == "lips"]]
    return found | {
        "LBE": float(error.max(1).mean()),
        "MBE": float(error.mean()),
        "MOD": float(np.abs(pairs["aperture"][0] - pairs["aperture"][1]).mean()),
        "UDD": float(np.abs(made[:, _UPPER].std(0) - true[:, _UPPER].std(0)).mean()),
        "jitter": curves.jitter(made[:, 14:]),
        "fast_share": curves.fast_share(lips, FPS),
    }


def under_style(system: System, stage: Stage) -> dict:
    """Error of the lips against captured ones in neutral and in strong styles, and by how much it grows."""
    captures, lines = clips(stage)
    chosen = list(lines)[:: stage.some(8, 4)]
    error = {}
    for style in ("", *STRONG):
        made = [perform(system, lines[name], style) for name in chosen]
        found = [agreement(take.values, captures.raw(name))
                 for take, name in zip(made, chosen, strict=True)]  # fmt: skip
        error[style or "neutral"] = {k: round(float(np.mean([f[k] for f in found])), 4) for k in ("LBE", "aperture_r")}
    for style in STRONG:
        error[style]["LBE_growth"] = round(error[style]["LBE"] / error["neutral"]["LBE"] - 1, 4)
    return error


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}


def _lag_ms(correlations: list[np.ndarray]) -> float:
    """Milliseconds at which the mean of the clips' correlations is highest."""
    return round(1000 * curves.peak_lag(np.mean(correlations, 0), FPS), 1)


def _level(line: Line) -> np.ndarray:
    """Loudness of a line's sound [T] at 50 Hz: RMS over 40 ms."""
    hop = round(sound.SAMPLE_RATE / FPS)
    padded = np.pad(line.track.samples, (hop, hop))
    count = len(line.track.samples) // hop + 1
    return np.array([np.sqrt(np.mean(padded[k * hop : (k + 2) * hop] ** 2)) for k in range(count)])


def _margin(ours: np.ndarray, own: np.ndarray, others: list[np.ndarray]) -> float:
    """Correlation of the mouth with its own sound's loudness, less that with other sounds'."""
    cut = lambda level: curves.correlation(ours[: len(level)], level[: len(ours)])  # noqa: E731
    return cut(own) - float(np.mean([cut(level) for level in others])) if others else 0.0
