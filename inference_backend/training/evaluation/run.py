"""The whole evaluation: part after part, system beside system, into report.json and report.html."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ...contract import MienError
from ...data_engine.clip import replace_text
from ...generator import pipeline
from . import bars, captured, control, head, page, reference, sounds, speed, spoken, style
from .stage import Skipped, Stage, log
from .system import Mien, System


class UnknownPart(MienError):
    """A part was asked for that is none."""

    kind = "unknown_part"


Part = Callable[[System, Stage], Any]
# The lips are measured of every system; the rest of those that read a style.
LIPS: dict[str, Part] = {"captured": captured.measure, "strangers": captured.strangers,
                         "spoken": spoken.measure, "recorded": spoken.recorded,
                         "stillness": sounds.stillness}  # fmt: skip
STYLE: dict[str, Part] = {
    "matching": style.matching, "emotions": style.emotions, "intensity": control.intensity, "effects": control.effects,
    "swaps": control.swaps, "reference": reference.measure, "spoken under style": spoken.under_style,
    "captured under style": captured.under_style, "head": head.measure,
}  # fmt: skip
OWN: dict[str, Part] = {"song": sounds.song, "manner": sounds.manner, "languages": sounds.other_languages,
                        "seams": spoken.seams, "speed": speed.measure, "hour": speed.hour}  # fmt: skip


def evaluate(
    stage: Stage, baselines: Sequence[System] = (), styled: Sequence[System] = (), only: Sequence[str] = ()
) -> dict:
    """Measure the weights, baselines for their lips alone, and styled baselines for all that reads a style.

    only names parts to measure; all without it. Their results join those of other parts that the folder holds of the
    same weights, measured in the same way. Returns what report.json holds. Raises BackendFailed and UnknownPart.
    """
    if unknown := sorted(set(only) - {*LIPS, *STYLE, *OWN}):
        raise UnknownPart(f"There is no part {unknown[0]!r}; the parts are {', '.join((*LIPS, *STYLE, *OWN))}.")
    stage.out.mkdir(parents=True, exist_ok=True)
    generator = pipeline.load(stage.weights)
    mien = Mien(generator)
    work = [(name, part, system) for parts, systems in (
        (LIPS, [mien, *styled, *baselines]), (STYLE, [mien, *styled]), (OWN, [mien])
    ) for name, part in parts.items() for system in systems if not only or name in only]  # fmt: skip
    report = _begun(stage, _about(stage, generator.provider), anew=not only)
    for at, (name, part, system) in enumerate(work, 1):
        log.info("%d of %d: %s (%s)", at, len(work), name, system.name)
        began = time.monotonic()
        _measure(report, name, part, system, stage)
        report["seconds"][f"{name} ({system.name})"] = round(time.monotonic() - began, 1)
        _write(report, stage.out / "report.json")
    report["bars"] = _bars(report["systems"].get(mien.name, {}))
    _write(report, stage.out / "report.json")
    page.write(report, stage.out / "report.html")
    return report


def _measure(report: dict, name: str, part: Part, system: System, stage: Stage) -> None:
    report["skipped"].pop(f"{name} ({system.name})", None)
    try:
        report["systems"].setdefault(system.name, {})[name] = part(system, stage)
    except Skipped as reason:
        report["skipped"][f"{name} ({system.name})"] = str(reason)
        log.info("  skipped: %s", reason)
    except (MienError, ImportError) as error:  # a part that fails must not take the hour's other results with it
        report["skipped"][f"{name} ({system.name})"] = f"failed: {error}"
        log.warning("  %s failed: %s", name, error)


def _begun(stage: Stage, about: dict[str, Any], anew: bool) -> dict[str, Any]:
    path = stage.out / "report.json"
    if not anew and path.is_file():
        report = json.loads(path.read_text(encoding="utf-8"))
        if all(report["about"].get(key) == about[key] for key in ("fingerprint", "small version")):
            return report | {"about": about}
    return {"about": about, "systems": {}, "skipped": {}, "seconds": {}}


def _about(stage: Stage, provider: str) -> dict[str, Any]:
    settings = json.loads((stage.weights / "generator.json").read_text(encoding="utf-8"))
    return {"weights": settings.get("version", ""), "fingerprint": _fingerprint(stage.weights),
            "steps trained": settings.get("steps_trained"),
            "provider": provider,
            "date": date.today().isoformat(), "small version": stage.quick,
            "recordings": stage.recordings is not None, "corpus": stage.corpus is not None}  # fmt: skip


def _fingerprint(weights: Path) -> str:
    files = [*sorted(weights.glob("*.onnx")), weights / "generator.json", *sorted(weights.glob("*.npz"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _bars(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"bar": j.bar.name, "wanted": j.bar.wanted(), "measured": j.value, "missed_by": j.missed_by}
        for j in bars.judge(found)
    ]


def as_text(report: dict) -> str:
    """Write a report as JSON, lists of plain values on one line."""
    text = json.dumps(report, indent=1, ensure_ascii=False)
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)


def _write(report: dict, path: Path) -> None:
    replace_text(path, as_text(report) + "\n")
