"""Evaluation: the measures that the shipped weights answer for, on sounds and words that training never saw."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from ..contract import Request, Take
from ..data_engine.captures import Captures
from ..data_engine.speech import texts, voices
from ..data_engine.speech.music import coloured_noise
from ..data_engine.speech.recordings import HELD_OUT_EVERY
from ..data_engine.speech.track import from_spoken
from ..generator import sound
from ..generator.pipeline import Generator
from . import measures

log = logging.getLogger(__name__)
FPS = 50.0
CLOSURE_VOICES = ("flite:slt", "flite:rms", "flite:kal16", "espeak:en-us+f5", "festival:ked_diphone")
# For each prompt the channels that must rise against "neutral".
EFFECTS = {
    "strong happy": ("mouthSmileLeft", "mouthSmileRight"),
    "strong sad": ("mouthFrownLeft", "mouthFrownRight", "browInnerUp"),
    "strong angry": ("browDownLeft", "browDownRight"),
    "surprised": ("eyeWideLeft", "eyeWideRight", "browInnerUp", "browOuterUpLeft"),
    "strong jolly": ("mouthSmileLeft",),
    "very dejected": ("mouthFrownLeft", "browInnerUp"),
    "extremely irate": ("browDownLeft",),
    "absolutely astounded": ("eyeWideLeft", "browOuterUpLeft"),
    "slightly happy": ("mouthSmileLeft",),
    "weary": ("eyeBlinkLeft",),
    "disgusted": ("noseSneerLeft",),
}


def evaluate(generator: Generator, shared: Path | None) -> dict:
    """All measures as nested plain numbers; parts whose data is absent are left out and logged."""
    report: dict = {"closures": closure_report(generator, ""), "stillness": stillness(generator)}
    for prompt in ("strong happy", "strong sad", "strong angry", "surprised"):
        report["closures"][prompt] = closure_report(generator, prompt, CLOSURE_VOICES[:2])
    spoken = voices.speak("flite:slt", [" ".join(texts.HELD_OUT[:3])])[0]
    report["style"] = style_report(generator, sound.Sound(from_spoken(spoken).samples))
    if shared is None:
        log.info("recordings are absent: captured faces are not measured")
    else:
        report["captured"] = captured_report(generator, shared / "grid_s1")
    return report


def captured_report(generator: Generator, folder: Path, limit: int = 80) -> dict:
    """Aperture against captured faces on clips left out of training."""
    captures, rows = Captures(folder / "curves.npz"), []
    for clip in sorted(captures.clips)[::HELD_OUT_EVERY][:limit]:
        take = generator.generate(sound.read(folder / "audio" / f"{clip}.opus"), Request(fps=FPS))
        raw = captures.raw(clip)
        n = min(len(raw), len(take.values))
        row = []
        for corrective in (False, True):
            ours, theirs = measures.aperture(take.values[:n], corrective), measures.aperture(raw[:n], corrective)
            row += [measures.correlation(ours, theirs), measures.spread(ours) / measures.spread(theirs)]
        ours, theirs = take.channel("jawOpen")[:n], raw[:n, 17]
        row += [measures.correlation(ours, theirs), measures.spread(ours) / measures.spread(theirs)]
        rows.append([*row, measures.jitter(take.values[:, 14:52])])
    names = ("aperture_r", "aperture_range", "corrective_r", "corrective_range", "jaw_r", "jaw_range", "jitter")
    return dict(zip(names, np.mean(rows, 0).round(3).tolist(), strict=True)) | {"clips": len(rows)}


def closure_report(generator: Generator, style: str, names: tuple[str, ...] = CLOSURE_VOICES) -> dict:
    """Share of p b m closed and of open vowels falsely closed, on held-out lines with exact phone times."""
    counts = np.zeros(4, int)
    for name in names:
        if name not in voices.available():
            continue
        for spoken in voices.speak(name, list(texts.HELD_OUT)):
            heard = sound.Sound(from_spoken(spoken).samples)
            take = generator.generate(heard, Request(style=style, fps=FPS))
            counts += measures.closures(take, spoken.phones)
    closed, total, false, vowels = (int(c) for c in counts)
    return {
        "closed": round(closed / max(1, total), 4),
        "of": total,
        "false": round(false / max(1, vowels), 4),
        "vowels": vowels,
    }


def stillness(generator: Generator) -> dict:
    """Largest jawOpen in digital silence and in noise of several levels."""
    rng, seconds = np.random.default_rng(7), 4
    sounds: dict[str, np.ndarray] = {"silence": np.zeros(seconds * sound.SAMPLE_RATE, np.float32)}
    for level in (-60, -40, -20):
        sounds[f"noise {level} dB"] = 10 ** (level / 20) * coloured_noise(seconds * sound.SAMPLE_RATE, rng)
    takes = {k: generator.generate(sound.Sound(v), Request(fps=FPS)) for k, v in sounds.items()}
    jaws = {k: t.channel("jawOpen") for k, t in takes.items()}
    return {k: {"jaw_max": round(float(j.max()), 4), "jaw_sd": round(float(j.std()), 4)} for k, j in jaws.items()}


def style_report(generator: Generator, heard: sound.Sound) -> dict:
    """Rise of each prompt's channels over neutral, and the gestures' power ratios."""
    neutral = _mean_over_seeds(generator, heard, "neutral")
    report: dict = {}
    for prompt, names in EFFECTS.items():
        styled = _mean_over_seeds(generator, heard, prompt)
        rise = [float((styled - neutral)[measures.INDEX[n]]) for n in names]
        report[prompt] = dict(zip(names, np.round(rise, 3).tolist(), strict=True))
    for prompt in ("nods", "shakes her head", "nodding vigorously", "a woman shakes her head strongly", "neutral"):
        take = generator.generate(heard, Request(style=prompt, fps=FPS))
        pitch, yaw = (measures.gesture_power(take.head[:, i], FPS) for i in (0, 1))
        pitch_sd, yaw_sd = (round(float(take.head[:, i].std()), 4) for i in (0, 1))
        ratio = round(pitch / (yaw + 1e-12), 2)
        report[f"head: {prompt}"] = {"pitch_over_yaw": ratio, "pitch_sd": pitch_sd, "yaw_sd": yaw_sd}
    return report


def _mean_over_seeds(generator: Generator, heard: sound.Sound, style: str) -> np.ndarray:
    takes: list[Take] = [generator.generate(heard, Request(style=style, fps=FPS, seed=s)) for s in (0, 1)]
    return np.mean([t.values.mean(0) for t in takes], 0)
