"""The head: gestures on request, beats on the sound's accents, speed and range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import find_peaks

from ...contract import CHANNELS
from ...data_engine.procedural import prosody
from ...data_engine.prompts.prompt import Attributes
from ...generator import features
from . import curves, lines
from .performances import act, bench
from .stage import Stage
from .system import FPS, Line, System, perform

SIGMA_S = 0.12  # of beat alignment: three frames at 25 a second
GESTURES = {"nods": 0, "nodding vigorously": 0, "a man nods while speaking": 0,
            "shakes her head": 1, "a woman shakes her head strongly": 1, "with a slight headshake": 1}  # fmt: skip


def statistics(heads: Sequence[np.ndarray]) -> dict[str, float]:
    """Mean speed in degrees a second and range in degrees (5th to 95th percentile) of heads [T, 3], by axis."""
    speed = np.mean([np.abs(np.diff(h, axis=0)).mean(0) for h in heads], 0) * FPS
    reach = np.mean([np.percentile(h, 95, axis=0) - np.percentile(h, 5, axis=0) for h in heads], 0)
    names = ("pitch", "yaw", "roll")
    found = {f"{n}_speed": round(float(v), 3) for n, v in zip(names, np.degrees(speed), strict=True)}
    return found | {f"{n}_range": round(float(v), 3) for n, v in zip(names, np.degrees(reach), strict=True)}


def onsets(mel: np.ndarray) -> np.ndarray:
    """Find the seconds at which a sound with features [2T, 80] grows louder at once: peaks of the spectral flux."""
    flux = np.maximum(0, np.diff(mel, axis=0)).mean(1)
    flux = np.convolve(flux, np.hanning(7) / np.hanning(7).sum(), "same")
    peaks, _ = find_peaks(flux, height=flux.mean() + 0.5 * flux.std(), distance=10)
    return (peaks + 1) / features.MEL_RATE


def beats(head: np.ndarray, fps: float = FPS) -> np.ndarray:
    """Find the times in seconds at which a head [T, 3] stops and turns: local minima of its angular speed."""
    speed = np.linalg.norm(np.diff(head, axis=0), axis=1) * fps
    speed = np.convolve(speed, np.hanning(7) / np.hanning(7).sum(), "same")
    low, _ = find_peaks(-speed, distance=5, prominence=0.1 * (speed.std() + 1e-12))
    return (low + 0.5) / fps


def strokes(head: np.ndarray, fps: float = FPS) -> np.ndarray:
    """Find the times in seconds at which the chin of a head [T, 3] is lowest: what speakers stress words with."""
    pitch = head[:, 0]
    low, _ = find_peaks(pitch, distance=8, prominence=0.25 * pitch.std() + 1e-6)
    return low / fps


def accents(line: Line) -> np.ndarray:
    """Find the seconds at which a line's stressed vowels are in their middle."""
    return np.array([at for at, _ in prosody.hear(line.phones, line.mel).accents])


def alignment(moved_s: np.ndarray, heard_s: np.ndarray) -> float:
    """Beat alignment: how near the beats of a motion lie to those of the sound, 0 to 1."""
    if not len(moved_s) or not len(heard_s):
        return 0.0
    distance = np.abs(moved_s[:, None] - heard_s[None]).min(1)
    return float(np.exp(-(distance**2) / (2 * SIGMA_S**2)).mean())


def against_shuffled(moved: Sequence[np.ndarray], heard: Sequence[np.ndarray]) -> dict[str, float]:
    """Mean alignment of pairs, of each motion with other sounds, and the difference."""
    own = float(np.mean([alignment(a, b) for a, b in zip(moved, heard, strict=True)]))
    other = float(np.mean([alignment(a, heard[(i + k) % len(heard)])
                           for i, a in enumerate(moved) for k in range(1, min(6, len(heard)))]))  # fmt: skip
    return {"aligned": round(own, 4), "shuffled": round(other, 4), "margin": round(own - other, 4)}


def measure(system: System, stage: Stage) -> dict:
    """Power ratios of nods and shakes, and alignment of the head with the sound, the teacher's beside it."""
    line = lines.one()
    found: dict = {"gestures": {}}
    for prompt, axis in GESTURES.items():
        power = np.zeros(2)
        for seed in range(stage.some(3, 1)):
            take = perform(system, line, prompt, seed)
            power += [curves.gesture_power(take.head[:, i], FPS) for i in (0, 1)]
        degrees = round(float(np.degrees(take.head[:, axis].std())), 2)
        found["gestures"][prompt] = {
            "ratio": round(float(power[axis] / (power[1 - axis] + 1e-12)), 2),
            "sd_deg": degrees,
        }
    chosen = [a.line for a in bench(stage) if a.line][: stage.some(24, 10)]
    made = [perform(system, x).head for x in chosen]
    acted = [act(x, Attributes(), 7)[:, len(CHANNELS) :] for x in chosen]
    for name, heads in {"made": made, "teacher": acted}.items():
        found[f"{name}: beats on onsets"] = against_shuffled([beats(h) for h in heads], [onsets(x.mel) for x in chosen])
        found[f"{name}: chin on stress"] = against_shuffled([strokes(h) for h in heads], [accents(x) for x in chosen])
    return found | {"moved": {"made": statistics(made), "teacher": statistics(acted)}}
