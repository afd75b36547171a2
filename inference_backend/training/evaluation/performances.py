"""Performances by the teacher, of sounds and prompts that no corpus holds: what judges of style learn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...data_engine.procedural import teacher
from ...data_engine.prompts import sampling, words
from ...data_engine.prompts.grammar import write
from ...data_engine.prompts.held_out import held_out_prompts
from ...data_engine.prompts.prompt import Attributes, Prompt
from . import lines
from .stage import Stage
from .system import Line

SEED = 9_090_909  # of no corpus
EIGHT = ("happy", "sad", "angry", "surprised", "afraid", "disgusted", "contemptuous", "weary")


@dataclass(frozen=True, eq=False)
class Acted:
    """A prompt with motion [T, 55] at 50 Hz, the channels and then the head, and the line it was acted to."""

    prompt: Prompt
    motion: np.ndarray
    line: Line | None = None


def act(line: Line, attributes: Attributes, seed: int) -> np.ndarray:
    """Let the teacher act to a line: motion [T, 55]."""
    rng = np.random.default_rng([SEED, seed])
    return np.concatenate(teacher.perform(line.phones, line.mel, attributes, rng, line.events), 1).astype(np.float32)


def acted(prompts: Iterable[Prompt], sounds: Sequence[Line], seed: int) -> list[Acted]:
    """Let the teacher act prompts, each to the next of the sounds."""
    return [
        Acted(p, act(line, p.attributes, seed + i), line)
        for i, p in enumerate(prompts)
        for line in (sounds[i % len(sounds)],)
    ]


def speaking_prompts(count: int, seed: int) -> list[Prompt]:
    """Balanced prompts in which the voice just speaks."""
    drawn = sampling.draw_attributes(round(count / 0.62), seed)
    speaking = [a for a in drawn if a.vocal == "speaks"][:count]
    return [write(a, np.random.default_rng([seed, i])) for i, a in enumerate(speaking)]


def pool(stage: Stage) -> list[Acted]:
    """Give the performances that the judges of style train on, made once."""
    if "pool" not in stage.prepared:
        count = stage.some(2000, 500)
        sounds = lines.taught(stage.some(6, 2), SEED)
        made = []
        for i, prompt in enumerate(speaking_prompts(count, SEED)):
            line = sounds[i % len(sounds)]
            made.append(Acted(prompt, act(line, prompt.attributes, i), line))
            stage.told("the teacher acts", i, count)
        stage.prepared["pool"] = made
    return stage.prepared["pool"]


def bench(stage: Stage) -> list[Acted]:
    """Balanced prompts on held-out lines, with the teacher's own performance, made once."""
    if "bench" not in stage.prepared:
        prompts = speaking_prompts(stage.some(160, 64), SEED + 1)
        stage.prepared["bench"] = acted(prompts, lines.held_out(stage.some(15, 4)), 500_000)
    return stage.prepared["bench"]


def taught_prompts(a_cluster: int) -> list[Prompt]:
    """Prompts that ask for one feeling and nothing else, every cluster as often, in taught words."""
    return [
        _plain(feeling, ("", "strong")[i % 2], [SEED, *feeling.adjective.encode()])
        for cluster in words.CLUSTERS
        for i, feeling in enumerate(words.TAUGHT[cluster][:a_cluster])
    ]


def unheard_prompts(a_word: int) -> list[Prompt]:
    """Prompts with words that are in no training prompt."""
    prompts: dict[str, list[Prompt]] = {}
    for prompt in held_out_prompts(SEED):
        if prompt.attributes.level >= 0.5:
            prompts.setdefault(prompt.attributes.feeling, []).append(prompt)
    return [p for row in prompts.values() for p in row[:a_word]]


def _plain(feeling: words.Feeling, intensity: str, seed: Sequence[int]) -> Prompt:
    intensity = "" if feeling.cluster == "neutral" else intensity
    level = words.INTENSITIES[intensity].level if intensity else words.ABSENT_LEVEL
    rng = np.random.default_rng(list(seed))
    while True:
        prompt = write(Attributes("", feeling.cluster, feeling.adjective, intensity, level), rng)
        if feeling.adjective[:4] in prompt.text.lower():
            return prompt
