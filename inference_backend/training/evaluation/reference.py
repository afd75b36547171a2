"""Reference transfer: whether the face takes over the mood of a performance that it is given as its style."""

from __future__ import annotations

import base64

import numpy as np

from ...contract import CHANNELS, Ingredient, Take
from ...data_engine.prompts.prompt import Attributes
from ...formats import npz
from . import lines
from .performances import EIGHT, act
from .probe import confusion
from .stage import Skipped, Stage
from .style import probe_of
from .system import FPS, System, perform

READER = "reference_reader.onnx"


def measure(system: System, stage: Stage) -> dict:
    """Read the emotion of takes whose style is one of the teacher's performances of another line by another voice."""
    if not (stage.weights / READER).is_file():
        raise Skipped(f"the weights have no {READER}: they read no references")
    probe = probe_of(stage, EIGHT)
    shown = lines.held_out(stage.some(8, 3), lines.VOICES[1:2]) or lines.held_out(stage.some(8, 3))
    said = lines.held_out(stage.some(8, 3), lines.VOICES[2:3]) or shown
    if not said:
        raise Skipped("no speech engine is installed: flite, espeak-ng or festival")
    asked, made, own = [], [], []
    for emotion in EIGHT:
        for i in range(stage.some(5, 2)):
            motion = act(
                shown[(i + 3) % len(shown)], Attributes(emotion=emotion, level=0.8, intensity="strong"), 900 + i
            )
            take = perform(system, said[i % len(said)], seed=i, mix=(Ingredient(reference=encoded(motion)),))
            asked.append(emotion)
            made.append(take.values)
            own.append(motion)
        stage.told("references", len(asked), len(EIGHT) * stage.some(5, 2))
    read = probe.read(made)
    return {
        "right": round(float(np.mean([a == b for a, b in zip(asked, read, strict=True)])), 4),
        "teacher": round(probe.accuracy(own, asked), 4),
        "of": len(asked),
        "labels": list(probe.labels),
        "confusion": confusion(asked, read, probe.labels).tolist(),
    }


def encoded(motion: np.ndarray) -> str:
    """Motion [T, 55] at 50 Hz as an .npz take in base64, as requests carry it."""
    take = Take(FPS, motion[:, : len(CHANNELS)].astype(np.float32), motion[:, len(CHANNELS) :].astype(np.float32))
    return base64.b64encode(npz.dumps(take)).decode()
