"""Style: does the face show what the text asks for? By R-precision, and by a probe on taught and on unheard words."""

from __future__ import annotations

from itertools import islice

import numpy as np

from ...contract import INDEX, region
from ...data_engine.prompts.words import CLUSTERS
from ...data_engine.shards.reading import BadShards, samples
from ...data_engine.speech.track import Track
from . import lines
from .performances import Acted, acted, bench, pool, taught_prompts, unheard_prompts
from .probe import Probe, confusion
from .stage import Skipped, Stage
from .system import Line, System, perform

_UPPER = [i for name, i in INDEX.items() if region(name) == "upper"]


def matching(system: System, stage: Stage) -> dict:
    """R-precision and matching score on held-out lines, the teacher's own motion as the ceiling."""
    from . import text_motion  # torch

    model = text_motion.load(stage)
    found = {}
    for name, given in {"held-out lines": bench(stage), "the corpus's test split": _test_split(stage)}.items():
        if len(given) < text_motion.BATCH:
            continue
        texts = [a.prompt.text for a in given]
        made = moved(system, given, stage, name)
        of_text, own = text_motion.embedded(model, stage.weights, texts, [a.motion for a in given])
        _, ours = text_motion.embedded(model, stage.weights, texts, made)
        found[name] = {"made": text_motion.precision(of_text, ours), "teacher": text_motion.precision(of_text, own)}
        found[name]["UDD"] = round(
            float(np.mean([_dynamics(a, b.motion) for a, b in zip(made, given, strict=True)])), 4
        )
    return found


def moved(system: System, given: list[Acted], stage: Stage, what: str) -> list[np.ndarray]:
    """Motions [T, 55] of a system for prompts, on the lines that the teacher acted them to."""
    made = []
    for i, one in enumerate(given):
        if one.line is None:
            raise ValueError("A prompt without a sound cannot be performed.")
        take = perform(system, one.line, one.prompt.text, i)
        made.append(np.concatenate([take.values, take.head], 1))
        stage.told(what, i, len(given))
    return made


def probe_of(stage: Stage, among: tuple[str, ...] = ()) -> Probe:
    """Train the probe on the teacher's performances of single feelings."""
    key = f"probe {among}"
    if key not in stage.prepared:
        plain = [
            a
            for a in pool(stage)
            if a.prompt.attributes.emotion in (among or CLUSTERS) and not a.prompt.attributes.blend
        ]
        stage.prepared[key] = Probe(
            [a.motion for a in plain], [a.prompt.attributes.emotion for a in plain], among or CLUSTERS
        )
    return stage.prepared[key]


def emotions(system: System, stage: Stage) -> dict:
    """Accuracy of the probe on what a system makes of taught and of unheard words, beside the teacher's own."""
    probe, found = probe_of(stage), {}
    sounds = lines.held_out(stage.some(5, 2))
    if not sounds:
        raise Skipped("no speech engine is installed: flite, espeak-ng or festival")
    sets = {"taught": taught_prompts(stage.some(6, 2)), "unheard": unheard_prompts(stage.some(2, 1))}
    for name, prompts in sets.items():
        given = [a for a in acted(prompts, sounds, 700_000) if a.prompt.attributes.emotion in probe.labels]
        labels = [a.prompt.attributes.emotion for a in given]
        made = moved(system, given, stage, f"{name} words")
        read = probe.read(made)
        teacher = probe.accuracy([a.motion for a in given], labels)
        ours = float(np.mean([a == b for a, b in zip(read, labels, strict=True)]))
        found[name] = {"made": round(ours, 4), "teacher": round(teacher, 4), "of": len(given),
                       "share_of_teacher": round(ours / max(teacher, 1e-6), 4)}  # fmt: skip
        found[name]["confusion"] = confusion(labels, read, probe.labels).tolist()
        if name == "unheard":
            found[name]["words"] = _by_word(given, read)
    return found | {"labels": list(probe.labels)}


def _by_word(given: list[Acted], read: list[str]) -> dict[str, str]:
    table: dict[str, list[str]] = {}
    for one, label in zip(given, read, strict=True):
        table.setdefault(f"{one.prompt.attributes.feeling} ({one.prompt.attributes.emotion})", []).append(label)
    return {word: ", ".join(labels) for word, labels in table.items()}


def _dynamics(made: np.ndarray, true: np.ndarray) -> float:
    return float(np.abs(made[:, _UPPER].std(0) - true[:, _UPPER].std(0)).mean())


def _test_split(stage: Stage) -> list[Acted]:
    """Clips of the corpus's test split, with their sounds; none where there is no corpus, or in the small version."""
    if stage.corpus is None or stage.quick:
        return []
    try:
        chosen = [s for s in islice(samples(stage.corpus, "test"), 64) if s.exact and s.sound is not None]
    except BadShards:
        return []
    from .performances import Prompt

    return [Acted(Prompt(s.caption, s.attributes), s.motion, Line(Track(s.sound, list(s.phones or ())), s.source))
            for s in chosen if s.sound is not None]  # fmt: skip
