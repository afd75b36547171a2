"""The few measures by which small models and baselines are compared, quickly and all alike."""

from __future__ import annotations

import numpy as np

from ...contract import INDEX, region
from ..evaluation import captured, lines, spoken
from ..evaluation.curves import jitter
from ..evaluation.performances import EIGHT, Acted, acted, taught_prompts, unheard_prompts
from ..evaluation.stage import Skipped, Stage
from ..evaluation.style import moved as acted_by
from ..evaluation.style import probe_of
from ..evaluation.system import System

_UPPER = [i for name, i in INDEX.items() if region(name) in ("upper", "blinks")]
_TAUGHT, _UNHEARD = 4, 2  # prompts of each of eight emotions, and of each word that is kept from training


def score(system: System, stage: Stage) -> dict[str, float]:
    """Score a system: lips on captured faces and on sentences with exact times, feelings by the probe, liveliness.

    Without recordings the captured faces are left out. Raises Skipped where no speech engine is installed.
    """
    return {**_faces(system, stage), **_sentences(system, stage), **_feelings(system, stage)}


def _faces(system: System, stage: Stage) -> dict[str, float]:
    try:
        found = captured.measure(system, stage)
    except Skipped:
        return {}
    return {"aperture_r": found["aperture_r"], "aperture_range": found["aperture_range"], "lag_ms": found["lag_ms"]}


def _sentences(system: System, stage: Stage) -> dict[str, float]:
    found = spoken.measure(system, stage)["sentences"]["all"]
    return {"closed": found["closed"], "false_closures": found["false"]}


def _feelings(system: System, stage: Stage) -> dict[str, float]:
    """Share of eight emotions that the probe reads right, in taught and in unheard words; liveliness and diversity."""
    probe, found, moved = probe_of(stage, EIGHT), {}, []
    for name, given in _asked(stage).items():
        made = acted_by(system, given, stage, f"{name} words")
        labels = [one.prompt.attributes.emotion for one in given]
        found[f"{name}_words"] = round(probe.accuracy(made, labels), 4)
        found[f"{name}_words_teacher"] = round(probe.accuracy([one.motion for one in given], labels), 4)
        moved += [(m[:, _UPPER].std(0).mean(), one.motion[:, _UPPER].std(0).mean(), jitter(m[:, _UPPER]))
                  for m, one in zip(made, given, strict=True)]  # fmt: skip
    ours, theirs, shaken = np.mean(moved, 0)
    return found | {"upper_motion": round(float(ours / theirs), 4), "upper_jitter": round(float(shaken), 4)}


def _asked(stage: Stage) -> dict[str, list[Acted]]:
    if "asked of eight" not in stage.prepared:
        sounds = lines.held_out(2, lines.VOICES[2:4])
        if not sounds:
            raise Skipped("no speech engine is installed: flite, espeak-ng or festival")
        sets = {"taught": taught_prompts(_TAUGHT), "unheard": unheard_prompts(_UNHEARD)}
        stage.prepared["asked of eight"] = {
            name: acted([p for p in prompts if p.attributes.emotion in EIGHT], sounds, 800_000)
            for name, prompts in sets.items()
        }
    return stage.prepared["asked of eight"]
